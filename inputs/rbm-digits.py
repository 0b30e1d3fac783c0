#!/usr/bin/python3
"""Trains the restricted Boltzmann machine of rbm-digits.yaml and writes rbm-digits.h5.

The patterns are the ten digits in a 5 x 7 font on 8 x 8 pixels, at 2 x 2 places each; training data are patterns of
which each pixel is turned over with probability 0.03. Persistent contrastive divergence (Tieleman 2008): 100 chains,
5 Gibbs steps for each update, a learning rate that falls to zero. Seeded; other versions of numpy and other processors round differently.
Run: python3 inputs/rbm-digits.py [FILE]        (needs numpy and h5py; takes 55 s on one core)
"""

import sys
from pathlib import Path

import h5py
import numpy as np

FONT = """
.###. ..#.. .###. .###. ...#. ##### .###. ##### .###. .###.
#...# .##.. #...# #...# ..##. #.... #...# ....# #...# #...#
#..## ..#.. ....# ....# .#.#. ####. #.... ...#. #...# #...#
#.#.# ..#.. ...#. ..##. #..#. ....# ####. ..#.. .###. .####
##..# ..#.. ..#.. ....# ##### ....# #...# .#... #...# ....#
#...# ..#.. .#... #...# ...#. #...# #...# .#... #...# #...#
.###. .###. ##### .###. ...#. .###. .###. .#... .###. .###.
"""
SIDE, HIDDEN, NOISE, SEED = 8, 64, 0.03, 1
CHAINS, UPDATES, GIBBS_STEPS, RATE, DECAY = 100, 20000, 5, 0.1, 1e-4


def patterns():
    """(pattern, pixel) of 0 and 1; four places for each digit, digit by digit."""
    font = np.array([[list(glyph) for glyph in line.split()] for line in FONT.split("\n") if line]) == "#"
    places = [(top, left) for top in (0, 1) for left in (1, 2)]
    made = np.zeros((10, len(places), SIDE, SIDE), np.uint8)
    for i, (top, left) in enumerate(places):
        made[:, i, top:top + 7, left:left + 5] = font.transpose(1, 0, 2)
    return made.reshape(-1, SIDE * SIDE)


def probability(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def draw(rng, p):
    return (rng.random(p.shape, np.float32) < p).astype(np.float32)


def train(data, rng):
    """Weights (visible, hidden), visible and hidden biases."""
    mean = data.mean(axis=0, dtype=np.float32).clip(NOISE, 1.0 - NOISE)
    weights = 0.01 * rng.standard_normal((data.shape[1], HIDDEN), np.float32)
    visible, hidden = np.log(mean / (1.0 - mean)), np.zeros(HIDDEN, np.float32)
    chains = draw(rng, np.tile(mean, (CHAINS, 1)))
    for update in range(UPDATES):
        noise = rng.random(chains.shape, np.float32) < NOISE
        batch = (data[rng.integers(len(data), size=CHAINS)] ^ noise).astype(np.float32)
        for _ in range(GIBBS_STEPS):
            chains = draw(rng, probability(visible + draw(rng, probability(hidden + chains @ weights)) @ weights.T))
        of_data, of_chains = probability(hidden + batch @ weights), probability(hidden + chains @ weights)
        rate = np.float32(RATE * (1.0 - update / UPDATES))
        change = (batch.T @ of_data - chains.T @ of_chains) / np.float32(CHAINS)
        weights += rate * (change - np.float32(DECAY) * weights)
        visible += rate * (batch - chains).mean(axis=0)
        hidden += rate * (of_data - of_chains).mean(axis=0)
    return weights, visible, hidden


def main():
    digits = patterns()
    weights, visible, hidden = train(digits, np.random.default_rng(SEED))
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".h5")
    with h5py.File(path, "w") as file:
        file["weights"] = weights
        file["visible_bias"] = visible
        file["hidden_bias"] = hidden
        file["patterns"] = digits
        file.attrs["source"] = "inputs/rbm-digits.py"
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
