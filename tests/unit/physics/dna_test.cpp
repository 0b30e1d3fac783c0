/// Sequences of letters: what is refused, with which words; observables of symbols. Their laws: tests/statistics.

#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "deck/parse.hpp"
#include "support/sampling_fixture.hpp"
#include "support/sequences.hpp"

namespace scorefield {
namespace {

using test::Files;

struct Refusal {
  const char *shape, *target, *says;
};
void PrintTo(const Refusal& r, std::ostream* out) { *out << r.target << " on " << r.shape; }
class Refused : public ::testing::TestWithParam<Refusal> {};
TEST_P(Refused, SayWhatIsWrong) {
  const Files files;
  files.write("ragged.fasta", ">one\nACG\n>two\nAC\n");
  files.write("odd.fasta", ">one\nACN\n");
  files.write("five.csv", "A,C,G,T,N\n1,1,1,1,1\n");
  files.write("few.csv", "A,C,G\n1,1,1\n1,1,1\n1,1,1\n");
  std::string target = GetParam().target;
  for (std::size_t at = target.find('@'); at != std::string::npos; at = target.find('@')) {
    target.replace(at, 1, files.scratch.path().string() + "/");
  }
  const std::string text = std::string("domain: {shape: ") + GetParam().shape + "}\ntarget: {type: dna, " + target +
                           "}\nsampler: metropolis\n";
  try {
    const test::Sampling s(text);
    FAIL() << "built";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().says), std::string::npos) << error.what();
  }
}
INSTANTIATE_TEST_SUITE_P(
    Decks, Refused,
    ::testing::Values(
        Refusal{"[6, 4]", "temperature: 2.0", "one axis"}, Refusal{"[6]", "alphabet: ACGA", "'A' stands there twice"},
        Refusal{"[6]", "alphabet: A", "2 to 32"}, Refusal{"[6]", "background: [0.5, 0.5]", "2 frequencies"},
        Refusal{"[6]", "background: [0.5, 0.5, 0.5, 0.5]", "the sum 2"},
        Refusal{"[4]", "weights: '@weights.csv'", "3 rows, the sequence 4 sites"},
        Refusal{"[1]", "weights: '@five.csv'", "'N' is none of the letters ACGT"},
        Refusal{"[3]", "weights: '@few.csv'", "no column for the letter T"},
        Refusal{"[3]", "counts: '@counts.csv', pseudocount: 0.0", "would be infinite"},
        Refusal{"[3]", "sequences: '@ragged.fasta'", "'two' has 2 letters, the domain 3"},
        Refusal{"[3]", "sequences: '@odd.fasta'", "'N' at place 3 of the sequence 'one'"},
        Refusal{"[5]", "couplings: '@small.h5'", "shape 6 x 4, 5 x 4 was expected"},
        Refusal{"[6]", "couplings: '@small.h5', couplings_dataset: K", "no data set 'K'"},
        Refusal{"[6]", "alphabet: ACGT-, couplings: '@small.h5'", "6 x 5 was expected"},
        Refusal{"[6]", "motif: {boxes: [TTGACA, TATAAT], conservation: 0.8, spacer: [16, 18]}", "does not fit"},
        Refusal{"[6]", "motif: {boxes: [TXG], conservation: 0.8}", "'X' in TXG"},
        Refusal{"[6]", "motif: {boxes: [TTG], conservation: [0.8, 0.9]}", "2 numbers for the 3 letters"},
        Refusal{"[6]", "motif: {boxes: [TTG], conservation: 0.8, offset: 4}", "does not fit"},
        Refusal{"[6]", "temperature: 0.001, motif: {boxes: [TTG], conservation: 0.9}", "too low"}));

/// Tables in HDF5 are those of CSV, and of options.
TEST(Hdf5, TablesAreThoseOfText) {
  const Files files;
  const std::vector<double> weights{-1.0, 0.3, 0.0, 0.5, 0.1, -0.7, 0.4, 2.0, 0.0, 1.5, 0.6, -0.2};
  const std::vector<double> energies{0.0, 1.0, -1.0, 0.5, 2.0, 0.25, 1.5, -0.5};
  io::Dataset table{.path = "/w", .shape = {3, 4}, .attributes = {{"columns", std::string("A, C, G, T")}}};
  table.pieces.push_back({{0, 0}, table.shape, weights.data()});
  io::write_file(base::Comm::self(), files.at("weights.h5"), {table}, {});
  io::Dataset list{.path = "/energies", .shape = {8}};
  list.pieces.push_back({{0}, list.shape, energies.data()});
  io::write_file(base::Comm::self(), files.at("energies.h5"), {list}, {});
  const auto energies_of = [](const std::string& target) {
    test::Sampling s("domain: {shape: [3]}\ntarget: " + target + "\nsampler: metropolis\n");
    std::vector<double> all;
    for (int a = 0; a < 8; ++a) {
      model::DualField x(*s.domain, "state");
      for (int i = 0; i < 3; ++i) x.set_real().data()[i] = a >> (2 - i) & 1;
      all.push_back(s.target->evaluate(x, nullptr).value());
    }
    return all;
  };
  EXPECT_EQ(energies_of("{type: dna, weights: " + files.at("weights.h5") + "}"),
            energies_of("{type: dna, weights: " + files.at("weights.csv") + "}"));
  EXPECT_EQ(energies_of("{type: energy_table, file: " + files.at("energies.h5") + "}"), energies);
  EXPECT_THROW(energies_of("{type: energy_table, symbols: 3, file: " + files.at("energies.h5") + "}"), base::FileError);
}

/// The observables of a draw: each site by itself, pairs of neighbours, given pairs; of symbols, also where they stand
/// for numbers.
TEST(Observables, CountSymbolsAndPairs) {
  const Files files;
  test::Sampling s(test::sequence_deck(5, "temperature: 1.0", "metropolis"));
  const auto measure = [&](const std::string& text, test::Sampling& of) {
    deck::Problems problems;
    deck::ParseContext parse{of.components.catalogue, ".", problems};
    const auto component = deck::parse_component(deck::parse_value(text, "test"), "observable", parse, "observable");
    const auto observable = of.components.observables.build(component, {*of.domain, *of.target});
    auto chain = of.chain(0);
    of.sampler->settle(*chain);
    const std::vector<double> letters{0, 3, 3, 1, 3};
    for (std::int64_t i = 0; i < chain->x.real().size(); ++i)
      chain->x.change(model::Space::real)[i] =
          of.target->symbol_energy()->symbols() == 2 ? (i < 3 ? 1.0 : 0.0) : letters[static_cast<std::size_t>(i)];
    std::vector<double> values;
    observable->measure(*chain, values);
    return values;
  };
  std::vector<double> expected(20, 0.0);
  expected[0] = expected[7] = expected[11] = expected[13] = expected[19] = 1.0;
  EXPECT_EQ(measure("symbol_frequencies", s), expected);
  expected.assign(16, 0.0);
  expected[0 * 4 + 3] = expected[3 * 4 + 3] = expected[3 * 4 + 1] = expected[1 * 4 + 3] = 0.25;
  EXPECT_EQ(measure("pair_frequencies", s), expected);
  expected.assign(32, 0.0);
  expected[0 * 4 + 3] = expected[16 + 3 * 4 + 0] = 1.0;
  EXPECT_EQ(measure("{type: pair_frequencies, sites: [0, 4, 2, 0]}", s), expected);
  EXPECT_THROW(measure("{type: pair_frequencies, sites: [0, 5]}", s), base::DeckError);
  test::Sampling spins("domain: {shape: [2, 4]}\ntarget: ising\nsampler: metropolis\n");
  EXPECT_EQ(measure("symbol_frequencies", spins), (std::vector<double>{5.0 / 8.0, 3.0 / 8.0}));
  EXPECT_THROW(measure("pair_frequencies", spins), base::DeckError);
}

}  // namespace
}  // namespace scorefield
