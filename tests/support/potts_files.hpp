#pragma once
/// Potts models of sequences for tests: random or given, as files and as numbers.

#include <functional>
#include <string>
#include <vector>

#include "io/write_file.hpp"
#include "noise/philox.hpp"
#include "support/scratch_directory.hpp"

namespace scorefield::test {

/// Fields h (L, q) and couplings J (L, L, q, q), of which i < j counts.
struct PottsModel {
  std::int64_t sites, symbols;
  std::vector<double> h, J;

  /// Independent uniform numbers in [-1/2, 1/2) times a scale; couplings of sites at most `range` apart.
  PottsModel(std::int64_t sites_, std::int64_t symbols_, double of_fields, double of_couplings, std::int64_t range)
      : sites(sites_), symbols(symbols_) {
    std::uint64_t number = 0;
    const auto random = [&](double scale) { return scale * (noise::uniform({.seed = 17}, number++) - 0.5); };
    for (std::int64_t k = 0; k < sites * symbols; ++k) h.push_back(random(of_fields));
    for (std::int64_t i = 0; i < sites; ++i) {
      for (std::int64_t j = 0; j < sites; ++j) {
        // What stands below the diagonal is not read: large numbers there would show it.
        for (std::int64_t k = 0; k < symbols * symbols; ++k)
          J.push_back(j <= i ? 99.0 : (j - i <= range ? random(of_couplings) : 0.0));
      }
    }
  }
  [[nodiscard]] double field(std::int64_t i, int a) const { return h[static_cast<std::size_t>(i * symbols + a)]; }
  [[nodiscard]] double coupling(std::int64_t i, std::int64_t j, int a, int b) const {
    return J[static_cast<std::size_t>(((i * sites + j) * symbols + a) * symbols + b)];
  }
  template <class Symbols>
  [[nodiscard]] double energy(const Symbols& s) const {
    double sum = 0.0;
    for (std::int64_t i = 0; i < sites; ++i) {
      sum += field(i, static_cast<int>(s[i]));
      for (std::int64_t j = i + 1; j < sites; ++j)
        sum += coupling(i, j, static_cast<int>(s[i]), static_cast<int>(s[j]));
    }
    return -sum;
  }
  /// Collective.
  void write(const base::Comm& comm, const std::filesystem::path& path) const {
    const auto L = static_cast<std::uint64_t>(sites);
    const auto q = static_cast<std::uint64_t>(symbols);
    io::Dataset fields{.path = "/h", .shape = {L, q}};
    io::Dataset couplings{.path = "/J", .shape = {L, L, q, q}};
    if (comm.is_root()) {
      fields.pieces.push_back({{0, 0}, fields.shape, h.data()});
      couplings.pieces.push_back({{0, 0, 0, 0}, couplings.shape, J.data()});
    }
    io::write_file(comm, path, {fields, couplings}, {});
  }
};

}  // namespace scorefield::test
