/// Checkpoints, segments of draws, the lock and text files in a run's directory.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numeric>

#include "base/errors.hpp"
#include "io/checkpoint_store.hpp"
#include "io/draw_segments.hpp"
#include "io/posix_file.hpp"
#include "io/run_lock.hpp"
#include "io/serial_file.hpp"
#include "io/write_file.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield::io {
namespace {

using base::Comm;
using test::ScratchDirectory;

std::vector<std::string> names(const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> result;
  for (const auto& file : files) result.push_back(file.filename().string());
  return result;
}

using Names = std::vector<std::string>;

TEST(CheckpointStore, KeepsTheNewest) {
  const ScratchDirectory scratch;
  const CheckpointStore store(scratch.path(), 2);
  for (const std::int64_t step : {9, 10, 200, 1000}) store.write(Comm::self(), step, {}, {{"step", step}});
  EXPECT_EQ(names(store.candidates()), (Names{"checkpoint-1000.h5", "checkpoint-200.h5"}));
}

TEST(CheckpointStore, ReadsStepsFromNamesOfItsOwnAlone) {
  EXPECT_EQ(CheckpointStore::step_of("dir/checkpoint-120.h5"), 120);
  for (const char* name : {"checkpoint-.h5", "checkpoint-1x.h5", "checkpoint--1.h5", "checkpoint-1.h5.damaged",
                           "checkpoint-1.h5.tmp-1", "checkpoint-99999999999999999999.h5", "xcheckpoint-1.h5"}) {
    EXPECT_EQ(CheckpointStore::step_of(name), std::nullopt) << name;
  }
}

TEST(CheckpointStore, PassedOverCheckpointsCannotPushOutGoodOnes) {
  const ScratchDirectory scratch;
  const CheckpointStore store(scratch.path(), 1);
  store.write(Comm::self(), 10, {}, {});
  write_text_atomically(scratch / "checkpoint-30.h5", "damaged");
  // The run restarted from 10 and gets to 20: 30 is newer by name only.
  store.write(Comm::self(), 20, {}, {});
  EXPECT_EQ(names(store.candidates()), Names{"checkpoint-20.h5"});
  EXPECT_TRUE(std::filesystem::exists(scratch / "checkpoint-30.h5.damaged"));
}

TEST(CheckpointStore, TriesAFileThatKilledItsReaderTwiceLast) {
  const ScratchDirectory scratch;
  const CheckpointStore store(scratch.path(), 2);
  store.write(Comm::self(), 10, {}, {});
  store.write(Comm::self(), 20, {}, {});
  store.begin_attempt(scratch / "checkpoint-20.h5");  // once may be a preemption
  EXPECT_EQ(names(store.candidates()), (Names{"checkpoint-20.h5", "checkpoint-10.h5"}));
  store.begin_attempt(scratch / "checkpoint-20.h5");
  EXPECT_EQ(names(store.candidates()), (Names{"checkpoint-10.h5", "checkpoint-20.h5"}));
  store.end_attempt(scratch / "checkpoint-20.h5");
  EXPECT_EQ(names(store.candidates()), (Names{"checkpoint-20.h5", "checkpoint-10.h5"}));
}

TEST(CheckpointStore, SweepsWhatAKilledRunLeft) {
  const ScratchDirectory scratch;
  const CheckpointStore store(scratch.path(), 1);
  store.write(Comm::self(), 10, {}, {});
  write_text_atomically(scratch / "notes.txt", "mine");
  std::ofstream(temporary_name(scratch / "checkpoint-20.h5")) << "half";
  store.sweep();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 2);
  EXPECT_EQ(read_text(scratch / "notes.txt"), "mine");
}

/// A run of 2 chains and 3 numbers a draw, whose values tell chain, draw and place.
class MiniRun {
 public:
  explicit MiniRun(std::filesystem::path directory) : directory_(std::move(directory)), segments(directory_) {}

  void draw(std::uint64_t count) {
    std::vector<double> values;
    for (int chain = 0; chain < 2; ++chain) {
      for (std::uint64_t i = 0; i < count; ++i) {
        for (int x = 0; x < 3; ++x)
          values.push_back(100 * chain + 10 * static_cast<double>(segments.draws() + static_cast<std::int64_t>(i)) + x);
      }
    }
    Dataset draws{.path = "/draws/x", .shape = {2, count, 3}};
    draws.pieces.push_back({{0, 0, 0}, draws.shape, values.data()});
    segments.append(Comm::self(), static_cast<std::int64_t>(count), {draws}, {});
    write_samples();
  }
  void write_samples() const {
    write_file(Comm::self(), directory_ / "samples.h5", segments.listing(true), {},
               {segments.stacked("/draws/x", Type::float64, {2, 0, 3}, "K")});
  }
  [[nodiscard]] std::filesystem::path checkpoint(std::int64_t step) const {
    const CheckpointStore store(directory_, 9);
    store.write(Comm::self(), step, segments.listing(true), {});
    return store.path_of(step);
  }
  void restart(const std::filesystem::path& checkpoint) {
    EXPECT_EQ(problem_at_restart(checkpoint), "");
    write_samples();
    segments.remove_unlisted(Comm::self());
  }
  std::string problem_at_restart(const std::filesystem::path& checkpoint) {
    Reader reader(Comm::self(), checkpoint);
    return segments.restore(Comm::self(), reader);
  }

 private:
  std::filesystem::path directory_;  // before `segments`, which is made from it

 public:
  DrawSegments segments;
};

Health health_of_draws(const std::filesystem::path& samples) {
  for (const auto& dataset : verify_file(samples)) {
    if (dataset.info.path == "/draws/x") return dataset.health;
  }
  throw std::runtime_error("no draws");
}

TEST(DrawSegments, StackUpInOneDataset) {
  const ScratchDirectory scratch;
  MiniRun run(scratch.path());
  run.write_samples();
  EXPECT_TRUE(read_serial(scratch / "samples.h5", "/draws/x").empty());
  run.draw(2);
  run.draw(3);
  const auto values = read_serial(scratch / "samples.h5", "/draws/x", {1, 1, 0}, {1, 3, 3});
  EXPECT_EQ(values, (std::vector<double>{110, 111, 112, 120, 121, 122, 130, 131, 132}));
  for (const auto& dataset : verify_file(scratch / "samples.h5")) EXPECT_EQ(dataset.health, Health::ok) << dataset.note;
}

TEST(DrawSegments, AreReadByH5pyFromAnywhere) {
  const ScratchDirectory scratch;
  MiniRun run(scratch.path());
  run.draw(2);
  run.draw(3);
  if (std::system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0)
    GTEST_SKIP() << "no h5py (package python3-h5py)";
  const auto script = scratch / "read.py";
  write_text_atomically(script, R"(
import sys, h5py
with h5py.File(sys.argv[1]) as f:
    x = f['/draws/x']
    assert x.shape == (2, 5, 3), x.shape
    assert x.attrs['unit'] == 'K', x.attrs['unit']
    assert all(x[c, d, i] == 100 * c + 10 * d + i for c in range(2) for d in range(5) for i in range(3)), x[:]
    assert f['/segments/count'][:].tolist() == [2, 3]
    # The digest as its definition says, by other means.
    mask = 2**64 - 1
    def mix(z):
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & mask
        z = (z ^ z >> 27) * 0x94d049bb133111eb & mask
        return z ^ z >> 31
    count = f['/segments/count']
    assert sum(mix(int(v) ^ mix(i + 1)) for i, v in enumerate(count[:])) & mask == int(count.attrs['digest'])
)");
  const auto read_from = [&](const std::string& directory, const std::string& file) {
    return std::system(("cd " + directory + " && /usr/bin/python3 " + script.string() + " " + file).c_str());
  };
  EXPECT_EQ(read_from("/", (scratch / "samples.h5").string()), 0);
  EXPECT_EQ(read_from(scratch.path().string(), "samples.h5"), 0);
  EXPECT_EQ(read_from(scratch.path().parent_path().string(), scratch.path().filename().string() + "/samples.h5"), 0);
  // Also after the directory has moved.
  const auto moved = scratch.path().string() + "-moved";
  std::filesystem::create_directory(moved);
  std::filesystem::rename(scratch / "segments", moved + "/segments");
  std::filesystem::rename(scratch / "samples.h5", moved + "/samples.h5");
  EXPECT_EQ(read_from("/", moved + "/samples.h5"), 0);
  std::filesystem::remove_all(moved);
}

TEST(DrawSegments, AGapIsSeenAndReadsAsNan) {
  const ScratchDirectory scratch;
  MiniRun run(scratch.path());
  run.draw(2);
  run.draw(3);
  const auto first = scratch / "segments/draws-0-2.h5", second = scratch / "segments/draws-2-3.h5";
  const std::string good = read_text(second);

  std::filesystem::remove(second);
  EXPECT_EQ(health_of_draws(scratch / "samples.h5"), Health::missing);
  const auto values = read_serial(scratch / "samples.h5", "/draws/x", {0, 1, 0}, {1, 2, 1});
  EXPECT_EQ(values[0], 10);
  EXPECT_TRUE(std::isnan(values[1]));

  std::string damaged = good;
  const double value = 130;
  damaged[good.find(std::string(reinterpret_cast<const char*>(&value), 8)) + 3] ^= 4;
  write_text_atomically(second, damaged);
  EXPECT_EQ(health_of_draws(scratch / "samples.h5"), Health::damaged);
  // A sound file that is another than the one written then.
  write_text_atomically(second, read_text(first));
  EXPECT_EQ(health_of_draws(scratch / "samples.h5"), Health::damaged);
  write_text_atomically(second, good);
  EXPECT_EQ(health_of_draws(scratch / "samples.h5"), Health::ok);
}

TEST(DrawSegments, RestartDropsWhatIsNewerAndGoesOn) {
  const ScratchDirectory scratch;
  MiniRun run(scratch.path());
  run.draw(2);
  const auto checkpoint = run.checkpoint(10);
  run.draw(4);
  const auto reference = read_serial(scratch / "samples.h5", "/draws/x");
  MiniRun again(scratch.path());
  again.restart(checkpoint);
  EXPECT_EQ(again.segments.draws(), 2);
  EXPECT_FALSE(std::filesystem::exists(scratch / "segments/draws-2-4.h5"));
  again.draw(1);
  again.draw(3);
  EXPECT_EQ(read_serial(scratch / "samples.h5", "/draws/x"), reference);
  MiniRun fresh(scratch.path());
  fresh.segments.clear(Comm::self());
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "segments"));
}

TEST(DrawSegments, RestartRefusesLostOrDamagedDrawsAndRemovesNothing) {
  const ScratchDirectory scratch;
  MiniRun run(scratch.path());
  run.draw(2);
  const auto checkpoint = run.checkpoint(10);
  run.draw(3);
  const auto first = scratch / "segments/draws-0-2.h5";
  const std::string good = read_text(first);
  std::string damaged = good;
  const double value = 112;
  damaged[good.find(std::string(reinterpret_cast<const char*>(&value), 8))] ^= 1;
  for (const bool missing : {true, false}) {
    missing ? static_cast<void>(std::filesystem::remove(first)) : write_text_atomically(first, damaged);
    MiniRun again(scratch.path());
    const std::string problem = again.problem_at_restart(checkpoint);
    EXPECT_NE(problem.find("draws 0 to 1 are lost"), std::string::npos) << problem;
    EXPECT_TRUE(again.segments.list().empty());
    EXPECT_TRUE(std::filesystem::exists(scratch / "segments/draws-2-3.h5"));
  }
}

TEST(RunLock, IsForOneRunAtATime) {
  const ScratchDirectory scratch;
  const auto lock = [&] { return RunLock(Comm::self(), scratch.path(), std::chrono::milliseconds(100)); };
  {
    const RunLock first = lock();
    EXPECT_EQ(first.warning(), "");
    try {
      const RunLock second = lock();
      ADD_FAILURE() << "two locks on one directory";
    } catch (const base::FileError& error) {
      EXPECT_NE(std::string(error.what()).find("process " + std::to_string(::getpid()) + " on "), std::string::npos)
          << error.what();
    }
  }
  EXPECT_NO_THROW(lock()) << "released, though the file is still there";
}

TEST(TextFile, IsReplacedAsAWhole) {
  const ScratchDirectory scratch;
  write_text_atomically(scratch / "status.json", "old and long");
  write_text_atomically(scratch / "status.json", "new");
  EXPECT_EQ(read_text(scratch / "status.json"), "new");
  EXPECT_THROW(write_text_atomically(scratch / "absent/status.json", "x"), base::FileError);
  std::filesystem::create_directory(scratch / "taken");
  EXPECT_THROW(write_text_atomically(scratch / "taken", "x"), base::FileError);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 2)
      << "something temporary was left";
}

}  // namespace
}  // namespace scorefield::io
