#include "model/target.hpp"

namespace scorefield::model {

void Target::draw_prior(const noise::Stream& /*stream*/, DualField& x) { x.set_fourier().fill(0.0); }

void Target::physical(DualField& state, DualField& out) { out.copy_from(state, Space::real); }

}  // namespace scorefield::model
