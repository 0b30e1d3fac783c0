// Samples a target of one's own. The struct says what the energy of a cell is and what the score; all else is
// scorefield: decks, samplers, checkpoints, and the same bits on any number of ranks.
//
//   mpirun -n 2 own_target run own_target.yaml                     about 2 s on 2 cores
//   own_target run own_target.yaml task=line_integral --output out/test       is the score that of the energy?
#include "app/program.hpp"

using scorefield::model::Cell;

// The free lattice field, E = 1/2 sum_cells [ m^2 x^2 + sum_axes (x_next - x)^2 ], in as many dimensions as the deck
// says.
struct FreeField {
  static constexpr const char* name = "free_field";  // target: free_field
  double mass_squared = 2.0;

  double energy(const Cell& x) const {
    double sum = mass_squared * x() * x();
    for (int axis = 0; axis < x.dimensions(); ++axis) sum += (x.next(axis) - x()) * (x.next(axis) - x());
    return 0.5 * sum;
  }
  double score(const Cell& x) const {  // -dE/dx of this cell: with the bonds of its neighbours to it
    double sum = -mass_squared * x();
    for (int axis = 0; axis < x.dimensions(); ++axis) sum += x.next(axis) - 2.0 * x() + x.before(axis);
    return sum;
  }
};

int main(int argc, char** argv) { return scorefield::app::program_with<FreeField>(argc, argv); }
