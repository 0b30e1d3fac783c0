/// Throughput of sweeps over lattices of symbols at 1024 x 1024, a byte or a bit each, next to what bounds it, in one
/// process and interleaved:
///   build/release/benchmarks/symbols [lattice extent]
///   for n in 1 2; do mpirun -n $n build/release/benchmarks/symbols; done      (2 ranks share the lattice)
///
/// random bound   32-bit words, one for each site: what a sweep needs that draws a number for each attempted flip
/// memory bound   a triad over arrays that move as many bytes as a sweep at least must: each symbol read and written

#include <cstdio>

#include "noise/words.hpp"
#include "support.hpp"

namespace {

using namespace scorefield;

constexpr int rounds = 21;
constexpr const char* ising = "{type: ising, temperature: 2.269185314213022}";
constexpr const char* potts = "{type: potts, symbols: 4, temperature: 0.91}";

struct Case {
  const char *target, *sampler;
  double bytes;  ///< of a symbol
};
constexpr Case cases[] = {{ising, "multispin_metropolis", 0.125},
                          {ising, "metropolis", 1.0},
                          {ising, "heat_bath", 1.0},
                          {ising, "swendsen_wang", 1.0},
                          {potts, "metropolis", 1.0},
                          {potts, "heat_bath", 1.0}};

}  // namespace

int main(int argc, char** argv) {
  const benchmark::Session session(argc, argv);
  const base::Comm& world = session.world;
  const std::string extent = argc > 1 ? argv[1] : "1024";
  std::vector<std::unique_ptr<benchmark::Walk>> walks;
  std::vector<std::unique_ptr<benchmark::Triad>> triads;
  std::vector<std::function<void()>> actions;
  for (const Case& c : cases) {
    walks.push_back(std::make_unique<benchmark::Walk>(world, session.components, "[" + extent + ", " + extent + "]",
                                                      c.target, c.sampler));
    for (int i = 0; i < 20; ++i) walks.back()->step();
    const auto own = static_cast<double>(walks.back()->domain().real_box().size());
    triads.push_back(std::make_unique<benchmark::Triad>(2.0 * own * c.bytes));
    actions.emplace_back([&walk = *walks.back()] { walk.step(); });
    actions.emplace_back([&triad = *triads.back()] { triad.run(); });
  }
  const grid::Domain& domain = walks.front()->domain();
  const std::int64_t n = domain.lattice().n()[2];
  const std::int64_t rows = domain.real_box().empty() ? 0 : domain.real_box().size() / n;
  std::vector<std::uint32_t> words(static_cast<std::size_t>(n));
  std::uint64_t sum = 0;
  actions.emplace_back([&] {
    for (std::int64_t row = 0; row < rows; ++row) {
      noise::words_of_row({.seed = 3, .step = sum}, row, n, words.data());
      sum += words.back();
    }
  });
  const std::vector<double> seconds = benchmark::time_interleaved(world, actions, rounds, benchmark::core_seconds);
  if (!world.is_root()) return 0;
  const auto sites = static_cast<double>(domain.lattice().sites());
  std::printf("%s x %s on %d rank(s), medians of %d interleaved rounds; attempted flips / ns, all ranks together\n",
              extent.c_str(), extent.c_str(), world.size(), rounds);
  std::printf("random words / ns: %.3f\n", sites / seconds.back() / 1e9);
  std::printf("%-6s  %-20s  %8s  %18s  %18s\n", "target", "sampler", "flips/ns", "of random bound", "of memory bound");
  for (std::size_t i = 0; i < walks.size(); ++i) {
    std::printf("%-6s  %-20s  %8.3f  %18.2f  %18.3f\n", cases[i].target == ising ? "ising" : "potts", cases[i].sampler,
                sites / seconds[2 * i] / 1e9, seconds.back() / seconds[2 * i], seconds[2 * i + 1] / seconds[2 * i]);
  }
  return 0;
}
