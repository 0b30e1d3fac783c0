#pragma once
/// Metropolis-adjusted Langevin block by block.

#include <array>
#include <optional>
#include <vector>

#include "grid/halo.hpp"
#include "model/local_energy.hpp"
#include "samplers/common/gradient_sampler.hpp"
#include "samplers/langevin/block_tiling.hpp"

namespace scorefield::samplers {

struct BlockMalaOptions {
  std::optional<double> step_size;
  std::int64_t block = 8;
  double target_acceptance = 0.574;
  std::string start = "prior";
};

/// One step is a sweep over all cells: for each colour in turn, every block of it makes a MALA step of its own cells
/// given the frozen rest, with its own accept test. No energy term touches two blocks of one colour (BlockTiling), so
/// these tests are independent and the step exact; the origin of the blocks is drawn anew for each sweep, so that no
/// cell stays at a border. The acceptance depends on the size of a block and not on that of the field, and no rank
/// waits for a sum over the field: a rank works out all blocks that reach into its rows from the rows around them, the
/// same on every rank that does.
///
/// The drift of a cell is truncated at most_drift standard deviations of the noise (Roberts & Tweedie 1996, MALTA):
/// where energies grow faster than a square, a cell far out would else overshoot for ever, and among many blocks no
/// step size that adapts to their mean would free it. In equilibrium this happens to next to no cell.
class BlockMala final : public GradientSampler {
 public:
  using Options = BlockMalaOptions;
  static deck::Schema<Options> schema();
  BlockMala(const Options& options, const model::SamplerContext& context);
  /// Noise, ghost rows; each chain: state.
  static model::ChainFootprint footprint(const Options& /*options*/, const model::Components& /*components*/) {
    return {.shared = {.real_fields = 1.5}, .chain = {.real_fields = 1.0}};
  }

  [[nodiscard]] std::unique_ptr<model::Chain> make_chain(std::int64_t id) override;
  void refresh(model::Chain& chain) override;
  void settle(model::Chain& chain) override;

  static constexpr double most_drift = 2.0;

  /// What became of a block.
  struct Move {
    std::int64_t block = 0;  ///< index in the tiling
    double energy_change = 0.0;
    double drift = 0.0;  ///< sum over the block of what the gradient at its old state moved
    double acceptance = 0.0;
    bool is_accepted = false;
  };
  /// Moves of the blocks of one colour that reach into this rank's rows. Collective: fetches the rows around them.
  const std::vector<Move>& move_colour(GradientChain& chain, int colour);
  /// Draws noise and origin of the sweep to come.
  void begin_sweep(const GradientChain& chain);
  [[nodiscard]] const BlockTiling& tiling() const { return tiling_; }
  /// Block that a cell (in C order) belongs to in this sweep, and whether it moves with this colour.
  [[nodiscard]] std::int64_t block_of(std::int64_t cell) const { return tiling_.index(block_at(cell)); }
  [[nodiscard]] bool is_active(std::int64_t cell, int colour) const { return tiling_.colour(block_at(cell)) == colour; }

 private:
  void walk(GradientChain& chain) override;
  /// Cells of a block along an axis from the corner of this rank's box; nothing where it does not reach into the box.
  struct Span {
    std::int64_t block, begin, size;
  };
  [[nodiscard]] grid::Index3 block_at(std::int64_t cell) const;
  /// Collective: mean acceptance of the last sweep's blocks.
  void note_acceptance(GradientChain& chain) const;
  [[nodiscard]] std::vector<Span> spans(int axis) const;
  /// Index among this rank's own cells, or -1.
  [[nodiscard]] std::int64_t own_index(int axis, std::int64_t i) const;
  [[nodiscard]] double* noise_row(std::int64_t z, std::int64_t y);
  void find_drift(double h, const std::vector<double>& x, std::vector<double>& drift) const;
  [[nodiscard]] Move move_block(GradientChain& chain, const grid::GhostRows::Rows& rows, const std::array<Span, 3>& at);
  void fill_patch(const grid::GhostRows::Rows& rows, const std::array<Span, 3>& at);
  void write_back(double* field, const std::array<Span, 3>& at);

  const model::LocalEnergy& energy_;
  BlockTiling tiling_;
  grid::GhostRows ghosts_;
  double target_acceptance_;

  grid::Index3 origin_{0, 0, 0};
  grid::Index3 margin_{0, 0, 0};  // rows beyond the box whose noise is needed
  std::vector<double> noise_;     // of the rows of the box and its margin
  std::vector<Move> moves_;
  model::Patch patch_;
  std::vector<double> old_, new_, old_drift_, new_drift_;  // of one block
};

}  // namespace scorefield::samplers
