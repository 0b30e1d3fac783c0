#include "samplers/discrete/symbol_sampler.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/kokkos_compat.hpp"
#include "model/symbol_target.hpp"

namespace scorefield::samplers {

void SymbolChain::visit_state(io::Archive& archive) {
  const grid::Box& box = symbols.box();
  const grid::Index3& n = x.domain().lattice().n();
  const auto bytes = std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(box.size()));
  const auto rows = [&](const auto& copy) {
    std::uint8_t* packed = bytes->data();
    for (std::int64_t z = 0; z < box.extent(0); ++z) {
      for (std::int64_t y = 0; y < box.extent(1); ++y, packed += n[2]) copy(symbols.row(z, y), packed);
    }
  };
  if (!archive.loading()) rows([&](const std::uint8_t* row, std::uint8_t* packed) { std::copy_n(row, n[2], packed); });
  io::FieldSlab slab = model::slab_of(x.domain(), space);
  slab.data = bytes->data();
  slab.owner = bytes;
  slab.type = io::Type::uint8;
  archive.field("symbols", slab);
  if (archive.loading()) rows([&](std::uint8_t* row, const std::uint8_t* packed) { std::copy_n(packed, n[2], row); });
}

namespace {

const model::SymbolEnergy* symbol_energy_of(const model::Target& target) {
  if (target.symbol_energy() != nullptr) return target.symbol_energy();
  throw base::DeckError(
      "this sampler moves symbols, and the states of the target are numbers",
      "use it with a target of symbols, for example 'ising', or choose a sampler of fields, for example 'hmc'");
}

SymbolChain& of(model::Chain& chain) { return static_cast<SymbolChain&>(chain); }

}  // namespace

SymbolSampler::SymbolSampler(const model::SamplerContext& context, const SymbolOptions& options)
    : domain_(context.domain),
      target_(context.target),
      energy_(symbol_energy_of(context.target)),
      seed_(context.seed),
      start_(options.start) {}

std::unique_ptr<model::Chain> SymbolSampler::make_chain(std::int64_t id) {
  return std::make_unique<SymbolChain>(id, domain_, *energy_);
}

void SymbolSampler::start(model::Chain& chain) {
  if (start_ == "prior") {
    target_.draw_prior({.seed = seed_, .purpose = noise::Purpose::start, .chain = static_cast<std::uint32_t>(chain.id)},
                       chain.x);
  } else {
    chain.x.set_real().fill(0.0);
  }
  model::read_symbols(chain.x.real(), of(chain).symbols);
}

void SymbolSampler::refresh(model::Chain& chain) {
  of(chain).symbols.exchange();
  settle(chain);
}

void SymbolSampler::adopt(model::Chain& chain) {
  model::read_symbols(chain.x.real(), of(chain).symbols);
  settle(chain);
}

void SymbolSampler::settle(model::Chain& base_chain) {
  SymbolChain& chain = of(base_chain);
  model::write_symbols(chain.symbols, chain.x.set_real());
  chain.energy = model::symbol_energy(domain_, *energy_, chain.symbols);
  if (chain.step == 0) return;
  chain.acceptance = static_cast<double>(domain_.comm().sum(chain.accepted)) / static_cast<double>(attempts());
  chain.acceptance_sum = chain.acceptance * static_cast<double>(chain.steps_since_draw);
}

void SymbolSampler::step(model::Chain& base_chain) {
  SymbolChain& chain = of(base_chain);
  chain.accepted = 0;
  sweep(chain);
  ++chain.step;
}

noise::Stream SymbolSampler::stream(const SymbolChain& chain, noise::Purpose purpose, std::int64_t part,
                                    std::int64_t parts) const {
  return {.seed = seed_,
          .purpose = purpose,
          .chain = static_cast<std::uint32_t>(chain.id),
          .step = static_cast<std::uint64_t>(chain.step * parts + part)};
}

ColouredSampler::ColouredSampler(const model::SamplerContext& context, const SymbolOptions& options)
    : SymbolSampler(context, options),
      colouring_(context.domain.lattice(), energy()),
      cells_of_call_(
          std::min(most_cells, (context.domain.lattice().n()[2] + colouring_.step() - 1) / colouring_.step())) {
  if (energy().reach() == model::SymbolEnergy::everywhere) sites_.emplace(domain_, energy());
}

void ColouredSampler::sweep(SymbolChain& chain) {
  if (sites_) {
    chain.accepted += update_sites(*sites_, chain, stream(chain, noise::Purpose::symbol_accept, 0, 1));
    return;
  }
  const grid::Box& box = chain.symbols.box();
  const std::int64_t n = domain_.lattice().n()[2];
  const std::int64_t parts = (n + most_cells - 1) / most_cells;  // of a row, more than enough for one colour
  const std::int64_t rows = box.empty() ? 0 : box.extent(0) * box.extent(1);
  for (int colour = 0; colour < colouring_.colours(); ++colour) {
    const noise::Stream own = stream(chain, noise::Purpose::symbol_accept, colour, colouring_.colours());
    std::int64_t accepted = 0;
    // Rows of a colour are independent; updates are the sampler's own and so run where virtual functions do.
    Kokkos::parallel_reduce(
        "symbols of a colour", base::HostRowPolicy(0, rows),
        [&](const std::int64_t r, std::int64_t& sum) {
          const std::int64_t z = r / box.extent(1);
          const std::int64_t y = r % box.extent(1);
          model::SymbolRow row = model::symbol_row(domain_, chain.symbols, z, y);
          const std::int64_t key = row.site / n * parts;
          row.step = colouring_.step();
          const std::int64_t first = colouring_.first(z + box.lo[0], y + box.lo[1], colour);
          for (std::int64_t part = 0; first + part * most_cells * row.step < n; ++part) {
            row.first = first + part * most_cells * row.step;
            row.count = std::min(most_cells, (n - row.first + row.step - 1) / row.step);
            sum += update(row, chain.symbols.row(z, y), own, key + part);
          }
        },
        accepted);
    chain.accepted += accepted;
    chain.symbols.exchange();
  }
}

}  // namespace scorefield::samplers
