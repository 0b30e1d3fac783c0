#include "model/target.hpp"

#include <stdexcept>

#include "base/errors.hpp"

namespace scorefield::model {

void Target::draw_prior(const noise::Stream& /*stream*/, DualField& x) { x.set_fourier().fill(0.0); }

void Target::physical(DualField& state, DualField& out) { out.copy_from(state, Space::real); }

void Target::add_pullback(DualField& /*state*/, DualField& /*field*/, DualSum& /*gradient*/, DualSum& /*out*/) {
  throw std::logic_error("a transformed target must pull gradients back: it lacks add_pullback()");
}

void refuse_symbols(const Target& target, const std::string& who, const std::string& advice) {
  if (target.symbol_energy() == nullptr) return;
  throw base::DeckError(who + " is for fields of numbers, and the states of this target are symbols", advice);
}

}  // namespace scorefield::model
