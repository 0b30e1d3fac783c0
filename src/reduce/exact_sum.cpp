#include "reduce/exact_sum.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace scorefield::reduce {

namespace {
constexpr int bits = 32;
constexpr std::int64_t base_value = std::int64_t{1} << bits;
constexpr std::int64_t most_pending = std::int64_t{1} << 29;
constexpr int lowest_exponent = -1074;
}  // namespace

void ExactSum::add(double term) {
  std::uint64_t raw = 0;
  std::memcpy(&raw, &term, sizeof raw);
  const auto exponent = static_cast<int>((raw >> 52) & 0x7ff);
  std::uint64_t mantissa = raw & ((std::uint64_t{1} << 52) - 1);
  const bool negative = (raw >> 63) != 0;
  if (exponent == 0x7ff) {
    ++digits_[limbs + (mantissa != 0 ? 0 : negative ? 2 : 1)];
    return;
  }
  // value = mantissa * 2^(position - 1074)
  int position = 0;
  if (exponent > 0) {
    mantissa |= std::uint64_t{1} << 52;
    position = exponent - 1;
  }
  const int limb = position / bits;
  const int shift = position % bits;
  const std::uint64_t low = mantissa << shift;
  const std::uint64_t high = shift == 0 ? 0 : mantissa >> (64 - shift);
  const auto d0 = static_cast<std::int64_t>(low & 0xffffffffU);
  const auto d1 = static_cast<std::int64_t>(low >> 32);
  const auto d2 = static_cast<std::int64_t>(high);
  if (negative) {
    digits_[limb] -= d0;
    digits_[limb + 1] -= d1;
    digits_[limb + 2] -= d2;
  } else {
    digits_[limb] += d0;
    digits_[limb + 1] += d1;
    digits_[limb + 2] += d2;
  }
  if (++pending_ >= most_pending) resolve_carries();
}

void ExactSum::resolve_carries() {
  // Afterwards all limbs but the last are in [0, 2^32): a unique form for each sum.
  std::int64_t carry = 0;
  for (int i = 0; i < limbs; ++i) {
    const std::int64_t total = digits_[i] + carry;
    if (i == limbs - 1) {
      digits_[i] = total;
      break;
    }
    carry = total >= 0 ? total / base_value : -((-total + base_value - 1) / base_value);
    digits_[i] = total - carry * base_value;
  }
  pending_ = 1;
}

ExactSum& ExactSum::operator+=(const ExactSum& other) {
  for (std::size_t i = 0; i < digits_.size(); ++i) digits_[i] += other.digits_[i];
  pending_ += other.pending_;
  if (pending_ >= most_pending) resolve_carries();
  return *this;
}

ExactSum& ExactSum::operator-=(const ExactSum& other) {
  for (int i = 0; i < limbs; ++i) digits_[i] -= other.digits_[i];
  digits_[limbs] += other.digits_[limbs];
  digits_[limbs + 1] += other.digits_[limbs + 2];  // minus infinity is subtracted by adding plus infinity
  digits_[limbs + 2] += other.digits_[limbs + 1];
  pending_ += other.pending_;
  if (pending_ >= most_pending) resolve_carries();
  return *this;
}

double ExactSum::value() const {
  const std::int64_t nan = digits_[limbs];
  const std::int64_t plus = digits_[limbs + 1];
  const std::int64_t minus = digits_[limbs + 2];
  if (nan > 0 || (plus > 0 && minus > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (plus > 0) return std::numeric_limits<double>::infinity();
  if (minus > 0) return -std::numeric_limits<double>::infinity();

  ExactSum magnitude = *this;
  magnitude.resolve_carries();
  const bool negative = magnitude.digits_[limbs - 1] < 0;
  if (negative) {
    for (int i = 0; i < limbs; ++i) magnitude.digits_[i] = -magnitude.digits_[i];
    magnitude.resolve_carries();
  }
  int top = limbs - 1;
  while (top > 0 && magnitude.digits_[top] == 0) --top;
  // Three limbs hold at least 65 significant bits; what lies below is less than a unit in the last place.
  double sum = 0.0;
  for (int i = std::max(0, top - 2); i <= top; ++i) {
    sum += std::ldexp(static_cast<double>(magnitude.digits_[i]), bits * i + lowest_exponent);
  }
  return negative ? -sum : sum;
}

void ExactSum::all_reduce(const base::Comm& comm) {
  if (comm.size() == 1) return;
  resolve_carries();
  comm.sum(digits_.data(), static_cast<int>(digits_.size()));
  pending_ = comm.size();
}

void ExactSum::all_reduce(const base::Comm& comm, std::vector<ExactSum>& sums) {
  if (comm.size() == 1) return;
  std::vector<std::int64_t> digits;
  for (ExactSum& sum : sums) {
    sum.resolve_carries();
    digits.insert(digits.end(), sum.digits_.begin(), sum.digits_.end());
  }
  comm.sum(digits.data(), static_cast<int>(digits.size()));
  auto from = digits.begin();
  for (ExactSum& sum : sums) {
    std::copy_n(from, sum.digits_.size(), sum.digits_.begin());
    from += static_cast<std::ptrdiff_t>(sum.digits_.size());
    sum.pending_ = comm.size();
  }
}

}  // namespace scorefield::reduce
