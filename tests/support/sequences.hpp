#pragma once
/// Sequences in tests: Potts models, as files and as numbers, tables and aligned sequences.

#include <fstream>
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

/// Files of small models; the same on all ranks.
struct Files {
  base::Comm comm;
  ScratchDirectory scratch;
  PottsModel small{6, 4, 2.0, 3.0, 6}, chain{50, 4, 2.0, 3.0, 1}, protein{12, 21, 1.0, 1.0, 12};

  explicit Files(const base::Comm& all = base::Comm::self()) : comm(all), scratch(all) {
    small.write(comm, scratch / "small.h5");
    chain.write(comm, scratch / "chain.h5");
    protein.write(comm, scratch / "protein.h5");
    write("weights.csv", "# a comment\nT,A,C,G\n0.5,-1.0,0.3,0.0\n2.0,0.1,-0.7,0.4\n-0.2,0.0,1.5,0.6\n");
    write("counts.csv", "A,C,G,T\n8,1,0,3\n2,2,2,6\n0,0,12,0\n");
    write("three.fasta", ">one first\nAC\nG\n>two\nacg\n\n>three\nATG\n");
    write("three.csv", "name,sequence\none,ACG\ntwo,acg\nthree,ATG\n");
    comm.barrier();
  }
  void write(const std::string& name, const std::string& text) const {
    if (comm.is_root()) std::ofstream(scratch / name) << text;
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (scratch / name).string(); }
};

[[nodiscard]] inline std::string sequence_deck(std::int64_t length, const std::string& target,
                                               const std::string& sampler) {
  return "run: {seed: 11}\ndomain: {shape: [" + std::to_string(length) + "]}\ntarget: {type: dna, " + target +
         "}\nsampler: " + sampler + "\n";
}

}  // namespace scorefield::test
