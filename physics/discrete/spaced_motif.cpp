#include "physics/discrete/spaced_motif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"

namespace scorefield::physics {

deck::Schema<MotifOptions> MotifOptions::schema() {
  return deck::Schema<MotifOptions>("motif", "One or two boxes of letters with a spacer between them.")
      .option("boxes", &MotifOptions::boxes,
              {.doc = "the most frequent letters of each box, in order along the sequence",
               .required = true,
               .min_size = 1,
               .max_size = 2,
               .one_or_more = true})
      .option("conservation", &MotifOptions::conservation,
              {.doc = "frequency of that letter, for each letter of all boxes or one for all; the other letters have "
                      "the rest in equal parts",
               .required = true,
               .above = 0.0,
               .below = 1.0,
               .min_size = 1,
               .one_or_more = true})
      .option("spacer", &MotifOptions::spacer,
              {.unit = "letters",
               .doc = "between two boxes: a number, or the smallest and the largest",
               .min = 0,
               .min_size = 1,
               .max_size = 2,
               .one_or_more = true})
      .option("offset", &MotifOptions::offset,
              {.unit = "letters", .doc = "where the first box begins", .min = 0, .auto_doc = "anywhere"})
      .check([](const MotifOptions& o, const auto& report) {
        if (o.spacer.front() > o.spacer.back()) report("spacer", "must be the smallest, then the largest");
      });
}

SpacedMotif::SpacedMotif(const MotifOptions& options, const Alphabet& alphabet, const std::vector<double>& background,
                         double temperature, std::int64_t sites)
    : symbols_(alphabet.size()), sites_(sites) {
  std::size_t letters = 0;
  for (const std::string& box : options.boxes) letters += box.size();
  if (options.conservation.size() != letters && options.conservation.size() != 1) {
    throw base::DeckError(fmt::format("target.motif.conservation has {} numbers for the {} letters of the boxes",
                                      options.conservation.size(), letters),
                          "give one for each letter of all boxes, or one for all");
  }
  const auto q = static_cast<std::size_t>(symbols_);
  double least = 0.0;  // log of the smallest product
  std::size_t place = 0;
  for (const std::string& text : options.boxes) {
    Box box{std::ssize(text), {}};
    for (const char letter : text) {
      const int common = alphabet.find(letter);
      if (common < 0) {
        throw base::DeckError(
            fmt::format("target.motif.boxes: '{}' in {} is none of the letters {}", letter, text, alphabet.letters()));
      }
      const double f = options.conservation[options.conservation.size() == 1 ? 0 : place];
      ++place;
      std::vector<double> scores;
      for (std::size_t a = 0; a < q; ++a) {
        const double here = a == static_cast<std::size_t>(common) ? f : (1.0 - f) / static_cast<double>(q - 1);
        scores.push_back(std::log(here / background[a]) / temperature);
      }
      const auto [smallest, largest] = std::minmax_element(scores.begin(), scores.end());
      least += *smallest - *largest;
      largest_score_ += *largest;
      for (const double score : scores) box.factors.push_back(std::exp(score - *largest));
    }
    if (text.empty()) throw base::DeckError("target.motif.boxes: a box has no letters");
    boxes_.push_back(std::move(box));
  }
  if (least < -600.0) {
    throw base::DeckError(
        fmt::format("target.temperature {} is too low for the motif: weights of placements underflow", temperature),
        "raise it, or take less of conservation");
  }
  if (boxes_.size() == 2) {
    shortest_ = options.spacer.front();
    longest_ = options.spacer.back();
  }
  const std::int64_t length = static_cast<std::int64_t>(letters) + shortest_;
  first_ = options.offset.value_or(0);
  last_ = options.offset.value_or(sites - length);
  if (last_ < first_ || last_ + length > sites) {
    throw base::DeckError(fmt::format("the motif, {} letters with its shortest spacer, does not fit into {} sites{}",
                                      length, sites, options.offset ? " from target.motif.offset on" : ""),
                          "make domain.shape larger");
  }
}

std::vector<double> SpacedMotif::products(const Box& box, std::int64_t symbols, std::int64_t first, std::int64_t last,
                                          const std::uint8_t* sequence, std::int64_t site, std::uint8_t symbol) {
  std::vector<double> all;
  all.reserve(static_cast<std::size_t>(last - first + 1));
  for (std::int64_t offset = first; offset <= last; ++offset) {
    double product = 1.0;
    for (std::int64_t k = 0; k < box.length; ++k) {
      const std::uint8_t here = offset + k == site ? symbol : sequence[offset + k];
      product *= box.factors[static_cast<std::size_t>(k * symbols + here)];
    }
    all.push_back(product);
  }
  return all;
}

double SpacedMotif::energy(const std::uint8_t* sequence, std::int64_t site, std::uint8_t symbol) const {
  const std::vector<double> first = products(boxes_[0], symbols_, first_, last_, sequence, site, symbol);
  std::vector<double> second;
  if (boxes_.size() == 2) {
    const std::int64_t begin = first_ + boxes_[0].length + shortest_;
    // The last offsets have room for short spacers alone.
    const std::int64_t end = std::min(begin + last_ - first_ + longest_ - shortest_, sites_ - boxes_[1].length);
    second = products(boxes_[1], symbols_, begin, end, sequence, site, symbol);
  }
  double sum = 0.0;
  for (std::int64_t offset = 0; offset < std::ssize(first); ++offset) {
    double rest = boxes_.size() == 1 ? 1.0 : 0.0;
    const std::int64_t end = std::min(offset + longest_ - shortest_ + 1, std::ssize(second));
    for (std::int64_t at = offset; at < end; ++at) rest += second[static_cast<std::size_t>(at)];
    sum += first[static_cast<std::size_t>(offset)] * rest;
  }
  return -(std::log(sum) + largest_score_);
}

}  // namespace scorefield::physics
