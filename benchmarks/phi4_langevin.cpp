/// Throughput of Langevin steps on phi^4 at 1024 x 1024 in double, next to what bounds it, in one process and
/// interleaved:
///   build/release/benchmarks/phi4_langevin
///
/// noise bound    filling one field with normals: a step needs one for each site
/// memory bound   a triad over arrays of the same size that moves the bytes of a step: state and gradient read, the
///                proposal written, then read again for the new gradient, which is written (40 bytes a site); an accept
///                test reads both states and both gradients once more (72 bytes)

#include <cstdio>

#include "support.hpp"

namespace {

using namespace scorefield;

constexpr int rounds = 61;
const char* const shape = "[1024, 1024]";
const char* const target = "{type: phi4, mass_squared: -1.0, coupling: 0.5}";

void report(const char* sampler, double sites, double seconds, double noise, double triad) {
  std::printf("%-5s  %.3f G sites/s   %5.2f ms a step   %.2f of the noise bound   %.2f of the memory bound\n", sampler,
              sites / seconds / 1e9, 1e3 * seconds, noise / seconds, triad / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const benchmark::Session session(argc, argv);
  const base::Comm& world = session.world;
  const model::Components& components = session.components;

  benchmark::Walk ula(world, components, shape, target, "{type: ula, step_size: 0.005}");
  benchmark::Walk mala(world, components, shape, target, "{type: mala, step_size: 0.005}");
  const grid::Field field(ula.domain(), "white");
  const auto own_sites = static_cast<double>(ula.domain().real_box().size());
  benchmark::Triad of_ula(40.0 * own_sites);
  benchmark::Triad of_mala(72.0 * own_sites);
  std::uint64_t round = 0;
  const auto t =
      benchmark::time_interleaved(world,
                                  {[&] { ula.step(); }, [&] { mala.step(); },
                                   [&] { noise::fill_white(ula.domain(), {.seed = 3, .step = ++round}, field); },
                                   [&] { of_ula.run(); }, [&] { of_mala.run(); }},
                                  rounds);
  if (world.is_root()) {
    std::printf("phi4 %s in double on %d rank(s); medians of %d interleaved rounds, per rank\n", shape, world.size(),
                rounds);
    std::printf("noise  %.3f G normals/s   triad %.1f GB/s\n", own_sites / t[2] / 1e9, 40.0 * own_sites / t[3] / 1e9);
    report("ula", own_sites, t[0], t[2], t[3]);
    report("mala", own_sites, t[1], t[2], t[4]);
  }
  return 0;
}
