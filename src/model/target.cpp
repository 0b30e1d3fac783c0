#include "model/target.hpp"

#include <stdexcept>

namespace scorefield::model {

void Target::draw_prior(const noise::Stream& /*stream*/, DualField& x) { x.set_fourier().fill(0.0); }

void Target::physical(DualField& state, DualField& out) { out.copy_from(state, Space::real); }

void Target::add_pullback(DualField& /*state*/, DualField& /*field*/, DualSum& /*gradient*/, DualSum& /*out*/) {
  throw std::logic_error("a transformed target must pull gradients back: it lacks add_pullback()");
}

}  // namespace scorefield::model
