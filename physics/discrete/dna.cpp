#include "physics/discrete/dna.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "base/errors.hpp"

namespace scorefield::physics {

deck::Schema<DnaOptions> Dna::schema() {
  return deck::Schema<Options>(
             "dna",
             "Sequences of letters by a background, position weights, couplings of pairs and a motif; "
             "what is given adds up. domain.shape is [length].")
      .reference("Stormo 2000; Morcos et al. 2011; Berg & von Hippel 1987")
      .example("{type: dna, background: [0.3, 0.2, 0.2, 0.3], motif: {boxes: [TA], conservation: 0.9}}")
      .option("alphabet", &Options::alphabet,
              {.doc = "the letters, 2 to 32: symbol 0 is the first; with a sign for gaps where there are gaps"})
      .option("temperature", &Options::temperature,
              {.unit = "1", .doc = "T, which divides all scores but the background's", .above = 0.0})
      .option("background", &Options::background,
              {.doc = "frequency b of each letter", .above = 0.0, .below = 1.0, .auto_doc = "all equal"})
      .option("weights", &Options::weights,
              {.doc = "table of position weights w, a row for each site and a column for each letter: CSV with a "
                      "header of letters, or HDF5",
               .must_exist = true})
      .option("counts", &Options::counts,
              {.doc = "the same table of counts, percentages or frequencies; weights are ln[(n + c b) / (N + c) / b]",
               .must_exist = true})
      .option("sequences", &Options::sequences,
              {.doc = "aligned sequences that are counted: FASTA, or CSV with a column 'sequence'", .must_exist = true})
      .option("pseudocount", &Options::pseudocount,
              {.doc = "c, added to the counts of each site in the ratios of the background", .min = 0.0})
      .option("couplings", &Options::couplings,
              {.doc = "HDF5 file of a Potts model: fields h (L, q) and couplings J (L, L, q, q), of which i < j counts",
               .must_exist = true})
      .option("fields_dataset", &Options::fields_dataset, {.doc = "data set of h in it"})
      .option("couplings_dataset", &Options::couplings_dataset, {.doc = "data set of J in it"})
      .section("motif", &Options::motif);
}

namespace {

std::int64_t length_of(const grid::Lattice& lattice) {
  if (lattice.axes().size() == 1) return lattice.sites();
  throw base::DeckError("target dna is for sequences: its domain has one axis",
                        "write domain.shape: [60] for sequences of 60 letters");
}

std::vector<double> background_of(const std::optional<std::vector<double>>& given, const Alphabet& alphabet) {
  const auto q = static_cast<std::size_t>(alphabet.size());
  if (!given) return std::vector<double>(q, 1.0 / static_cast<double>(q));
  const double sum = std::accumulate(given->begin(), given->end(), 0.0);
  if (given->size() == q && std::abs(sum - 1.0) < 1e-6) return *given;
  throw base::DeckError(
      fmt::format("target.background has {} frequencies with the sum {}", given->size(), sum),
      fmt::format("give one for each of the {} letters of {}, with the sum 1", q, alphabet.letters()));
}

void add(std::vector<double>& sum, const std::vector<double>& terms, double weight) {
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += weight * terms[k];
}

}  // namespace

Dna::Dna(const Options& options, const model::BuildContext& context)
    : SymbolTarget(context.domain), alphabet_(options.alphabet) {
  const base::Comm& comm = context.domain.comm();
  const std::int64_t sites = length_of(context.domain.lattice());
  const std::int64_t q = alphabet_.size();
  const double beta = 1.0 / options.temperature;
  const std::vector<double> background = background_of(options.background, alphabet_);
  std::vector<double> fields;
  for (std::int64_t i = 0; i < sites; ++i) {
    for (const double b : background) fields.push_back(std::log(static_cast<double>(q) * b));
  }
  if (!options.weights.empty()) add(fields, read_letter_table(comm, options.weights.path(), alphabet_, sites), beta);
  const auto add_counts = [&](const std::vector<double>& counts) {
    add(fields, log_odds(counts, background, options.pseudocount, alphabet_), beta);
  };
  if (!options.counts.empty()) add_counts(read_letter_table(comm, options.counts.path(), alphabet_, sites));
  if (!options.sequences.empty()) add_counts(count_letters(comm, options.sequences.path(), alphabet_, sites));

  std::vector<double> couplings;
  comm.together([&] {
    if (options.couplings.empty() || context.domain.real_box().empty()) return;
    const std::string& path = options.couplings.path();
    add(fields, read_scores(path, options.fields_dataset, {sites, q}), beta);
    couplings = read_scores(path, options.couplings_dataset, {sites, sites, q, q});
    for (double& coupling : couplings) coupling *= beta;
  });
  scores_ = model::PairScores(sites, static_cast<int>(q), fields, couplings);
  if (options.motif) motif_.emplace(*options.motif, alphabet_, background, options.temperature, sites);
}

void Dna::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  const double before = motif_ ? motif_->energy(row.at) : 0.0;
  for (std::int64_t i = 0; i < row.count; ++i) {
    const std::int64_t site = row.cell(i);
    change[i] = 0.0;
    if (proposed[i] == row.at[site]) continue;
    const std::int64_t more = scores_.score(row.at, site, proposed[i]) - scores_.score(row.at, site, row.at[site]);
    change[i] = -scores_.unit() * static_cast<double>(more);
    if (motif_) change[i] += motif_->energy(row.at, site, proposed[i]) - before;
  }
}

double Dna::energy(const model::SymbolRow& row) const {
  const double energy = -scores_.unit() * static_cast<double>(scores_.score(row.at));
  return motif_ ? energy + motif_->energy(row.at) : energy;
}

Dna::Scored Dna::pair_scores() const {
  if (motif_) return {};
  return {&scores_, 1.0};
}

}  // namespace scorefield::physics
