/// Files written on some ranks and read on others.

#include <gtest/gtest.h>

#include <numeric>
#include <tuple>

#include "base/errors.hpp"
#include "io/archive.hpp"
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

std::uint64_t u(int i) { return static_cast<std::uint64_t>(i); }

/// Part `rank` of n things shared by `ranks`; the last ranks may get none.
std::pair<std::uint64_t, std::uint64_t> share(std::uint64_t n, int rank, int ranks) {
  const std::uint64_t each = (n + u(ranks) - 1) / u(ranks);
  const std::uint64_t first = std::min(n, each * u(rank));
  return {first, std::min(n, first + each) - first};
}

/// A chain whose field (2, 6, 5, 7) is cut along one axis of the group's ranks.
class Chain {
 public:
  Chain(const Comm& group, std::int64_t number, std::size_t axis) : id(number), offset_(4, 0), count_(shape_) {
    std::tie(offset_[axis], count_[axis]) = share(shape_[axis], group.rank(), group.size());
    values_.resize(product(count_));
  }

  void visit(Archive& archive) {
    archive.scalar("step", step_);
    archive.scalar("count", accepted_);
    archive.scalar("energy", energy_);
    archive.array("tuning", tuning_);
    archive.array("bins", bins_);
    archive.field("x", {shape_, offset_, count_, values_.data()});
  }

  /// What is saved; a function of the chain and the place alone.
  void fill() {
    step_ = 100 + id;
    accepted_ = ~std::uint64_t{0} - static_cast<std::uint64_t>(id);
    energy_ = -0.1 * static_cast<double>(id + 1);
    tuning_ = {0.25, 1.0 / 3.0 + static_cast<double>(id)};
    bins_ = {-1, id, 7};
    for_each_value([&](std::uint64_t global, double& value) { value = value_at(global); });
  }
  [[nodiscard]] bool is_filled() {
    Chain other = *this;
    other.fill();
    return step_ == other.step_ && accepted_ == other.accepted_ && energy_ == other.energy_ &&
           tuning_ == other.tuning_ && bins_ == other.bins_ && values_ == other.values_;
  }

  std::int64_t id;

 private:
  [[nodiscard]] double value_at(std::uint64_t global) const {
    return 1.0 / static_cast<double>(3 + global + 1000 * static_cast<std::uint64_t>(id));
  }
  template <class Action>
  void for_each_value(const Action& action) {
    std::size_t local = 0;
    for (std::uint64_t c = offset_[0]; c < offset_[0] + count_[0]; ++c)
      for (std::uint64_t z = offset_[1]; z < offset_[1] + count_[1]; ++z)
        for (std::uint64_t y = offset_[2]; y < offset_[2] + count_[2]; ++y)
          for (std::uint64_t x = offset_[3]; x < offset_[3] + count_[3]; ++x)
            action(((c * 6 + z) * 5 + y) * 7 + x, values_[local++]);
  }

  Extents shape_{2, 6, 5, 7}, offset_, count_;
  std::int64_t step_ = 0;
  std::uint64_t accepted_ = 0;
  double energy_ = 0.0;
  std::vector<double> tuning_, values_;
  std::vector<std::int64_t> bins_;
};

/// Three chains on `ranks` ranks of the world: in two groups where there are enough, group g with chains g, g + 2, ...
class Layout {
 public:
  Layout(const Comm& comm, std::size_t axis)
      : groups_(comm.size() > 1 ? 2 : 1), group_(comm.split(comm.rank() % groups_)) {
    for (int id = comm.rank() % groups_; id < 3; id += groups_)
      chains.push_back(std::make_unique<Chain>(group_, id, axis));
  }
  [[nodiscard]] bool is_group_root() const { return group_.is_root(); }

 private:
  int groups_;
  Comm group_;

 public:
  std::vector<std::unique_ptr<Chain>> chains;
};

void save(const Comm& comm, const std::filesystem::path& path, std::size_t axis) {
  const Layout layout(comm, axis);
  for (const auto& chain : layout.chains) chain->fill();
  SaveArchive archive(3);
  save_chains(archive, layout.chains, layout.is_group_root());
  write_file(comm, path, archive.to_datasets(), {{"seed", std::uint64_t{7}}});
}

TEST(ParallelFile, IsTheSameOnAnyRanksAndReadsOnAnyOthers) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  std::vector<std::uint64_t> manifests;
  for (int writers = 1; writers <= world.size(); ++writers) {
    for (const std::size_t axis : {0U, 1U, 2U, 3U}) {
      const auto path = scratch / ("w" + std::to_string(writers) + "-" + std::to_string(axis) + ".h5");
      const Comm part = world.split(world.rank() < writers ? 0 : 1);
      if (world.rank() < writers) save(part, path, axis);
      world.barrier();
      for (int readers = 1; readers <= world.size(); ++readers) {
        const Comm reading = world.split(world.rank() < readers ? 0 : 1);
        if (world.rank() >= readers) continue;
        Layout layout(reading, (axis + 1) % 4);
        Reader reader(reading, path);
        ASSERT_NO_THROW(load_chains(reading, reader, layout.chains, layout.is_group_root()));
        for (const auto& chain : layout.chains) ASSERT_TRUE(chain->is_filled()) << writers << " to " << readers;
      }
      manifests.push_back(std::get<std::uint64_t>(*find_attribute(describe_file(path).attributes, "manifest")));
    }
  }
  for (const auto manifest : manifests) EXPECT_EQ(manifest, manifests.front());
  // Frozen: files of any rank count, and of every later version that claims this format, hold these digests.
  EXPECT_EQ(manifests.front(), 3196970017247030814U);
}

TEST(ParallelFile, AnErrorOnOneRankIsAnErrorOnAll) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  const std::vector<double> values(100, 1.0);
  const auto attempt = [&](int bad_rank, const Extents& bad_offset, const std::string& unit_of_bad) {
    Dataset dataset{.path = "/x", .shape = {u(world.size()), 10}};
    const bool bad = world.rank() == bad_rank;
    dataset.pieces.push_back({bad ? bad_offset : Extents{u(world.rank()), 0}, {1, 10}, values.data()});
    if (bad) dataset.unit = unit_of_bad;
    write_file(world, scratch / "f.h5", {dataset}, {});
  };
  const int last = world.size() - 1;
  EXPECT_THROW(attempt(last, {u(world.size()), 0}, "1"), base::FileError) << "outside";
  if (world.size() > 1) {
    EXPECT_THROW(attempt(last, {u(last), 0}, "K"), base::FileError) << "another unit on one rank";
    Dataset mine{.path = "/y", .shape = {1}};
    EXPECT_THROW(write_file(world, scratch / "f.h5", world.is_root() ? std::vector<Dataset>{} : std::vector{mine}, {}),
                 base::FileError);
  }
  EXPECT_THROW(write_file(world, scratch / "absent" / std::string(300, 'x'), {}, {}), base::FileError);
  world.barrier();
  EXPECT_FALSE(std::filesystem::exists(scratch / "f.h5"));
  EXPECT_NO_THROW(attempt(-1, {}, ""));
}

TEST(ParallelFile, ReadInPartIsNotVerified) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  save(world, scratch / "f.h5", 1);
  Reader reader(world, scratch / "f.h5");
  std::vector<std::int64_t> steps(3);
  if (world.is_root()) reader.read("/chains/step", Type::int64, {{0}, {2}, steps.data()});
  EXPECT_THROW(reader.verify(), base::FileError);
  if (world.is_root()) reader.read("/chains/step", Type::int64, {{2}, {1}, steps.data() + 2});
  EXPECT_NO_THROW(reader.verify());
  // What other ranks read for themselves does not count.
  reader.read("/chains/step", Type::int64, {{0}, {3}, steps.data()}, false);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{100, 101, 102}));
  EXPECT_NO_THROW(reader.verify());
}

TEST(ParallelFile, LoadingRefusesAnotherGridOrSampler) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  save(world, scratch / "f.h5", 1);
  Reader reader(world, scratch / "f.h5");
  LoadArchive archive(reader);
  double value = 0.0;
  std::vector<double> values(10);
  EXPECT_THROW(archive.scalar("momentum", value), base::FileError);
  EXPECT_THROW(archive.scalar("step", value), base::FileError) << "another type";
  EXPECT_THROW(archive.field("x", {{2, 6, 5, 8}, {0, 0, 0, 0}, {1, 1, 1, 8}, values.data()}), base::FileError);
}

TEST(ParallelFile, DamageIsSeenOnAllRanks) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  save(world, scratch / "f.h5", 1);
  world.together([&] {
    if (!world.is_root()) return;
    std::string contents = read_text(scratch / "f.h5");
    const double value = 1.0 / (3 + 300 + 1000);  // chain 1, element 300: on the last ranks
    contents[contents.find(std::string(reinterpret_cast<const char*>(&value), 8))] ^= 1;
    write_text_atomically(scratch / "f.h5", contents);
  });
  Layout layout(world, 1);
  Reader reader(world, scratch / "f.h5");
  try {
    load_chains(world, reader, layout.chains, layout.is_group_root());
    ADD_FAILURE() << "damage went unnoticed";
  } catch (const base::FileError& error) {
    EXPECT_NE(std::string(error.what()).find("/chains/x"), std::string::npos) << error.what();
  }
}

TEST(ParallelSegments, RestartOnAnyRanks) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  DrawSegments segments(scratch.path());
  for (const std::uint64_t count : {2, 1, 4}) {
    const auto [first, mine] = share(8, world.rank(), world.size());
    std::vector<double> values(count * mine, static_cast<double>(segments.draws()));
    Dataset draws{.path = "/draws/x", .shape = {1, count, 8}};
    draws.pieces.push_back({{0, 0, first}, {1, count, mine}, values.data()});
    segments.append(world, static_cast<std::int64_t>(count), {draws}, {});
  }
  const CheckpointStore store(scratch.path(), 1);
  store.write(world, 5, segments.listing(world.is_root()), {});
  DrawSegments again(scratch.path());
  Reader reader(world, store.path_of(5));
  EXPECT_EQ(again.restore(world, reader), "");
  EXPECT_EQ(again.list(), segments.list());
  world.together([&] {
    if (world.is_root()) std::filesystem::remove(scratch / "segments/draws-2-1.h5");
  });
  Reader fresh(world, store.path_of(5));
  EXPECT_NE(again.restore(world, fresh).find("draws 2 to 2 are lost"), std::string::npos);
}

TEST(ParallelLock, IsRefusedOnAllRanks) {
  const Comm world = Comm::world();
  const ScratchDirectory scratch(world);
  const RunLock first(world, scratch.path());
  EXPECT_THROW(RunLock(world, scratch.path(), std::chrono::milliseconds(50)), base::FileError);
}

}  // namespace
}  // namespace scorefield::io
