#include "physics/discrete/binary_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "model/image_file.hpp"
#include "noise/normals.hpp"
#include "noise/words.hpp"
#include "physics/discrete/bonds.hpp"
#include "physics/discrete/text_page.hpp"
#include "reduce/rows.hpp"

namespace scorefield::physics {

deck::Schema<FlipNoise> FlipNoise::schema() {
  return deck::Schema<FlipNoise>("flip", "Each pixel shows the other level with a probability.")
      .option("probability", &FlipNoise::probability, {.doc = "p", .above = 0.0, .below = 0.5});
}

deck::Schema<LevelNoise> LevelNoise::schema() {
  return deck::Schema<LevelNoise>("gaussian", "Grey levels are those of the pixels plus normal errors.")
      .option("std", &LevelNoise::std, {.unit = "grey levels", .doc = "standard deviation", .above = 0.0});
}

deck::Schema<SimulatedText> SimulatedText::schema() {
  return deck::Schema<SimulatedText>("simulate", "A noisy page of text, made up.")
      .option("text", &SimulatedText::text, {.doc = "words, printed over and over until the page is full"})
      .option("scale", &SimulatedText::scale,
              {.unit = "pixels", .doc = "side of one of the 5 x 7 squares of a letter", .min = 1})
      .option("seed", &SimulatedText::seed, {.doc = "of the noise", .min = 0});
}

deck::Schema<BinaryImageOptions> BinaryImage::schema() {
  auto schema = deck::Schema<Options>("binary_image",
                                      "Posterior of a black and white image (1 is black, 0 white) given a noisy one.");
  schema.reference("Geman & Geman 1984; Besag 1986")
      .example("{type: binary_image, simulate: {text: A, scale: 1}, flip: {probability: 0.1}}")
      .option("file", &Options::file,
              {.doc = "PNG, PGM or PBM (levels 0 to 255, black to white) or HDF5; its first row is y = 0",
               .must_exist = true})
      .option("dataset", &Options::dataset, {.doc = "data set of an HDF5 file"})
      .section("simulate", &Options::simulate, {.doc = "instead of a file: a page of text with noise"})
      .section("flip", &Options::flip, {.doc = "noise that turns pixels over; give this or 'gaussian'"})
      .section("gaussian", &Options::gaussian, {.doc = "noise of grey levels"})
      .option("black", &Options::black, {.doc = "grey level of black pixels in the data"})
      .option("white", &Options::white, {.doc = "grey level of white pixels in the data"})
      .option("coupling", &Options::coupling, {.doc = "J of the prior, for neighbours along the axes"})
      .option("diagonal", &Options::diagonal, {.doc = "K of the prior, for neighbours along the diagonals"})
      .option("field", &Options::field, {.doc = "h of the prior, which favours black where positive"})
      .option("boundaries", &Options::boundaries,
              {.doc = "periodic or open, for each axis, slow to fast",
               .choices = {"periodic", "open"},
               .auto_doc = "all open"})
      .check([](const Options& o, const auto& report) {
        if (o.file.empty() != o.simulate.has_value()) report("file", "give either 'file' or 'simulate'");
        if (o.flip.has_value() == o.gaussian.has_value()) report("flip", "give either 'flip' or 'gaussian'");
        if (o.black == o.white) report("black", "is the same as 'white'");
      });
  return schema;
}

namespace {

/// True where a level is nearer to that of black pixels.
bool looks_black(const BinaryImageOptions& options, double level) {
  return std::abs(level - options.black) < std::abs(level - options.white);
}

/// ln [p(level | black) / p(level | white)]
double log_ratio(const BinaryImageOptions& options, double level) {
  if (options.flip) {
    const double p = options.flip->probability;
    return (looks_black(options, level) ? 1.0 : -1.0) * std::log((1.0 - p) / p);
  }
  const double from_black = (level - options.black) / options.gaussian->std;
  const double from_white = (level - options.white) / options.gaussian->std;
  return 0.5 * (from_white * from_white - from_black * from_black);
}

/// Levels of a truth as the noise shows them.
void add_noise(const BinaryImageOptions& options, const grid::Domain& domain, const grid::Field& levels) {
  const noise::Stream stream{.seed = static_cast<std::uint64_t>(options.simulate->seed),
                             .purpose = noise::Purpose::mock_noise};
  const std::int64_t n = levels.row_length();
  if (options.gaussian) {
    noise::WhiteRows white(domain.lattice(), stream);
    std::vector<double> errors(static_cast<std::size_t>(n));
    for (std::int64_t y = 0; y < levels.rows(); ++y) {
      white.row(0, levels.box().lo[0] + y, 0, errors.data());
      for (std::int64_t x = 0; x < n; ++x)
        levels.data()[y * n + x] += options.gaussian->std * errors[static_cast<std::size_t>(x)];
    }
    return;
  }
  std::vector<std::uint32_t> words(static_cast<std::size_t>(n));
  for (std::int64_t y = 0; y < levels.rows(); ++y) {
    noise::words_of_row(stream, levels.box().lo[0] + y, n, words.data());
    for (std::int64_t x = 0; x < n; ++x) {
      double& level = levels.data()[y * n + x];
      const bool is_flipped = words[static_cast<std::size_t>(x)] * 0x1p-32 < options.flip->probability;
      if (is_flipped) level = options.black + options.white - level;
    }
  }
}

IsingOptions prior_of(const BinaryImageOptions& options) {
  IsingOptions prior;
  prior.couplings = std::vector<double>(2, options.coupling);
  prior.field = options.field;
  prior.boundaries = options.boundaries.value_or(std::vector<std::string>(2, "open"));
  return prior;
}

/// What the data add to the prior's field, collective.
grid::Field fields_of(const BinaryImageOptions& options, const grid::Domain& domain, const grid::Field& levels) {
  grid::Field fields(domain, "log-likelihood ratio of each pixel");
  std::int64_t bad = 0;
  for (std::int64_t i = 0; i < levels.size(); ++i) {
    fields.data()[i] = 0.5 * log_ratio(options, levels.data()[i]);
    bad += std::isfinite(fields.data()[i]) ? 0 : 1;
  }
  bad = domain.comm().sum(bad);
  if (bad == 0) return fields;
  throw base::FileError(std::to_string(bad) + " pixels of " + options.file.path() + " are no finite numbers",
                        "give them a level half-way between black and white: such a pixel tells nothing");
}

}  // namespace

BinaryImage::Image BinaryImage::read_or_simulate(const Options& options, const model::BuildContext& context) {
  const grid::Domain& domain = context.domain;
  const auto& shape = domain.lattice().shape();
  if (shape.size() != 2) {
    throw base::DeckError("binary_image: an image has two axes, the domain " + std::to_string(shape.size()),
                          "write domain.shape: [rows, columns]");
  }
  Image image{grid::Field(domain, "image"), {}};
  if (!options.simulate) {
    model::read_image(domain, options.file.path(), options.dataset, image.levels);
    return image;
  }
  const TextPage page(options.simulate->text, options.simulate->scale, shape[0], shape[1]);
  image.truth = grid::Field(domain, "truth");
  const std::int64_t n = image.truth.row_length();
  for (std::int64_t i = 0; i < image.truth.size(); ++i) {
    const bool is_black = page.is_ink(image.truth.box().lo[0] + i / n, i % n);
    image.truth.data()[i] = is_black ? 1.0 : 0.0;
    image.levels.data()[i] = is_black ? options.black : options.white;
  }
  add_noise(options, domain, image.levels);
  return image;
}

BinaryImage::BinaryImage(const Options& options, const model::BuildContext& context)
    : BinaryImage(options, context, read_or_simulate(options, context)) {}

BinaryImage::BinaryImage(const Options& options, const model::BuildContext& context, Image image)
    : SymbolTarget(context.domain),
      image_(std::move(image)),
      spins_(prior_of(options), context, fields_of(options, context.domain, image_.levels)),
      // A line of pixels has no diagonals: a pixel would meet itself.
      diagonal_(std::min(context.domain.lattice().n()[0], context.domain.lattice().n()[2]) > 1 ? options.diagonal
                                                                                               : 0.0),
      black_(options.black),
      white_(options.white),
      is_simulated_(options.simulate.has_value()) {
  std::int64_t fractions = 0;
  for (std::int64_t i = 0; i < image_.levels.size(); ++i) {
    const double level = image_.levels.data()[i];
    fractions += level == std::clamp(std::floor(level), 0.0, 255.0) ? 0 : 1;
  }
  if (context.domain.comm().sum(fractions) == 0) levels_type_ = io::Type::uint8;
  if (!is_simulated_) return;
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < image_.truth.size(); ++i)
    wrong += looks_black(options, image_.levels.data()[i]) != (image_.truth.data()[i] == 1.0) ? 1 : 0;
  const auto sites = static_cast<double>(context.domain.lattice().sites());
  remarks_.push_back(fmt::format("simulated image: {:.3f} % of its pixels are nearer to the wrong level",
                                 100.0 * static_cast<double>(context.domain.comm().sum(wrong)) / sites));
}

void BinaryImage::changes(const model::SymbolRow& row, const std::uint8_t* proposed, double* change) const {
  spins_.changes(row, proposed, change);
  if (diagonal_ == 0.0) return;
  const auto [y, dummy, x] = row.strides;
  for (std::int64_t i = 0; i < row.count; ++i) {
    const std::uint8_t* at = row.at + row.cell(i);
    const int around = spin(at[-y - x]) + spin(at[-y + x]) + spin(at[y - x]) + spin(at[y + x]);
    change[i] += diagonal_ * static_cast<double>(2 * (*at - proposed[i]) * around);
  }
}

double BinaryImage::energy(const model::SymbolRow& row) const {
  const double along_axes = spins_.energy(row);
  if (diagonal_ == 0.0) return along_axes;
  const std::int64_t y = row.strides[0];
  const std::int64_t x = row.strides[2];
  return along_axes - diagonal_ * reduce::row_sum(row.count, [&](std::int64_t i) {
                        const std::uint8_t* at = row.at + row.cell(i);
                        return static_cast<double>(spin(*at) * (spin(at[y - x]) + spin(at[y + x])));
                      });
}

void BinaryImage::draw_prior(const noise::Stream& stream, model::DualField& x) {
  const grid::Field& symbols = x.set_real();
  const std::int64_t n = symbols.row_length();
  std::vector<std::uint32_t> words(static_cast<std::size_t>(n));
  for (std::int64_t y = 0; y < symbols.rows(); ++y) {
    noise::words_of_row(stream, symbols.box().lo[0] + y, n, words.data());
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t cell = y * n + i;
      const double white_to_black = std::exp(-2.0 * spins_.map()->data()[cell]);
      symbols.data()[cell] = words[static_cast<std::size_t>(i)] * 0x1p-32 * (1.0 + white_to_black) < 1.0 ? 1.0 : 0.0;
    }
  }
}

std::vector<model::NamedField> BinaryImage::named_fields() const {
  std::vector<model::NamedField> fields{{"/data/image", image_.levels, "grey level", levels_type_}};
  if (is_simulated_) fields.push_back({"/truth/x", image_.truth, "1", io::Type::uint8});
  return fields;
}

std::vector<model::Picture> BinaryImage::pictures() const {
  const auto grey = [](double blackness) {
    return static_cast<std::uint8_t>(255.0 * (1.0 - std::clamp(blackness, 0.0, 1.0)) + 0.5);
  };
  const auto two_levels = [=](double probability) { return grey(probability > 0.5 ? 1.0 : 0.0); };
  std::vector<model::Picture> all{{"cleaned.png", "/summary/mean", two_levels},
                                  {"probability.png", "/summary/mean", grey}};
  if (!is_simulated_) return all;
  all.push_back({"truth.png", "/truth/x", two_levels});
  all.push_back({"data.png", "/data/image", [grey, black = black_, white = white_](double level) {
                   return grey((level - white) / (black - white));
                 }});
  return all;
}

}  // namespace scorefield::physics
