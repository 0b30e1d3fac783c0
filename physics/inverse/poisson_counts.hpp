#pragma once
/// Counts of galaxies (or photons) in cells.

#include <optional>
#include <string>
#include <vector>

#include "physics/inverse/data.hpp"

namespace scorefield::physics {

/// Fraction of the objects in a cell that the survey would count, up to the factor mean_count.
struct SelectionOptions {
  deck::FilePath file;
  std::string dataset = "selection";
  std::optional<double> border;
  std::optional<double> depth;
  static deck::Schema<SelectionOptions> schema();
};

struct PoissonCountsOptions {
  DataOptions data;
  double mean_count = 1.0;
  SelectionOptions selection;
  static deck::Schema<PoissonCountsOptions> schema();
};

/// Counts N_i ~ Poisson(lam_i) with lam_i = mean_count selection_i (1 + delta_i) for a density contrast delta, so that
/// E(delta) = sum lam - N ln(1 + delta) up to a constant (Kitaura & Ensslin 2008, sec. 2.4.4; Jasche & Kitaura 2010).
/// Infinite where delta < -1 in a cell that is selected. Cells of selection 0 are not observed: their counts are
/// ignored.
class PoissonCounts final : public model::Likelihood {
 public:
  using Options = PoissonCountsOptions;
  static deck::Schema<Options> schema() { return Options::schema(); }
  /// Throws FileError where counts are not whole numbers, 0 or more, or the selection is negative or not finite;
  /// DeckError where the truth of a mock falls below -1 in a selected cell.
  PoissonCounts(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& options, const model::Components& /*components*/) {
    return {.real_fields = 2.0 + (options.data.mock_seed ? 1.0 : 0.0)};
  }

  reduce::ExactSum evaluate(model::DualField& delta, model::DualSum* gradient) override;
  /// Cells that are observed.
  [[nodiscard]] double degrees_of_freedom() const override { return observed_; }
  [[nodiscard]] std::vector<model::NamedField> named_fields() const override;

  /// Counts drawn anew from their law given this density contrast, keyed by site; for mocks, and for tests that draw
  /// data and field in turn. Collective.
  void draw_counts(const noise::Stream& stream, model::DualField& delta);

 private:
  void make_mock(const Options& options, const model::BuildContext& context);
  void read_expected(const Options& options);
  void read_counts(const Options& options);

  const grid::Domain* domain_;
  std::int64_t index_;
  grid::Field expected_;  // mean_count selection: lam at delta = 0
  grid::Field counts_, truth_;
  std::string truth_unit_;
  double observed_ = 0.0;
};

}  // namespace scorefield::physics
