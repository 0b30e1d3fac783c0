/// Files by one process: contents, other people's files, damage.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

#include "base/errors.hpp"
#include "io/archive.hpp"
#include "io/hdf5.hpp"
#include "io/posix_file.hpp"
#include "io/serial_file.hpp"
#include "io/write_file.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield::io {
namespace {

using base::Comm;
using test::ScratchDirectory;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const base::FileError& error) {
    return std::string(error.what()) + " | " + error.advice();
  }
  return "";
}

template <class T>
Dataset whole(const std::string& path, Type type, const Extents& shape, const std::vector<T>& values) {
  Dataset dataset{.path = path, .type = type, .shape = shape};
  dataset.pieces.push_back({Extents(shape.size(), 0), shape, values.data()});
  return dataset;
}

TEST(File, KeepsEveryTypeToTheBit) {
  const ScratchDirectory scratch;
  const auto path = scratch / "deep/er/file.h5";
  const std::vector<double> doubles{0.0, -0.0, 1e-310, std::nan("7"), -std::numeric_limits<double>::infinity(), 0.1};
  const std::vector<float> floats{0.1F, -1e-40F, 3e38F};
  const std::vector<std::int64_t> signed_integers{std::numeric_limits<std::int64_t>::min(), -1, 5};
  const std::vector<std::uint64_t> unsigned_integers{~std::uint64_t{0}, 0};
  const std::vector<std::uint8_t> bytes{0, 255, 7};
  Dataset scalar{.path = "/scalar", .type = Type::float64};
  scalar.pieces.push_back({{}, {}, doubles.data() + 5});
  write_file(Comm::self(), path,
             {whole("/a/b/doubles", Type::float64, {2, 3}, doubles),
              whole("/floats", Type::float32, {3}, floats),
              whole("/signed", Type::int64, {3}, signed_integers),
              whole("/unsigned", Type::uint64, {2}, unsigned_integers),
              whole("/bytes", Type::uint8, {3, 1}, bytes),
              scalar,
              {.path = "/nothing", .shape = {4, 0}}},
             {});
  Reader reader(Comm::self(), path);
  const auto same = [&](const std::string& name, Type type, auto expected) {
    const Extents& shape = reader.shape(name);
    decltype(expected) values(product(shape));
    reader.read(name, type, {Extents(shape.size(), 0), shape, values.data()});
    return values.size() == expected.size() &&
           (values.empty() || std::memcmp(values.data(), expected.data(), values.size() * sizeof(values[0])) == 0);
  };
  EXPECT_TRUE(same("/a/b/doubles", Type::float64, doubles));
  EXPECT_TRUE(same("/floats", Type::float32, floats));
  EXPECT_TRUE(same("/signed", Type::int64, signed_integers));
  EXPECT_TRUE(same("/unsigned", Type::uint64, unsigned_integers));
  EXPECT_TRUE(same("/bytes", Type::uint8, bytes));
  EXPECT_TRUE(same("/scalar", Type::float64, std::vector<double>{0.1}));
  EXPECT_TRUE(same("/nothing", Type::float64, std::vector<double>{}));
  reader.verify();
  EXPECT_THROW(same("/floats", Type::float64, doubles), base::FileError) << "types are not converted behind our back";
  for (const auto& dataset : verify_file(path))
    EXPECT_EQ(dataset.health, Health::ok) << dataset.info.path << dataset.note;
}

TEST(File, KeepsAttributesAndUnits) {
  const ScratchDirectory scratch;
  const std::vector<double> x{1, 2};
  auto dataset = whole("/x", Type::float64, {2}, x);
  dataset.unit = "Mpc/h";
  dataset.attributes = {{"bins", std::int64_t{2}}};
  const std::string deck(100000, 'd');  // more than the 64 kB that fit into a plain HDF5 attribute
  write_file(Comm::self(), scratch / "f.h5", {dataset},
             {{"deck", deck},
              {"step", std::int64_t{-5}},
              {"seed", ~std::uint64_t{0}},
              {"size", 0.1},
              {"none", std::string()}});
  const Reader reader(Comm::self(), scratch / "f.h5");
  EXPECT_EQ(reader.attribute<std::string>("deck"), deck);
  EXPECT_EQ(reader.attribute<std::int64_t>("step"), -5);
  EXPECT_EQ(reader.attribute<std::uint64_t>("seed"), ~std::uint64_t{0});
  EXPECT_EQ(reader.attribute<double>("size"), 0.1);
  EXPECT_EQ(reader.attribute<std::string>("none"), "");
  EXPECT_EQ(reader.info().find("/x")->unit(), "Mpc/h");
  EXPECT_FALSE(reader.has_attribute("absent"));
  EXPECT_THROW(static_cast<void>(reader.attribute<std::string>("absent")), base::FileError);
  EXPECT_THROW(static_cast<void>(reader.attribute<double>("step")), base::FileError);
}

TEST(File, ReplacesAsAWholeOrNotAtAll) {
  const ScratchDirectory scratch;
  const std::vector<double> old_values{1, 2}, new_values{3, 4};
  const auto path = scratch / "f.h5";
  write_file(Comm::self(), path, {whole("/x", Type::float64, {2}, old_values)}, {});
  // A part that leaves a gap, one outside, and one name twice: all refused with the old file in place.
  auto gap = whole("/x", Type::float64, {3}, new_values);
  gap.pieces[0].count = {2};
  EXPECT_THROW(write_file(Comm::self(), path, {gap}, {}), base::FileError);
  gap.pieces[0].offset = {2};
  EXPECT_THROW(write_file(Comm::self(), path, {gap}, {}), base::FileError);
  const auto good = whole("/x", Type::float64, {2}, new_values);
  EXPECT_THROW(write_file(Comm::self(), path, {good, good}, {}), base::FileError);
  EXPECT_EQ(read_serial(path, "/x"), old_values);
  write_file(Comm::self(), path, {good}, {});
  EXPECT_EQ(read_serial(path, "/x"), new_values);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1)
      << "something temporary was left";
}

TEST(File, SaysHowMuchSpaceIsMissing) {
  const ScratchDirectory scratch;
  const std::uint64_t huge = std::uint64_t{1} << 58;
  const std::string message = message_of([&] { check_free_space(scratch.path(), huge); });
  EXPECT_NE(message.find("288 PB needed"), std::string::npos) << message;
  EXPECT_NE(message.find("free"), std::string::npos) << message;
}

TEST(File, OfOthersIsReadInAnyType) {
  const ScratchDirectory scratch;
  const auto path = scratch / "survey.h5";
  {
    const H5 file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose, "test file");
    const H5 space = make_space({3, 4});
    std::vector<std::int16_t> values(12);
    std::iota(values.begin(), values.end(), std::int16_t{-3});
    const H5 x(H5Dcreate2(file.get(), "e1", H5T_STD_I16BE, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
               H5Dclose, "e1");
    h5_check(H5Dwrite(x.get(), H5T_NATIVE_INT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "e1");
  }
  EXPECT_EQ(read_serial(path, "e1", {1, 1}, {2, 2}), (std::vector<double>{2, 3, 6, 7}));
  EXPECT_EQ(read_serial(path, "/e1").size(), 12U);
  EXPECT_EQ(verify_file(path).at(0).health, Health::unverified);
  EXPECT_EQ(describe_file(path).datasets.at(0).type, "int16");
  EXPECT_NE(message_of([&] { static_cast<void>(read_serial(path, "e2")); }).find("it holds: /e1"), std::string::npos);
  EXPECT_THROW(static_cast<void>(read_serial(path, "e1", {2, 0}, {2, 4})), base::FileError);
  EXPECT_THROW(Reader(Comm::self(), path), base::FileError) << "without a manifest it is no checkpoint";
}

TEST(File, ThatIsNoneIsRefusedWithAReason) {
  const ScratchDirectory scratch;
  EXPECT_NE(message_of([&] { static_cast<void>(describe_file(scratch / "absent.h5")); }).find("there is no file"),
            std::string::npos);
  write_text_atomically(scratch / "text.h5", "not HDF5");
  EXPECT_NE(message_of([&] { static_cast<void>(describe_file(scratch / "text.h5")); }).find("text.h5"),
            std::string::npos);
  EXPECT_THROW(Reader(Comm::self(), scratch / "text.h5"), base::FileError);
}

/// A chain with one value of every kind.
struct Chain {
  std::int64_t id = 0, step = 12;
  double rate = 0.25;
  std::vector<double> tuning{1, 2, 3}, field = std::vector<double>(60, 0.5);

  void visit(Archive& archive) {
    archive.scalar("step", step);
    archive.scalar("rate", rate);
    archive.array("tuning", tuning);
    archive.field("x", {{3, 4, 5}, {0, 0, 0}, {3, 4, 5}, field.data()});
  }
  bool operator==(const Chain&) const = default;
};

TEST(File, DamageIsNeverUsedSilently) {
  const ScratchDirectory scratch;
  const auto path = scratch / "checkpoint-12.h5";
  const std::vector<std::unique_ptr<Chain>> chains = [] {
    std::vector<std::unique_ptr<Chain>> list;
    list.push_back(std::make_unique<Chain>());
    std::iota(list[0]->field.begin(), list[0]->field.end(), 0.5);
    return list;
  }();
  SaveArchive archive(1);
  save_chains(archive, chains, true);
  write_file(Comm::self(), path, archive.to_datasets(), {{"step", std::int64_t{12}}, {"deck", std::string(200, 'd')}});
  const std::string good = read_text(path);

  // What a restart does; true where it got the right state, exception where it refused.
  const auto loads_right = [&] {
    Reader reader(Comm::self(), path);
    std::vector<std::unique_ptr<Chain>> loaded;
    loaded.push_back(std::make_unique<Chain>(Chain{0, 0, 0.0, {}, std::vector<double>(60)}));
    load_chains(Comm::self(), reader, loaded, true);
    return *loaded[0] == *chains[0] && reader.attribute<std::int64_t>("step") == 12 &&
           reader.attribute<std::string>("deck") == std::string(200, 'd');
  };
  ASSERT_TRUE(loads_right());

  std::mt19937 random(4);
  int refused = 0, harmless = 0;
  const auto attempt = [&](const std::string& contents, const std::string& what) {
    std::ofstream(path, std::ios::binary) << contents;
    try {
      EXPECT_TRUE(loads_right()) << "used silently: " << what;
      ++harmless;
    } catch (const base::FileError&) {
      ++refused;
    }
  };
  for (int trial = 0; trial < 600; ++trial) {
    std::string damaged = good;
    const std::size_t at = random() % damaged.size();
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (random() % 8)));
    attempt(damaged, "flip in byte " + std::to_string(at));
  }
  const int refused_flips = refused;
  for (int trial = 0; trial < 100; ++trial) {
    const std::size_t length = random() % good.size();
    attempt(good.substr(0, length), "cut to " + std::to_string(length));
  }
  EXPECT_EQ(refused - refused_flips, 100) << "a shorter file must not load";
  // Every bit of the values themselves counts.
  const std::size_t values = good.find(std::string(reinterpret_cast<const char*>(chains[0]->field.data()), 480));
  ASSERT_NE(values, std::string::npos);
  const int before = refused;
  for (std::size_t at = values; at < values + 480; at += 3) {
    std::string damaged = good;
    damaged[at] ^= 1;
    attempt(damaged, "value byte " + std::to_string(at));
  }
  EXPECT_EQ(refused - before, 160);
  RecordProperty("refused", refused);
  RecordProperty("harmless", harmless);
}

}  // namespace
}  // namespace scorefield::io
