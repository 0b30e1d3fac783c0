#pragma once
/// Sums of doubles whose bits do not depend on the order or grouping of the terms, hence not on the number of ranks.

#include <array>
#include <cstdint>
#include <vector>

#include "base/mpi.hpp"

namespace scorefield::reduce {

/// Exact accumulator: a fixed-point integer wide enough for every double (Kulisch 1981), in 64-bit limbs of 32 bits
/// each, so that carries wait. Adding is exact, so terms may come in any order; ranks are joined by an integer MPI_SUM.
/// One limb holds 2^31 terms before carries must be resolved, which add() sees to.
/// Exact sums may be subtracted: value(a - b) has no cancellation error, however close two energies are.
class ExactSum {
 public:
  ExactSum() = default;
  explicit ExactSum(double term) { add(term); }

  void add(double term);
  ExactSum& operator+=(const ExactSum& other);
  ExactSum& operator-=(const ExactSum& other);
  friend ExactSum operator-(ExactSum a, const ExactSum& b) { return a -= b; }
  friend ExactSum operator+(ExactSum a, const ExactSum& b) { return a += b; }

  /// The sum as a double (within one unit in the last place; the same for equal sums). NaN and infinities as IEEE has
  /// it.
  [[nodiscard]] double value() const;

  /// Collective: the sum over all ranks, on every rank.
  void all_reduce(const base::Comm& comm);
  /// The same for many sums in one message.
  static void all_reduce(const base::Comm& comm, std::vector<ExactSum>& sums);

 private:
  static constexpr int limbs = 68;  // 2098 bits of doubles, from 2^-1074 to 2^1024, and room for carries
  void resolve_carries();

  std::array<std::int64_t, limbs + 3> digits_{};  // then: numbers of NaN, +inf and -inf terms
  std::int64_t pending_ = 0;                      // terms since carries were resolved
};

}  // namespace scorefield::reduce
