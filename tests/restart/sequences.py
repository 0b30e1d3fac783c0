#!/usr/bin/env python3
"""Runs over sequences: on other rank counts and after restarts the same bits, and the draws as letters."""

import h5py
import numpy as np

from harness import compare, deck, expect, main, results

LETTERS = "ACDEFGHIKLMNPQRSTVWY-"


def model(bench):
    """Random fields and couplings, in a file."""
    path, random = bench.scratch / "model.h5", np.random.default_rng(5)
    with h5py.File(path, "w") as file:
        file["h"] = random.normal(0.0, 0.5, (9, 21))
        file["J"] = random.normal(0.0, 0.2, (9, 9, 21, 21))
    return path


def letters_of(output):
    """What draws.fasta should be."""
    with h5py.File(output / "samples.h5") as file:
        draws = file["draws/x"][()]
    return "".join(f">{chain}_{draw}\n{''.join(LETTERS[a] for a in sequence)}\n"
                   for chain, of_chain in enumerate(draws) for draw, sequence in enumerate(of_chain))


def restarts(bench):
    """From checkpoints in warm-up and sampling, on other ranks: kept sums are what they were."""
    path = model(bench)
    for sampler in ({"type": "metropolis"}, {"type": "heat_bath"},
                    {"type": "parallel_tempering", "sampler": "metropolis", "hottest": 3.0, "rungs": 3}):
        content = deck(shape=(9,), chains=2, draws=12, warmup=10, output={"checkpoint": {"every_steps": 5, "keep": 10}})
        content["domain"] = {"shape": [9]}
        content["target"] = {"type": "dna", "alphabet": LETTERS, "couplings": str(path)}
        content["sampler"] = sampler
        content["observables"] = ["symbol_frequencies", {"type": "pair_frequencies", "sites": [0, 4]}]
        name = sampler["type"]
        reference = bench.scratch / f"{name}-reference"
        bench.run(bench.write(f"{name}-reference", content), reference, 2)
        text = (reference / "draws.fasta").read_text()
        expect(text == letters_of(reference) and text.count(">") == 24, f"{name}: draws.fasta is\n{text}")
        want, output = results(reference), bench.scratch / name
        for step, ranks in ((15, 3), (5, 1)):
            bench.run(bench.write(name, content), output, 1)
            (output / "draws.fasta").unlink()
            bench.run(bench.write(name, content), output, ranks, "--restart", output / f"checkpoint-{step}.h5")
            compare(want, output, f"{name} from step {step}")
            expect((output / "draws.fasta").read_text() == text, f"{name} from step {step}: draws.fasta differs")


main([restarts], __doc__)
