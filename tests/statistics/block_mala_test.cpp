/// block_mala: the tiling, the independence of the blocks that move at once, detailed balance of a block's move (layer
/// A), exact starts (layer B), and an acceptance that does not know the size of the field.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numbers>

#include "noise/normals.hpp"
#include "noise/philox.hpp"
#include "samplers/langevin/block_mala.hpp"
#include "support/exact_laws.hpp"
#include "support/sampling_fixture.hpp"

namespace scorefield {
namespace {

using samplers::BlockMala;
using samplers::BlockTiling;

/// Periodic distance of two cells along an axis.
std::int64_t distance(std::int64_t a, std::int64_t b, std::int64_t n) {
  const std::int64_t d = std::abs(a - b) % n;
  return std::min(d, n - d);
}

/// By brute force over all pairs of cells: no term of this diameter touches two blocks of one colour.
TEST(Tiling, NoTermTouchesTwoBlocksOfOneColour) {
  int checked = 0;
  for (const auto& shape : {std::vector<std::int64_t>{24}, {8, 8}, {5, 11}, {13, 16}, {6, 4, 5}, {8, 8, 9}}) {
    for (const std::int64_t diameter : {1, 2}) {
      for (const std::int64_t edge : {1, 2, 3, 5}) {
        for (const bool is_axis_only : {true, false}) {
          const grid::Lattice lattice(shape, std::vector<double>(shape.size(), 1.0));
          const BlockTiling tiling(lattice, edge, diameter, is_axis_only);
          const auto block_of = [&](int axis, std::int64_t i) {
            const std::int64_t block = tiling.containing(axis, i);
            EXPECT_TRUE(i >= tiling.first(axis, block) && i < tiling.last(axis, block));
            return block;
          };
          const grid::Index3 n = lattice.n();
          std::vector<grid::Index3> cells, blocks;
          for (std::int64_t z = 0; z < n[0]; ++z)
            for (std::int64_t y = 0; y < n[1]; ++y)
              for (std::int64_t x = 0; x < n[2]; ++x) {
                cells.push_back({z, y, x});
                blocks.push_back({block_of(0, z), block_of(1, y), block_of(2, x)});
                EXPECT_LT(tiling.colour(blocks.back()), tiling.colours());
              }
          for (std::size_t a = 0; a < cells.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b) {
              if (blocks[a] == blocks[b] || tiling.colour(blocks[a]) != tiling.colour(blocks[b])) continue;
              int apart = 0;
              std::int64_t furthest = 0;
              for (std::size_t axis = 0; axis < 3; ++axis) {
                const std::int64_t d = distance(cells[a][axis], cells[b][axis], n[axis]);
                apart += d > 0;
                furthest = std::max(furthest, d);
              }
              const bool share_a_term = furthest <= diameter && (!is_axis_only || apart == 1);
              ASSERT_FALSE(share_a_term) << "edge " << edge << " diameter " << diameter;
              ++checked;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(checked, 100000);
}

TEST(Tiling, RefusesAnAxisWithoutRoom) {
  EXPECT_THROW(BlockTiling(grid::Lattice({3, 16}, {1.0, 1.0}), 1, 2, true), std::invalid_argument);
  EXPECT_NO_THROW(BlockTiling(grid::Lattice({4, 16}, {1.0, 1.0}), 1, 2, true));
}

/// E = 1/2 x^T Q x with bonds of length 2 along the axes and across them: (0, 1), (0, 2), (2, 0), (1, 2), (2, -2).
class RangeTwo final : public model::Target, public model::LocalEnergy {
 public:
  explicit RangeTwo(const grid::Domain& domain) : domain_(&domain) {}
  struct Bond {
    std::int64_t dz, dx;
    double strength;
  };
  static constexpr std::array<Bond, 5> bonds{{{0, 1, -0.12}, {0, 2, 0.1}, {2, 0, -0.11}, {1, 2, -0.08}, {2, -2, 0.07}}};

  /// Eigenvalue of Q at a mode.
  [[nodiscard]] double eigenvalue(double kz, double kx) const {
    double value = 1.0;
    for (const Bond& b : bonds)
      value += 2.0 * b.strength * std::cos(kz * static_cast<double>(b.dz) + kx * static_cast<double>(b.dx));
    return value;
  }
  reduce::ExactSum evaluate(model::DualField& x, model::DualSum* gradient) override {
    EXPECT_EQ(gradient, nullptr);
    const double* v = x.real().data();
    const grid::Index3 n = domain_->lattice().n();
    reduce::ExactSum energy;
    for (std::int64_t z = 0; z < n[0]; ++z)
      for (std::int64_t i = 0; i < n[2]; ++i) {
        energy.add(0.5 * v[z * n[2] + i] * v[z * n[2] + i]);
        for (const Bond& b : bonds)
          energy.add(b.strength * v[z * n[2] + i] * v[(z + b.dz) % n[0] * n[2] + (i + b.dx + n[2]) % n[2]]);
      }
    return energy;
  }
  [[nodiscard]] double degrees_of_freedom() const override { return static_cast<double>(domain_->lattice().sites()); }
  [[nodiscard]] const model::LocalEnergy* local_energy() const override { return this; }
  [[nodiscard]] std::int64_t diameter() const override { return 2; }
  [[nodiscard]] bool is_axis_only() const override { return false; }
  [[nodiscard]] double energy_change(const model::Patch& patch, const double* x, const double* y) const override {
    return energy(patch, y) - energy(patch, x);
  }
  void gradient(const model::Patch& patch, const double* x, double* out) const override {
    for (std::int64_t z = 0; z < patch.extent[0]; ++z)
      for (std::int64_t i = 0; i < patch.extent[2]; ++i, ++out) {
        *out = patch.row(x, z, 0)[i];
        for (const Bond& b : bonds)
          *out += b.strength * (patch.row(x, z + b.dz, 0)[i + b.dx] + patch.row(x, z - b.dz, 0)[i - b.dx]);
      }
  }

 private:
  /// Bonds with an end in the box, each once: those that start there, and those that start before and end there.
  static double energy(const model::Patch& patch, const double* x) {
    const auto is_inside = [&](std::int64_t z, std::int64_t i) {
      return z >= 0 && z < patch.extent[0] && i >= 0 && i < patch.extent[2];
    };
    double sum = 0.0;
    for (std::int64_t z = 0; z < patch.extent[0]; ++z)
      for (std::int64_t i = 0; i < patch.extent[2]; ++i) {
        const double here = patch.row(x, z, 0)[i];
        sum += 0.5 * here * here;
        for (const Bond& b : bonds) {
          sum += b.strength * here * patch.row(x, z + b.dz, 0)[i + b.dx];
          if (!is_inside(z - b.dz, i - b.dx)) sum += b.strength * here * patch.row(x, z - b.dz, 0)[i - b.dx];
        }
      }
    return sum;
  }
  const grid::Domain* domain_;
};

/// A sampler on a lattice of one rank, and a chain that is set by hand.
struct Lab {
  grid::Domain domain;
  model::Components components;
  std::unique_ptr<model::Target> target;
  std::unique_ptr<BlockMala> sampler;

  Lab(const std::vector<std::int64_t>& shape, bool is_range_two, double h, std::int64_t block, const std::string& phi4)
      : domain(grid::Lattice(shape, std::vector<double>(shape.size(), 1.0)), base::Comm::self()) {
    if (is_range_two) {
      target = std::make_unique<RangeTwo>(domain);
    } else {
      test::Sampling s("domain: {shape: [4]}\ntarget: " + phi4 + "\nsampler: mala\n");
      app::register_all(components);
      const model::BuildContext context{.components = components, .domain = domain, .seed = 7};
      target = components.targets.build(s.deck.options.target, context);
    }
    sampler = std::make_unique<BlockMala>(BlockMala::Options{.step_size = h, .block = block},
                                          model::SamplerContext{domain, *target, 7, 0});
  }
  std::unique_ptr<model::Chain> chain(std::int64_t id, const std::vector<double>& x) const {
    auto made = sampler->make_chain(id);
    std::copy(x.begin(), x.end(), made->x.set_real().data());
    return made;
  }
  [[nodiscard]] std::vector<double> normals(std::uint64_t step) const {
    const grid::Field xi(domain, "xi");
    noise::fill_white(domain, {.seed = 99, .step = step}, xi);
    return {xi.data(), xi.data() + xi.size()};
  }
};

constexpr const char* interacting = "{type: phi4, mass_squared: -1.0, coupling: 0.5}";

/// Of the blocks that move at once, none sees what any other holds: with one of them changed, energy change, drift and
/// accept bit of all others stay, to the bit.
TEST(ActiveBlocks, KnowNothingOfEachOther) {
  struct Case {
    std::vector<std::int64_t> shape;
    bool is_range_two;
    std::int64_t block;
  };
  int compared = 0;
  for (const Case& c : {Case{{16, 12}, false, 2},
                        {{12, 10}, false, 1},
                        {{6, 4, 8}, false, 2},
                        {{14}, false, 3},
                        {{16, 12}, true, 2},
                        {{17, 13}, true, 3}}) {
    const Lab lab(c.shape, c.is_range_two, 0.3, c.block, interacting);
    for (std::uint64_t trial = 0; trial < 8; ++trial) {
      const std::vector<double> x = lab.normals(trial);
      for (int colour = 0; colour < lab.sampler->tiling().colours(); ++colour) {
        const auto moves_from = [&](const std::vector<double>& start) {
          const auto chain = lab.chain(static_cast<std::int64_t>(trial), start);
          auto& own = static_cast<samplers::GradientChain&>(*chain);
          lab.sampler->begin_sweep(own);
          const std::vector<BlockMala::Move> moves = lab.sampler->move_colour(own, colour);
          const double* after = own.x.real().data();
          return std::pair(moves, std::vector<double>(after, after + start.size()));
        };
        const auto [moves, after] = moves_from(x);
        // Cells of one active block: those that move in it with another state. Changed one by one.
        for (std::size_t cell = 0; cell < x.size(); cell += 7) {
          std::vector<double> changed = x;
          changed[cell] += 1.5;
          const auto [others, unused] = moves_from(changed);
          ASSERT_EQ(moves.size(), others.size());
          int differing = 0;
          for (std::size_t m = 0; m < moves.size(); ++m) {
            const bool same = moves[m].energy_change == others[m].energy_change && moves[m].drift == others[m].drift &&
                              moves[m].is_accepted == others[m].is_accepted;
            differing += same ? 0 : 1;
          }
          // A cell of an active block changes that block alone; a frozen one may change several.
          if (lab.sampler->is_active(static_cast<std::int64_t>(cell), colour)) {
            EXPECT_LE(differing, 1) << "cell " << cell;
            compared += differing;
          }
        }
      }
    }
  }
  EXPECT_GT(compared, 500);
}

/// Layer A. The map from noise to proposal is rebuilt by the test from the energy of the whole field by differences;
/// with it the density of proposals, and the acceptance that Metropolis and Hastings ask for.
TEST(BlockMove, IsInDetailedBalance) {
  constexpr double h = 0.3;
  int accepted = 0;
  int below_one = 0;
  int truncated = 0;
  for (const bool is_range_two : {false, true}) {
    const Lab lab({8, 8}, is_range_two, h, 3, interacting);
    const auto energy = [&](const std::vector<double>& x) {
      model::DualField field(lab.domain, "x");
      std::copy(x.begin(), x.end(), field.set_real().data());
      return lab.target->evaluate(field, nullptr);
    };
    const auto slope = [&](std::vector<double> x, std::size_t i) {
      constexpr double e = 1e-4;
      const double at = x[i];
      const auto shifted = [&](double by) {
        x[i] = at + by;
        return energy(x);
      };
      // Fourth order: exact for a quartic polynomial up to rounding.
      return (8.0 * (shifted(e) - shifted(-e)).value() - (shifted(2 * e) - shifted(-2 * e)).value()) / (12.0 * e);
    };
    const auto drift = [&](const std::vector<double>& x, std::size_t i) {
      const double most = 2.0 * std::sqrt(2.0 * h);
      const double wanted = -h * slope(x, i);
      truncated += std::abs(wanted) > most;
      return std::clamp(wanted, -most, most);
    };
    for (std::int64_t id = 0; id < 40; ++id) {
      const std::vector<double> x = lab.normals(static_cast<std::uint64_t>(id));
      const auto chain = lab.chain(id, x);
      auto& own = static_cast<samplers::GradientChain&>(*chain);
      lab.sampler->begin_sweep(own);
      const std::vector<double> z = [&] {
        const grid::Field noise(lab.domain, "noise");
        noise::fill_white(lab.domain, {.seed = 7, .purpose = noise::Purpose::proposal, .chain = std::uint32_t(id)},
                          noise);
        return std::vector<double>(noise.data(), noise.data() + noise.size());
      }();
      const auto moves = lab.sampler->move_colour(own, 0);
      const double* after = own.x.real().data();
      for (const BlockMala::Move& move : moves) {
        // The block's proposal, by the map.
        std::vector<double> y = x;
        std::vector<std::size_t> cells;
        for (std::size_t i = 0; i < x.size(); ++i)
          if (lab.sampler->block_of(static_cast<std::int64_t>(i)) == move.block) cells.push_back(i);
        ASSERT_FALSE(cells.empty());
        std::vector<double> forward, back;
        for (const std::size_t i : cells) {
          forward.push_back(drift(x, i));
          y[i] = x[i] + forward.back() + std::sqrt(2.0 * h) * z[i];
        }
        double log_ratio = (energy(x) - energy(y)).value();
        for (std::size_t c = 0; c < cells.size(); ++c) {
          const std::size_t i = cells[c];
          const double to = y[i] - x[i] - forward[c];
          const double from = x[i] - y[i] - drift(y, i);
          log_ratio += (to * to - from * from) / (4.0 * h);
          EXPECT_NEAR(after[i], move.is_accepted ? y[i] : x[i], 1e-9);
        }
        EXPECT_NEAR(move.acceptance, std::min(1.0, std::exp(log_ratio)), 1e-7);
        const noise::Stream numbers{.seed = 7, .purpose = noise::Purpose::accept, .chain = std::uint32_t(id)};
        const double number = noise::uniform(numbers, static_cast<std::uint64_t>(move.block));
        EXPECT_EQ(move.is_accepted, number < move.acceptance);
        accepted += move.is_accepted;
        below_one += move.acceptance < 0.95;
      }
    }
  }
  EXPECT_GT(accepted, 20);
  EXPECT_GT(truncated, 20);
  EXPECT_GT(below_one, 20);
}

/// Layer B on Gaussian laws with bonds: free phi^4 (axes only, 2 colours) and RangeTwo (4 colours). 20,000 starts, 6
/// sweeps: E is chi^2 / 2 of all cells; an error of 2 % of the variances shows at z = 8, of 1 % at z = 4.
TEST(BlockMala, KeepsExactDraws) {
  for (const bool is_range_two : {false, true}) {
    const std::vector<std::int64_t> shape{8, 8};
    const Lab lab(is_range_two ? std::vector<std::int64_t>{6, 5} : shape, is_range_two, is_range_two ? 0.5 : 0.12, 2,
                  "{type: phi4, mass_squared: 0.6, coupling: 0.0}");
    const grid::Lattice& lattice = lab.domain.lattice();
    const auto sites = static_cast<double>(lattice.sites());
    test::ZScore energy(0.5 * sites, 0.5 * sites);
    // Of a chi^2 law with d degrees of freedom, halved: (E - d/2)^2 has mean d/2 and variance d^2/2 + 3 d. It sees
    // blocks whose accept tests depend on each other, which no mean does.
    test::ZScore spread(0.5 * sites, 0.5 * sites * sites + 3.0 * sites);
    test::ZScore square(1.0, 2.0);
    double acceptance = 0.0;
    constexpr int starts = 20000;
    constexpr int sweeps = 6;
    // Variance of a cell and of the mean, from the modes.
    double cell_variance = 0.0;
    const auto precision = [&](std::int64_t z, std::int64_t kx) {
      const double a = 2.0 * std::numbers::pi * static_cast<double>(z) / static_cast<double>(lattice.n()[0]);
      const double b = 2.0 * std::numbers::pi * static_cast<double>(kx) / static_cast<double>(lattice.n()[2]);
      if (is_range_two) return static_cast<const RangeTwo&>(*lab.target).eigenvalue(a, b);
      return 0.6 + 4.0 * std::pow(std::sin(0.5 * a), 2) + 4.0 * std::pow(std::sin(0.5 * b), 2);
    };
    for (std::int64_t z = 0; z < lattice.n()[0]; ++z)
      for (std::int64_t kx = 0; kx < lattice.n()[2]; ++kx) cell_variance += 1.0 / precision(z, kx) / sites;
    for (int id = 0; id < starts; ++id) {
      auto chain = lab.sampler->make_chain(id);
      const grid::SpectralField& modes = chain->x.set_fourier();
      noise::fill_white(lab.domain, {.seed = 3, .chain = static_cast<std::uint32_t>(id)}, modes);
      for (std::int64_t kx = 0; kx < lattice.half(); ++kx)
        for (std::int64_t z = 0; z < lattice.n()[0]; ++z)
          modes.data()[kx * lattice.n()[0] + z] *= std::sqrt(sites / precision(z, kx));
      chain->x.change(model::Space::real);
      for (int sweep = 0; sweep < sweeps; ++sweep) {
        lab.sampler->step(*chain);
        lab.sampler->settle(*chain);
        acceptance += chain->acceptance / (double{starts} * sweeps);
      }
      energy.add(chain->energy.value());
      spread.add(std::pow(chain->energy.value() - 0.5 * sites, 2));
      const double first = chain->x.real().data()[0];
      square.add(first * first / cell_variance);
    }
    std::printf("%s: acceptance %.3f, z of energy %.2f, of its spread %.2f, of a cell's variance %.2f\n",
                is_range_two ? "range two" : "free field", acceptance, energy.z(), spread.z(), square.z());
    EXPECT_LT(std::abs(energy.z()), 5.0);
    EXPECT_LT(std::abs(spread.z()), 5.0);
    EXPECT_LT(std::abs(square.z()), 5.0);
    EXPECT_GT(acceptance, 0.6);
    EXPECT_LT(acceptance, 0.85);
  }
}

/// At a fixed step the acceptance of a block in equilibrium is the same in a field of 16^2 cells and of 256^2, within 1
/// %. That of one test for the whole field falls to nothing.
TEST(BlockMala, AcceptanceDoesNotKnowTheSizeOfTheField) {
  std::vector<double> means;
  for (const auto& [edge, sweeps] : {std::pair(16, 12000), {64, 1500}, {256, 100}}) {
    const std::string side = std::to_string(edge);
    test::Sampling s("run: {seed: 51}\ndomain: {shape: [" + side + ", " + side + "]}\ntarget: " + interacting +
                     "\nsampler: {type: block_mala, step_size: 0.03, start: zero}\n");
    auto chain = s.chain(0);
    double sum = 0.0;
    double squares = 0.0;
    for (int sweep = -300; sweep < sweeps; ++sweep) {
      s.sampler->step(*chain);
      if (sweep < 0) continue;
      s.sampler->settle(*chain);
      sum += chain->acceptance;
      squares += chain->acceptance * chain->acceptance;
    }
    means.push_back(sum / sweeps);
    const double error = std::sqrt((squares / sweeps - means.back() * means.back()) / sweeps);
    std::printf("%d^2 cells: acceptance %.4f +- %.4f\n", edge, means.back(), error);
    EXPECT_LT(error, 0.0025) << "too few sweeps to tell";
  }
  for (const double mean : means) EXPECT_NEAR(mean, means.front(), 0.01 * means.front());
}

}  // namespace
}  // namespace scorefield
