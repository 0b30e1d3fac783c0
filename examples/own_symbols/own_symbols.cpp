// Samples symbols by an energy of one's own. The struct says what the energy of a cell is and how E changes with its
// symbol; all else is scorefield: decks, samplers, checkpoints, and the same bits on any number of ranks.
//
//   mpirun -n 2 own_symbols run own_symbols.yaml                     about 1 s on 2 cores
#include "app/program.hpp"

using scorefield::model::SymbolCell;

// The Blume-Capel model, spins s = -1, 0, 1 (Blume 1966; Capel 1966), in as many dimensions as the deck says:
// E = (1 / T) [ -sum_<ij> s_i s_j + D sum_i s_i^2 ].
struct BlumeCapel {
  static constexpr int symbols = 3;
  static constexpr bool is_axis_only = true;  // bonds lie along axes: two colours instead of 2^d
  double temperature = 1.0;
  double crystal_field = 0.5;

  static scorefield::deck::Schema<BlumeCapel> schema() {
    return scorefield::deck::Schema<BlumeCapel>("blume_capel", "Blume-Capel model: spins -1, 0, 1.")
        .reference("Blume 1966; Capel 1966")
        .example("blume_capel")
        .option("temperature", &BlumeCapel::temperature, {.unit = "J", .doc = "T", .above = 0.0})
        .option("crystal_field", &BlumeCapel::crystal_field, {.unit = "J", .doc = "D, which favours 0"});
  }

  // What outputs and observables are of.
  double value(int symbol) const { return symbol - 1.0; }

  double energy(const SymbolCell& x) const {  // each bond once: to the next cells alone
    double bonds = 0.0;
    for (int axis = 0; axis < x.dimensions(); ++axis) bonds += value(x.next(axis));
    const double s = value(x());
    return (crystal_field * s * s - s * bonds) / temperature;
  }
  double energy_change(const SymbolCell& x, int now) const {  // with the bonds of its neighbours to it
    double around = 0.0;
    for (int axis = 0; axis < x.dimensions(); ++axis) around += value(x.next(axis)) + value(x.before(axis));
    const double s = value(x());
    const double t = value(now);
    return (crystal_field * (t * t - s * s) - (t - s) * around) / temperature;
  }
};

int main(int argc, char** argv) { return scorefield::app::program_with<BlumeCapel>(argc, argv); }
