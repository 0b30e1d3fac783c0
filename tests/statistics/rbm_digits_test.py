#!/usr/bin/python3
"""The deck rbm-digits makes digits: a machine that has learnt nothing beyond the means of the pixels would not.

Distances are numbers of pixels to the nearest of the patterns that it was trained on. The mean distance of its draws must be below
half that of independent pixels with the same means as theirs, and each of the ten digits the nearest of at least one draw in fifty.
"""

import runpy
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "restart"))

from harness import expect, main  # noqa: E402  (after its folder is known)


def digits(bench):
    output = bench.scratch / "digits"
    bench.run(ROOT / "inputs/rbm-digits.yaml", output, 2)
    with h5py.File(ROOT / "inputs/rbm-digits.h5", "r") as file:
        patterns = file["patterns"][()]
    script = runpy.run_path(str(ROOT / "inputs/rbm-digits.py"))
    expect(np.array_equal(patterns, script["patterns"]()), "the patterns in the file are not those of the script")
    with h5py.File(output / "samples.h5", "r") as file:
        draws = file["draws/x"][()].reshape(-1, patterns.shape[1])
    independent = np.random.default_rng(1).random(draws.shape) < draws.mean(axis=0)

    def to_patterns(images):
        return (images[:, None] != patterns).sum(axis=2)

    near, far = to_patterns(draws).min(axis=1).mean(), to_patterns(independent).min(axis=1).mean()
    places = len(patterns) // 10
    shares = np.bincount(to_patterns(draws).argmin(axis=1) // places, minlength=10) / len(draws)
    print(f"{len(draws)} draws: {near:.2f} pixels from a pattern, independent pixels {far:.2f}; shares {np.round(shares, 3)}")
    expect(near < 0.5 * far, f"{near} pixels from a pattern, independent pixels {far}")
    expect(shares.min() > 0.02, f"shares of the digits {shares}")


main([digits], __doc__)
