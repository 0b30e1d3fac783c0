#!/usr/bin/env python3
"""The same bits on any number of ranks: every sampler, shape and number of chains against one rank.

--nightly runs the full product; otherwise every pair of sampler and shape meets every rank count with three chains, and one
chain meets fewer.
"""

from itertools import product

from harness import accepts_and_rejects, compare, deck, expect, main, results, two_at_a_time

SAMPLERS = ("gaussian_exact", "mala", "ula")
SHAPES = ((16, 16), (97, 101), (30, 42, 35))
RANKS = (2, 3, 4, 5, 8)


def options(sampler, shape, chains):
    small = shape == (16, 16)
    draws = {"gaussian_exact": 4, "mala": 200 if small else 12, "ula": 12}[sampler]
    return deck(sampler, shape, chains=chains, draws=draws, warmup=0 if sampler == "gaussian_exact" else 6,
                output={"checkpoint": {"every_steps": 0}})


def rank_matrix(bench):
    cases = [(sampler, shape, chains, ranks) for sampler, shape, chains, ranks in product(SAMPLERS, SHAPES, (3, 1), RANKS)
             if bench.nightly or chains == 3 or (shape == (97, 101) and ranks in (2, 5))]
    cases += [(sampler, (4, 4), chains, 8) for sampler, chains in product(SAMPLERS, (3, 1))]
    references, counts = {}, {}

    def name_of(sampler, shape, chains, ranks):
        return f"{sampler}-{'x'.join(map(str, shape))}-{chains}-on-{ranks}"

    def run(case):
        sampler, shape, chains, ranks = case
        output = bench.scratch / name_of(*case)
        bench.run(bench.write(name_of(*case), options(sampler, shape, chains)), output, ranks)
        if ranks > 1:
            return compare(references[case[:3]], output, name_of(*case))
        references[case[:3]] = results(output)
        if sampler == "mala":
            counts[case[:3]] = accepts_and_rejects(output)
        return 0

    first = sorted({(*case[:3], 1) for case in cases}, key=str)
    two_at_a_time(run, first)
    compared = sum(two_at_a_time(run, cases))
    accepts, rejects = counts["mala", (16, 16), 3]
    print(f"{len(first) + len(cases)} runs, {compared} datasets compared; mala 16x16: {accepts} accepts, {rejects} rejects")
    expect(accepts >= 200 and rejects >= 50, f"mala must accept and reject often: {accepts} accepts, {rejects} rejects")


main([rank_matrix], __doc__)
