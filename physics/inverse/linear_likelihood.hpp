#pragma once
/// Gaussian likelihood of linear observations: d = A x + noise.

#include <memory>
#include <optional>
#include <vector>

#include "model/components.hpp"
#include "physics/inverse/data.hpp"

namespace scorefield::physics {

struct LinearLikelihoodOptions {
  DataOptions data;
  std::vector<deck::Component> operators;
  deck::Component noise;
};

/// E(x) = 1/2 sum w (A x - d)^2 over cells and components, with A a chain of operators (the first acts on the field)
/// and w the noise's inverse variance, zero where there is no data. Data come from a file, or from the prior and the
/// noise by a seed.
class LinearLikelihood final : public model::Likelihood, public model::LinearGaussian {
 public:
  using Options = LinearLikelihoodOptions;
  static deck::Schema<Options> schema();
  LinearLikelihood(const Options& options, const model::BuildContext& context);
  static model::Footprint footprint(const Options& options, const model::Components& components);

  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override;
  /// Cells with data, over all components.
  [[nodiscard]] double degrees_of_freedom() const override { return observed_; }
  [[nodiscard]] model::LinearGaussian* linear_gaussian() override { return this; }
  [[nodiscard]] std::vector<model::NamedField> named_fields() const override;

  void add_precision(model::DualField& x, model::DualSum& out) override;
  void add_information(model::DualSum& out) override;
  void add_perturbation(const noise::Stream& stream, model::DualSum& out) override;
  void add_mean_precision(const base::DiagonalView& out) const override;

 private:
  void refuse_cells_without_std() const;
  void make_mock(const Options& options, const model::BuildContext& context);
  void read_data(const Options& options);
  /// A x in real space.
  const grid::Field& observe(model::DualField& x);
  /// Where a weighted field t in data space goes, and, once it is written, out += A^T t.
  model::DualSum::RealPart weighted(model::DualSum& out);
  void back_project(model::DualSum& out);

  const grid::Domain* domain_;
  std::int64_t index_;
  std::vector<std::unique_ptr<model::Operator>> operators_;
  std::vector<model::DualField> stages_;  // after each operator; each also carries the way back
  std::vector<model::DualSum> way_back_;  // before each operator but the first
  grid::Field data_, weights_, truth_;
  std::string unit_;
  std::string truth_unit_;
  double observed_ = 0.0;
};

struct GaussianNoiseOptions {
  std::optional<double> std;
  deck::FilePath file;
  std::vector<std::string> datasets;
};

/// Independent Gaussian noise in each cell, of constant or given standard deviation.
class GaussianNoise final : public model::Noise {
 public:
  using Options = GaussianNoiseOptions;
  static deck::Schema<Options> schema();
  GaussianNoise(const Options& options, const model::BuildContext& context);
  [[nodiscard]] grid::Field weights(int components) const override;

 private:
  const grid::Domain* domain_;
  Options options_;
};

}  // namespace scorefield::physics
