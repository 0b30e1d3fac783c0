/// Sequences on several ranks: the bits of one rank. A sequence lies on one of them whole; the others go along.

#include <gtest/gtest.h>

#include "support/fields.hpp"
#include "support/sampling_fixture.hpp"
#include "support/sequences.hpp"

namespace scorefield {
namespace {

class SequenceBits : public ::testing::TestWithParam<std::string> {};

TEST_P(SequenceBits, AreThoseOfOneRank) {
  const base::Comm world = base::Comm::world();
  const test::ScratchDirectory scratch(world);
  const test::PottsModel model(20, 21, 1.0, 0.6, 20);
  model.write(world, scratch / "model.h5");
  world.barrier();
  for (const std::string& motif :
       {std::string(), std::string(", motif: {boxes: [HIV, ER], conservation: 0.8, spacer: [1, 3]}")}) {
    const std::string text =
        "run: {warmup: 20}\ndomain: {shape: [20]}\ntarget: {type: dna, alphabet: "
        "ACDEFGHIKLMNPQRSTVWY-, couplings: " +
        (scratch / "model.h5").string() + motif + "}\nsampler: " + GetParam() + "\n";
    test::Sampling together(text, world);
    test::Sampling alone(text, base::Comm::self());
    auto a = together.chain(3);
    auto b = alone.chain(3);
    for (int step = 0; step < 40; ++step) {
      together.sampler->step(*a);
      alone.sampler->step(*b);
      together.sampler->settle(*a);
      alone.sampler->settle(*b);
      EXPECT_TRUE(test::same_bits(a->energy.value(), b->energy.value())) << GetParam() << " step " << step;
      EXPECT_TRUE(test::same_bits(a->acceptance, b->acceptance)) << GetParam() << " step " << step;
    }
    EXPECT_TRUE(test::same_bits(a->x.real(), b->x.real()));
  }
}

INSTANTIATE_TEST_SUITE_P(Samplers, SequenceBits, ::testing::Values("metropolis", "heat_bath"));

}  // namespace
}  // namespace scorefield
