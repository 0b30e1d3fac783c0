#include "samplers/discrete/block_gibbs.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "noise/words.hpp"

namespace scorefield::samplers {

namespace {

const model::HiddenUnits* hidden_units_of(const model::Target& target) {
  if (target.hidden_units() != nullptr) return target.hidden_units();
  throw base::DeckError("block_gibbs needs hidden units behind the symbols, and this target has none",
                        "use it with 'rbm'; or use sampler.type 'heat_bath', also within parallel_tempering: at "
                        "a temperature the law of 'rbm' has no hidden units");
}

}  // namespace

deck::Schema<BlockGibbsOptions> BlockGibbs::schema() {
  auto schema = deck::Schema<Options>("block_gibbs", "Hidden given visible units, then visible given hidden: exact.");
  schema.reference("Smolensky 1986; Hinton 2002").example("block_gibbs");
  return with_symbol_options(std::move(schema));
}

BlockGibbs::BlockGibbs(const Options& options, const model::SamplerContext& context)
    : SymbolSampler(context, options),
      law_(hidden_units_of(context.target)),
      hidden_(static_cast<std::size_t>(law_->hidden_count())),
      logits_(static_cast<std::size_t>(std::max(law_->hidden_count(), context.domain.lattice().sites()))),
      uniforms_(logits_.size()) {}

std::int64_t BlockGibbs::draw(const noise::Stream& stream, std::int64_t count, std::uint8_t* units) {
  noise::uniforms_of_row(stream, 0, count, uniforms_.data());
  std::int64_t changed = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::uint8_t drawn = uniforms_[i] * (1.0 + std::exp(-logits_[i])) < 1.0 ? 1 : 0;
    changed += drawn != units[i] ? 1 : 0;
    units[i] = drawn;
  }
  return changed;
}

void BlockGibbs::sweep(SymbolChain& chain) {
  if (chain.symbols.box().empty()) return;  // the row, and all that its cells are tied to, lies on another rank
  std::uint8_t* visible = chain.symbols.row(0, 0);
  law_->hidden_logits(visible, logits_.data());
  draw(stream(chain, noise::Purpose::symbol_accept, 0, 2), law_->hidden_count(), hidden_.data());
  law_->visible_logits(hidden_.data(), logits_.data());
  chain.accepted += draw(stream(chain, noise::Purpose::symbol_accept, 1, 2), chain.symbols.row_length(), visible);
}

}  // namespace scorefield::samplers
