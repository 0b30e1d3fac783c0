#pragma once
/// A small restricted Boltzmann machine, in a file and unit by unit.

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "io/write_file.hpp"
#include "noise/philox.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield::test {

/// Visible and hidden units by the bits of a number; weights in (-2, 2), biases in (-1, 1).
class SmallRbm {
 public:
  std::size_t visible, hidden;
  std::vector<double> weights, visible_bias, hidden_bias;

  /// Collective.
  explicit SmallRbm(const base::Comm& comm = base::Comm::self(), std::size_t visible_units = 6,
                    std::size_t hidden_units = 4)
      : visible(visible_units),
        hidden(hidden_units),
        weights(drawn(visible * hidden, 1, 4.0)),
        visible_bias(drawn(visible, 2, 2.0)),
        hidden_bias(drawn(hidden, 3, 2.0)),
        comm_(comm),
        scratch_(comm) {
    write(scratch_ / "rbm.h5");
  }
  /// Collective.
  void write(const std::filesystem::path& path) const {
    const auto whole = [&](const std::string& name, const io::Extents& shape, const std::vector<double>& values) {
      io::Dataset dataset{.path = name, .shape = shape};
      if (comm_.is_root()) dataset.pieces.push_back({io::Extents(shape.size(), 0), shape, values.data()});
      return dataset;
    };
    io::write_file(comm_, path,
                   {whole("/weights", {visible, hidden}, weights), whole("/visible_bias", {visible}, visible_bias),
                    whole("/hidden_bias", {hidden}, hidden_bias)},
                   {});
  }
  /// The text of a target, with the file in place of the word FILE.
  [[nodiscard]] std::string in(std::string text) const {
    if (const auto at = text.find("FILE"); at != std::string::npos) text.replace(at, 4, (scratch_ / "rbm.h5").string());
    return text;
  }
  [[nodiscard]] std::string target() const { return in("{type: rbm, file: FILE}"); }

  /// E(v, h) = -b.v - c.h - v^T W h.
  [[nodiscard]] double energy(std::int64_t v, std::int64_t h) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < visible; ++i) {
      if (!is_on(v, i)) continue;
      sum += visible_bias[i];
      for (std::size_t j = 0; j < hidden; ++j) sum += is_on(h, j) ? weights[i * hidden + j] : 0.0;
    }
    for (std::size_t j = 0; j < hidden; ++j) sum += is_on(h, j) ? hidden_bias[j] : 0.0;
    return -sum;
  }
  [[nodiscard]] std::int64_t visible_states() const { return std::int64_t{1} << visible; }
  [[nodiscard]] std::int64_t hidden_states() const { return std::int64_t{1} << hidden; }

 private:
  static bool is_on(std::int64_t state, std::size_t unit) { return (state >> unit & 1) == 1; }
  static std::vector<double> drawn(std::size_t count, std::uint64_t step, double width) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = width * (noise::uniform({.seed = 91, .step = step}, i) - 0.5);
    return values;
  }
  base::Comm comm_;
  ScratchDirectory scratch_;
};

}  // namespace scorefield::test
