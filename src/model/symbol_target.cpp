#include "model/symbol_target.hpp"

#include <stdexcept>

#include "noise/words.hpp"

namespace scorefield::model {

reduce::ExactSum SymbolTarget::evaluate(DualField& x, DualSum* gradient) {
  if (gradient != nullptr) throw std::logic_error("symbols have no gradient");
  grid::SymbolField symbols(*domain_, reach(), is_open());
  read_symbols(x.real(), symbols);
  return model::symbol_energy(*domain_, *this, symbols);
}

void SymbolTarget::draw_prior(const noise::Stream& stream, DualField& x) {
  draw_uniform_symbols(*domain_, symbols(), stream, x);
}

void draw_uniform_symbols(const grid::Domain& domain, int count, const noise::Stream& stream, DualField& x) {
  const grid::Field& cells = x.set_real();
  const std::int64_t n = cells.row_length();
  std::vector<std::uint32_t> words(static_cast<std::size_t>(n));
  const auto q = static_cast<std::uint64_t>(count);
  const grid::Box& box = cells.box();
  double* value = cells.data();
  for (std::int64_t z = box.lo[0]; z < box.hi[0]; ++z) {
    for (std::int64_t y = box.lo[1]; y < box.hi[1]; ++y) {
      noise::words_of_row(stream, z * domain.lattice().n()[1] + y, n, words.data());
      for (const std::uint32_t word : words) *value++ = static_cast<double>((word * q) >> 32);
    }
  }
}

SymbolRow symbol_row(const grid::Domain& domain, const grid::SymbolField& symbols, std::int64_t z, std::int64_t y) {
  const grid::Index3& n = domain.lattice().n();
  const grid::Box& box = symbols.box();
  return {.at = symbols.row(z, y),
          .strides = symbols.strides(),
          .site = ((z + box.lo[0]) * n[1] + y + box.lo[1]) * n[2],
          .local = (z * box.extent(1) + y) * n[2],
          .first = 0,
          .step = 1,
          .count = n[2]};
}

reduce::ExactSum symbol_energy(const grid::Domain& domain, const SymbolEnergy& energy,
                               const grid::SymbolField& symbols) {
  reduce::ExactSum sum;
  const grid::Box& box = symbols.box();
  for (std::int64_t z = 0; z < box.extent(0); ++z) {
    for (std::int64_t y = 0; y < box.extent(1); ++y) sum.add(energy.energy(symbol_row(domain, symbols, z, y)));
  }
  sum.all_reduce(domain.comm());
  return sum;
}

void read_symbols(const grid::Field& from, grid::SymbolField& to) {
  const grid::Box& box = to.box();
  const double* value = from.data();
  for (std::int64_t z = 0; z < box.extent(0); ++z) {
    for (std::int64_t y = 0; y < box.extent(1); ++y) {
      std::uint8_t* row = to.row(z, y);
      for (std::int64_t i = 0; i < to.row_length(); ++i) row[i] = static_cast<std::uint8_t>(*value++);
    }
  }
  to.exchange();
}

void write_symbols(const grid::SymbolField& from, const grid::Field& to) {
  const grid::Box& box = from.box();
  double* value = to.data();
  for (std::int64_t z = 0; z < box.extent(0); ++z) {
    for (std::int64_t y = 0; y < box.extent(1); ++y) {
      const std::uint8_t* row = from.row(z, y);
      value = std::copy_n(row, from.row_length(), value);
    }
  }
}

}  // namespace scorefield::model
