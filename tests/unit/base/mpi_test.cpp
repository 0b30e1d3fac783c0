#include "base/mpi.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "base/errors.hpp"

namespace scorefield::base {
namespace {

/// What one rank saw of a failed collective step.
struct Caught {
  std::string type = "nothing";
  std::string text;
  std::string advice;
};

template <class Action>
Caught catch_from(Action&& action) {
  try {
    action();
  } catch (const DeckError& e) {
    return {"DeckError", e.what(), e.advice()};
  } catch (const FileError& e) {
    return {"FileError", e.what(), e.advice()};
  } catch (const NumericsError& e) {
    return {"NumericsError", e.what(), e.advice()};
  } catch (const std::exception& e) {
    return {"std::exception", e.what(), ""};
  }
  return {};
}

/// For each rank in turn, lets that rank alone throw `error`, and expects all ranks to catch `type`.
template <class Error>
void expect_all_ranks_catch(const Error& error, const std::string& type, const std::string& advice) {
  const Comm world = Comm::world();
  for (int culprit = 0; culprit < world.size(); ++culprit) {
    SCOPED_TRACE("failing rank " + std::to_string(culprit));
    const Caught caught = catch_from([&] {
      world.together([&] {
        if (world.rank() == culprit) throw error;
      });
    });
    EXPECT_EQ(caught.type, type);
    EXPECT_EQ(caught.text, error.what());
    if (!advice.empty()) {
      EXPECT_EQ(caught.advice, advice);
    }
  }
}

TEST(Comm, agree_passes_where_no_rank_failed) {
  EXPECT_EQ(catch_from([] { Comm::world().agree(""); }).type, "nothing");
}

TEST(Comm, agree_throws_the_text_of_the_failing_rank_everywhere) {
  const Comm world = Comm::world();
  for (int culprit = 0; culprit < world.size(); ++culprit) {
    const std::string text = "disk of rank " + std::to_string(culprit) + " is full";
    const Caught caught = catch_from([&] { world.agree(world.rank() == culprit ? text : ""); });
    EXPECT_EQ(caught.type, "FileError");
    EXPECT_EQ(caught.text, text);
  }
}

TEST(Comm, agree_prefers_the_lowest_failing_rank) {
  const Comm world = Comm::world();
  const int lowest = world.size() > 1 ? 1 : 0;
  const Caught caught =
      catch_from([&] { world.agree(world.rank() >= lowest ? "rank " + std::to_string(world.rank()) : ""); });
  EXPECT_EQ(caught.text, "rank " + std::to_string(lowest));
}

TEST(Comm, together_passes_where_no_rank_failed) {
  int runs = 0;
  EXPECT_EQ(catch_from([&] { Comm::world().together([&] { ++runs; }); }).type, "nothing");
  EXPECT_EQ(runs, 1);
}

TEST(Comm, together_keeps_type_text_and_advice) {
  expect_all_ranks_catch(DeckError("deck.yaml:3:5: unknown key", "spell it so"), "DeckError", "spell it so");
  expect_all_ranks_catch(FileError("cannot write x.h5", "free some space"), "FileError", "free some space");
  expect_all_ranks_catch(NumericsError("energy is NaN at step 7", "smaller steps"), "NumericsError", "smaller steps");
}

TEST(Comm, together_makes_a_foreign_exception_a_file_error) {
  expect_all_ranks_catch(std::runtime_error("odd"), "FileError", "");
}

TEST(Comm, together_handles_different_failures_on_different_ranks) {
  const Comm world = Comm::world();
  const Caught caught = catch_from([&] {
    world.together([&] {
      if (world.rank() == 0) throw NumericsError("zero");
      throw DeckError("other");
    });
  });
  EXPECT_EQ(caught.type, "NumericsError");
  EXPECT_EQ(caught.text, "zero");
}

TEST(Comm, goes_on_after_an_agreed_failure) {
  const Comm world = Comm::world();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(catch_from([&] { world.agree("fails"); }).type, "FileError");
    EXPECT_EQ(world.sum(std::int64_t{1}), world.size());
  }
}

TEST(Comm, broadcast_hands_text_of_any_length_and_root_to_all) {
  const Comm world = Comm::world();
  for (int root = 0; root < world.size(); ++root) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{100000}}) {
      const std::string sent(length, static_cast<char>('a' + root));
      EXPECT_EQ(world.broadcast(world.rank() == root ? sent : "other text", root), sent);
    }
  }
}

TEST(Comm, reduces_integers_over_all_ranks) {
  const Comm world = Comm::world();
  const std::int64_t n = world.size();
  // Beyond 2^53: a reduction that went through double would lose the last bits.
  const std::int64_t large = (std::int64_t{1} << 58) + 1;
  EXPECT_EQ(world.sum(std::int64_t{world.rank()}), n * (n - 1) / 2);
  EXPECT_EQ(world.max(large + world.rank()), large + n - 1);
  EXPECT_EQ(world.min(large + world.rank()), large);
  EXPECT_EQ(world.sum(large), n * large);
  // Negative numbers order the other way when their bits are taken for doubles.
  EXPECT_EQ(world.max(-large - world.rank()), -large);
  EXPECT_EQ(world.min(-large - world.rank()), -large - (n - 1));
  // Unsigned sums wrap: checksums rely on it.
  const std::uint64_t top = ~std::uint64_t{0};
  EXPECT_EQ(world.sum(top), std::uint64_t{0} - static_cast<std::uint64_t>(n));
}

TEST(Comm, split_gathers_equal_colours_in_rank_order) {
  const Comm world = Comm::world();
  const Comm part = world.split(world.rank() % 2);
  EXPECT_EQ(part.rank(), world.rank() / 2);
  EXPECT_EQ(part.size(), (world.size() + 1 - world.rank() % 2) / 2);
  const Comm copy = part;
  EXPECT_EQ(copy.sum(std::int64_t{1}), part.size());
}

TEST(Comm, split_of_a_split_has_no_topology) {
  const Comm part = Comm::world().split(0);
  int status = MPI_CART;
  MPI_Topo_test(part.handle(), &status);
  EXPECT_EQ(status, MPI_UNDEFINED);
}

TEST(Comm, self_is_alone) {
  EXPECT_EQ(Comm::self().size(), 1);
  EXPECT_TRUE(Comm::self().is_root());
}

}  // namespace
}  // namespace scorefield::base
