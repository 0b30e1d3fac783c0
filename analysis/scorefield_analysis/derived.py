"""Figures derived from the means of traces: functions of several means, with errors by the jackknife."""

import math
from dataclasses import dataclass

import numpy as np

FEWEST_BLOCKS = 32
BLOCK_TIMES = 10.0  # autocorrelation times in a block that leave its mean nearly independent of the next one's


@dataclass
class Derived:
    symbol: str  # HTML
    meaning: str
    value: float
    error: float | None


def blocks(trace):
    """[block, column] means of at least FEWEST_BLOCKS stretches of equal length, none across two chains, and that length;
    what does not divide is left out at the start."""
    chains, draws, columns = trace.shape
    per_chain = min(draws, math.ceil(FEWEST_BLOCKS / chains))
    length = draws // per_chain
    kept = trace[:, draws - per_chain * length :]
    return kept.reshape(chains * per_chain, length, columns).mean(axis=1), length


def jackknife(function, means):
    """Error of function(mean over the blocks), from what it becomes without each of them."""
    count = len(means)
    if count < 2:
        return None
    without = (means.sum(axis=0) - means) / (count - 1)
    values = np.array([function(mean) for mean in without])
    return float(np.sqrt((count - 1) / count * ((values - values.mean()) ** 2).sum()))


def magnetic(run):
    """Susceptibilities and Binder cumulant of the trace of |m|, m^2, m^4, and the length of the blocks; none without it."""
    trace, exponents = run.traces.get("magnetisation_moments"), run.bins.get("magnetisation_moments")
    if trace is None or exponents is None or list(exponents.values) != [1.0, 2.0, 4.0]:
        return [], 0
    if trace.values.ndim != 3 or trace.values.shape[2] != 3 or not np.isfinite(trace.values).all():
        return [], 0
    sites = math.prod(run.shape)
    functions = (
        ("χ = V (⟨m²⟩ − ⟨|m|⟩²)", "susceptibility", lambda m: sites * (m[1] - m[0] ** 2)),
        ("V ⟨m²⟩", "susceptibility of the symmetric phase", lambda m: sites * m[1]),
        ("U₄ = 1 − ⟨m⁴⟩ / (3 ⟨m²⟩²)", "Binder cumulant", lambda m: 1.0 - m[2] / (3.0 * m[1] ** 2) if m[1] > 0 else math.nan),
    )
    means, length = blocks(trace.values)
    mean = trace.values.reshape(-1, 3).mean(axis=0)
    return [Derived(symbol, meaning, float(f(mean)), jackknife(f, means)) for symbol, meaning, f in functions], length
