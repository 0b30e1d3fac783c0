#pragma once
/// Images of two levels behind noisy ones.

#include <optional>
#include <string>
#include <vector>

#include "physics/discrete/ising.hpp"

namespace scorefield::physics {

/// Each pixel shows the other level with this probability, each on its own.
struct FlipNoise {
  double probability = 0.1;
  static deck::Schema<FlipNoise> schema();
};

/// Grey levels are those of the pixels plus independent normal errors.
struct LevelNoise {
  double std = 50.0;
  static deck::Schema<LevelNoise> schema();
};

struct SimulatedText {
  std::string text = "the quick brown fox jumps over the lazy dog";
  std::int64_t scale = 2;
  std::int64_t seed = 1;
  static deck::Schema<SimulatedText> schema();
};

struct BinaryImageOptions : BoundaryOptions {
  deck::FilePath file;
  std::string dataset = "image";
  std::optional<SimulatedText> simulate;
  std::optional<FlipNoise> flip;
  std::optional<LevelNoise> gaussian;
  double black = 0.0;
  double white = 255.0;
  double coupling = 0.7;
  double diagonal = 0.0;
  double field = 0.0;
};

/// Posterior of a binary image x (1 is black, 0 white) given a grey one d, with an Ising prior of s = 2 x - 1 (Geman &
/// Geman 1984; Besag 1986):
///   E = -sum_i ln p(d_i | x_i) - J sum_<ij> s_i s_j - K sum_<<ij>> s_i s_j - h sum_i s_i + const
/// over pairs of neighbours along the axes and, with K, along the diagonals. It is an Ising model in the field
/// h + 1/2 ln [p(d_i | 1) / p(d_i | 0)]. Images end at their edges unless `boundaries` says otherwise.
class BinaryImage final : public model::SymbolTarget {
 public:
  using Options = BinaryImageOptions;
  static deck::Schema<Options> schema();
  BinaryImage(const Options& options, const model::BuildContext& context);
  /// Field of each pixel, data, truth of a mock; the last two as bytes while they are written.
  static model::Footprint footprint(const Options& options, const model::Components& /*components*/) {
    return {.real_fields = options.simulate ? 3.25 : 2.125};
  }

  [[nodiscard]] int symbols() const override { return 2; }
  [[nodiscard]] bool is_axis_only() const override { return diagonal_ == 0.0; }
  [[nodiscard]] std::array<bool, 3> is_open() const override { return spins_.is_open(); }
  [[nodiscard]] const grid::Field* map() const override { return spins_.map(); }
  void changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const override;
  [[nodiscard]] double energy(const model::SymbolRow& row) const override;
  /// Without bonds along diagonals, which clusters do not know.
  [[nodiscard]] const model::ClusterBonds* cluster_bonds() const override {
    return diagonal_ == 0.0 ? spins_.cluster_bonds() : nullptr;
  }

  /// Each pixel from its own datum alone.
  void draw_prior(const noise::Stream& stream, model::DualField& x) override;
  /// /data/image, and /truth/x of a mock.
  [[nodiscard]] std::vector<model::NamedField> named_fields() const override;
  /// cleaned.png: the likelier symbol of each pixel; probability.png: grey by its probability to be black; of a mock
  /// truth.png and data.png too.
  [[nodiscard]] std::vector<model::Picture> pictures() const override;
  [[nodiscard]] std::vector<std::string> remarks() const override { return remarks_; }

 private:
  /// The image: levels of the pixels, from a file or from the truth that it makes up.
  struct Image {
    grid::Field levels;
    grid::Field truth;  ///< of a mock
  };
  static Image read_or_simulate(const Options& options, const model::BuildContext& context);
  BinaryImage(const Options& options, const model::BuildContext& context, Image image);

  Image image_;
  Ising spins_;
  double diagonal_;  // K
  double black_, white_;
  bool is_simulated_;
  io::Type levels_type_ = io::Type::float64;  // in samples.h5
  std::vector<std::string> remarks_;
};

}  // namespace scorefield::physics
