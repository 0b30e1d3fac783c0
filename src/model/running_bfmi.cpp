#include "model/running_bfmi.hpp"

#include <limits>

namespace scorefield::model {

void RunningBfmi::add(double energy) {
  if (count_ > 0) squared_jumps_ += (energy - last_) * (energy - last_);
  last_ = energy;
  ++count_;
  const double from_mean = energy - mean_;
  mean_ += from_mean / static_cast<double>(count_);
  squares_ += from_mean * (energy - mean_);
}

double RunningBfmi::value() const {
  constexpr std::int64_t fewest = 4;
  // 0 / 0 of a constant chain, and whatever follows a value that is not finite, are NaN by themselves.
  return count_ < fewest ? std::numeric_limits<double>::quiet_NaN() : squared_jumps_ / squares_;
}

void RunningBfmi::visit(io::Archive& archive) {
  archive.scalar("bfmi_count", count_);
  archive.scalar("bfmi_last", last_);
  archive.scalar("bfmi_squared_jumps", squared_jumps_);
  archive.scalar("bfmi_mean", mean_);
  archive.scalar("bfmi_squares", squares_);
}

}  // namespace scorefield::model
