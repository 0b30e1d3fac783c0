#include "samplers/common/metric_adaptation.hpp"

#include <algorithm>
#include <cmath>

#include "reduce/rows.hpp"

namespace scorefield::samplers {

AdaptationWindows::AdaptationWindows(std::int64_t warmup) : first_(75), last_(warmup - 50), shortest_(25) {
  if (warmup >= first_ + shortest_ + 50) return;
  first_ = 3 * warmup / 20;
  last_ = warmup - warmup / 10;
  shortest_ = std::max<std::int64_t>(1, last_ - first_);
}

std::int64_t AdaptationWindows::begin_after(std::int64_t step) const {
  std::int64_t begin = 0;
  std::int64_t end = first_;
  for (std::int64_t length = shortest_; end < last_; length *= 2) {
    end += length;
    if (end + 2 * length > last_) end = last_;  // no room for one more after it
    if (end > step + 1) break;
    begin = end;
  }
  return begin;
}

MetricAdaptation::MetricAdaptation(const model::Preconditioner& first, const grid::Domain& domain, int components,
                                   std::int64_t warmup)
    : domain_(&domain),
      components_(components),
      space_(first.space()),
      windows_(warmup),
      root_(first.root()),
      mean_(first.make_vector("mean of the window")) {
  const std::int64_t cells = mean_.size() / components_ / (space_ == model::Space::real ? 1 : 2);
  squares_ = base::LineView("squares of the window", static_cast<std::size_t>(cells));
  if (root_.span() == 0) {
    root_ = base::LineView("root of the preconditioner", squares_.span());
    Kokkos::deep_copy(root_, 1.0);
  }
  begin_window();
}

void MetricAdaptation::begin_window() {
  count_ = 0;
  std::fill_n(mean_.data(), mean_.size(), 0.0);
  Kokkos::deep_copy(squares_, 0.0);
}

void MetricAdaptation::visit(io::Archive& archive) {
  if (archive.loading()) root_ = base::LineView("root of the preconditioner", root_.span());  // may be shared
  model::visit_diagonal(archive, "preconditioner_root", *domain_, space_, root_);
  // Also outside of windows: chains that have come to different steps are in one checkpoint.
  archive.scalar("window_count", count_);
  model::visit_vector(archive, "window_mean", *domain_, mean_);
  model::visit_diagonal(archive, "window_squares", *domain_, space_, squares_);
}

bool MetricAdaptation::learn(std::int64_t step, model::DualField& x) {
  if (!windows_.gathers(step)) return false;
  add(x.values(space_));
  if (!windows_.closes(step)) return false;
  close();
  begin_window();
  return true;
}

void MetricAdaptation::add(const double* x) {
  ++count_;
  const double weight = 1.0 / static_cast<double>(count_);
  const auto size = static_cast<std::int64_t>(squares_.span());
  const int width = space_ == model::Space::real ? 1 : 2;
  const int components = components_;
  double* mean = mean_.data();
  const base::LineView squares = squares_;
  Kokkos::parallel_for(
      "variance of the window", base::RowPolicy(0, size), KOKKOS_LAMBDA(const std::int64_t i) {
        for (int c = 0; c < components; ++c) {
          for (std::int64_t j = (c * size + i) * width; j < (c * size + i + 1) * width; ++j) {
            reduce::add_to_moments(x[j], weight, mean[j], squares(i));
          }
        }
      });
}

void MetricAdaptation::average_shells() {
  const reduce::Shells shells = reduce::Shells::of_all(*domain_);
  double* squares = squares_.data();
  const double* root = root_.data();
  const std::vector<double> sums = shells.sums([=](std::size_t i) { return root[i] > 0.0 ? squares[i] : 0.0; });
  const std::vector<double> free = shells.sums([=](std::size_t i) { return root[i] > 0.0 ? 1.0 : 0.0; });
  const auto sites = static_cast<double>(domain_->lattice().sites());  // white noise has |xhat|^2 = sites
  for (std::size_t i = 0; i < squares_.span(); ++i) {
    const auto shell = static_cast<std::size_t>(shells.of_mode(i));
    squares[i] = free[shell] > 0.0 ? sums[shell] / (free[shell] * sites) : 0.0;
  }
}

void MetricAdaptation::close() {
  if (space_ == model::Space::fourier) average_shells();
  const base::LineView root("root of the preconditioner", root_.span());
  const double trust = static_cast<double>(count_) / static_cast<double>(count_ + 5);
  const double per_state = 1.0 / static_cast<double>((count_ - 1) * components_);
  for (std::size_t i = 0; i < root.span(); ++i) {
    const double former = root_.data()[i];
    const double variance = squares_.data()[i] * per_state;
    // Nothing is learned from what has not moved, and what is held at zero stays there.
    const bool is_learned = former > 0.0 && variance > 0.0 && std::isfinite(variance);
    root.data()[i] =
        is_learned ? std::exp(0.5 * trust * std::log(variance) + (1.0 - trust) * std::log(former)) : former;
  }
  root_ = root;
}

}  // namespace scorefield::samplers
