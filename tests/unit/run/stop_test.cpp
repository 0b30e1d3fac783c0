#include "run/stop.hpp"

#include <gtest/gtest.h>

namespace scorefield::run {
namespace {

TEST(TimeToStop, KeepsAMarginOfATenthOrFiveSeconds) {
  const TimeToStop idle;
  EXPECT_FALSE(idle.is_due(8.99, 10.0));
  EXPECT_TRUE(idle.is_due(9.0, 10.0));
  EXPECT_FALSE(idle.is_due(3594.9, 3600.0));
  EXPECT_TRUE(idle.is_due(3595.0, 3600.0));
}

TEST(TimeToStop, LeavesRoomForTwoCheckpointsAndTwoSteps) {
  const TimeToStop busy{.longest_step = 100.0, .longest_checkpoint = 30.0};
  // 3600 - 200 - 60 - 5
  EXPECT_FALSE(busy.is_due(3334.9, 3600.0));
  EXPECT_TRUE(busy.is_due(3335.0, 3600.0));
}

TEST(WallClock, CountsTheFirstCheckpointBeforeItWasSeen) {
  EXPECT_FALSE(WallClock(1000.0, 400.0).is_near_limit());
  EXPECT_TRUE(WallClock(1000.0, 500.0).is_near_limit());
}

TEST(WallClock, TakesTheLongestStepAndCheckpoint) {
  WallClock clock(1000.0, 0.0);
  clock.note_step(400.0);
  clock.note_step(1.0);
  EXPECT_FALSE(clock.is_near_limit());
  clock.note_checkpoint(200.0);
  clock.note_checkpoint(1.0);
  EXPECT_TRUE(clock.is_near_limit());
}

TEST(WallClock, WithoutALimitNeverStops) { EXPECT_FALSE(WallClock(std::nullopt, 1e9).is_near_limit()); }

}  // namespace
}  // namespace scorefield::run
