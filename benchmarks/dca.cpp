/// Moves a second over a Potts model of a protein, q = 21 letters (gap included) at L = 53 places, with all couplings:
///   build/release/benchmarks/dca
/// Beside it the bound that random numbers set: the words and exponential variates of as many moves.

#include <cstdio>
#include <filesystem>

#include "io/write_file.hpp"
#include "noise/philox.hpp"
#include "noise/words.hpp"
#include "support.hpp"

namespace {

using namespace scorefield;
constexpr std::uint64_t sites = 53;
constexpr std::uint64_t letters = 21;

/// Random fields and couplings of the size that direct-coupling analysis finds in families of proteins.
void write_model(const std::filesystem::path& path) {
  std::uint64_t number = 0;
  const auto random = [&](std::uint64_t count, double scale) {
    std::vector<double> values(count);
    for (double& value : values) value = scale * (noise::uniform({.seed = 1}, number++) - 0.5);
    return values;
  };
  const std::vector<double> h = random(sites * letters, 2.0);
  const std::vector<double> couplings = random(sites * sites * letters * letters, 0.3);
  io::Dataset fields{.path = "/h", .shape = {sites, letters}};
  fields.pieces.push_back({{0, 0}, fields.shape, h.data()});
  io::Dataset pairs{.path = "/J", .shape = {sites, sites, letters, letters}};
  pairs.pieces.push_back({{0, 0, 0, 0}, pairs.shape, couplings.data()});
  io::write_file(base::Comm::self(), path, {fields, pairs}, {});
}

void measure(const benchmark::Session& session) {
  const std::filesystem::path path = std::filesystem::temp_directory_path() / "scorefield-dca-benchmark.h5";
  write_model(path);
  const base::Comm self = base::Comm::self();
  const std::string shape = "[" + std::to_string(sites) + "]";
  const std::string target = "{type: dna, alphabet: ACDEFGHIKLMNPQRSTVWY-, couplings: " + path.string() + "}";
  benchmark::Walk metropolis(self, session.components, shape, target, "metropolis");
  benchmark::Walk heat_bath(self, session.components, shape, target, "heat_bath");
  std::filesystem::remove(path);
  constexpr int sweeps = 2000;
  const auto many = [](const auto& sweep) {
    return [&sweep] {
      for (int i = 0; i < sweeps; ++i) sweep(i);
    };
  };
  std::vector<std::uint32_t> words(sites);
  std::vector<double> numbers(sites * letters);
  const auto by_metropolis = [&](int) { metropolis.step(); };
  const auto by_heat_bath = [&](int) { heat_bath.step(); };
  const auto numbers_of_metropolis = [&](int i) {
    const noise::Stream stream{.seed = 1, .step = static_cast<std::uint64_t>(i)};
    noise::words_of_row(stream, 0, sites, words.data());
    noise::exponentials_of_row(stream, 1, sites, numbers.data());
  };
  const auto numbers_of_heat_bath = [&](int i) {
    noise::gumbels_of_row({.seed = 1, .step = static_cast<std::uint64_t>(i)}, 0, sites * letters, numbers.data());
  };
  for (int i = 0; i < 200; ++i) by_metropolis(i);
  const auto seconds = benchmark::time_interleaved(
      self, {many(by_metropolis), many(numbers_of_metropolis), many(by_heat_bath), many(numbers_of_heat_bath)}, 15);
  metropolis.refresh();
  const auto speed = [&](std::size_t i) { return 1e-6 * sweeps * sites / seconds[i]; };
  std::printf("metropolis %6.2f M moves/s at acceptance %.2f; its random numbers alone %6.1f M/s\n", speed(0),
              metropolis.chain().acceptance, speed(1));
  std::printf("heat_bath  %6.2f M moves/s; its random numbers alone %6.1f M/s\n", speed(2), speed(3));
}

}  // namespace

int main(int argc, char** argv) {
  const benchmark::Session session(argc, argv);
  if (session.world.is_root()) measure(session);
  return 0;
}
