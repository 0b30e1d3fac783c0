#!/usr/bin/python3
"""Every sampler on the COSMOS posterior (360 x 360, masked) against independent exact draws: means and variances of the
energy and of all spectrum bins, effective samples per second in one table.

hmc has to reach R-hat < 1.01 for the energy, < 1.015 for every bin, and an ESS of 400 in the worst bin over 4 chains, in
under 3 minutes on 2 ranks. Samplers with an accept test have to agree with the exact draws; of those without, and of those
that would need hours, the table shows where they are. block_mala is refused: this energy is not local. Exit status 77 where there are no data.
"""

import h5py
import numpy as np

from posterior_maps_test import Z_LIMIT, Series, launch, report
from harness import expect, main  # its folder is known by the line above

DECK = "mass-map-cosmos"
SECONDS, ENERGY_RHAT, BIN_RHAT, WORST_ESS = 180.0, 1.01, 1.015, 400.0
WIDE = "preconditioner: fourier_wide, start: exact"
# name, sampler, warm-up, draws, whether it has to agree: it has an accept test, and draws enough for its errors to be known
RUNS = (
    ("hmc", f"{{type: hmc, step_size: 0.09, leapfrog_steps: 14, jitter: 0.4, {WIDE}}}", 50, 1200, True),
    ("nuts", f"{{type: nuts, step_size: 0.09, max_depth: 5, {WIDE}}}", 20, 300, True),
    ("adjusted_mclmc", f"{{type: adjusted_mclmc, step_size: 30.0, leapfrog_steps: 14, jitter: 0.4, {WIDE}}}", 50, 500, True),
    ("mclmc", f"{{type: mclmc, {WIDE}}}", 600, 3000, False),
    # A step an eighth as long, whose bias is below the errors of as many draws.
    ("mclmc_fine", f"{{type: mclmc, energy_variance: 2.0e-9, {WIDE}}}", 600, 3000, True),
    ("mala", f"{{type: mala, {WIDE}}}", 1000, 4000, False),  # posterior_maps judges it, by longer chains
    ("ula", f"{{type: ula, step_size: 0.02, {WIDE}}}", 200, 4000, False),
    ("random_walk", f"{{type: random_walk, {WIDE}}}", 500, 4000, False),
    ("underdamped", f"{{type: underdamped, step_size: 0.1, friction: 0.5, {WIDE}}}", 200, 4000, False),
)


def cosmos_samplers(bench):
    output, seconds = launch(bench, DECK, "exact")
    with h5py.File(output / "samples.h5", "r") as file:
        exact = Series(file, is_independent=True)
    lines = ["COSMOS, 2 ranks, 4 chains; z of mean and variance of energy and of the worst bin against exact draws",
             f"{'':>14} {'s':>5} {'accept':>6} {'R-hat E':>7} {'bins':>6} {'ESS E':>6} {'worst':>6} {'median':>6} "
             f"{'worst/s':>7} {'z E':>6} {'z bin':>6} {'z varE':>6} {'z var':>6}",
             f"{'gaussian_exact':>14} {seconds:5.0f} {'':>6} {exact.rhat[0]:7.3f} {exact.rhat[1:].max():6.3f} "
             f"{exact.ess[0]:6.0f} {exact.ess[1:].min():6.0f} {np.median(exact.ess[1:]):6.0f} "
             f"{exact.ess[1:].min() / seconds:7.2f}"]
    problems = []
    for name, sampler, warmup, draws, is_exact in RUNS:
        output, seconds = launch(bench, DECK, name, f"sampler={sampler}", f"run.warmup={warmup}", f"run.draws={draws}",
                                 "output.fields_every=0")
        with h5py.File(output / "samples.h5", "r") as file:
            s = Series(file, is_independent=False)
            acceptance = file["trace/acceptance"][()].mean()
        z_mean = (s.mean - exact.mean) / np.hypot(s.mean_error, exact.mean_error)
        z_variance = np.log(s.variance / exact.variance) / np.hypot(s.log_variance_error, exact.log_variance_error)
        bins = np.abs(z_mean[1:]).max(), np.abs(z_variance[1:]).max()
        lines.append(f"{name:>14} {seconds:5.0f} {acceptance:6.3f} {s.rhat[0]:7.3f} {s.rhat[1:].max():6.3f} "
                     f"{s.ess[0]:6.0f} {s.ess[1:].min():6.0f} {np.median(s.ess[1:]):6.0f} "
                     f"{s.ess[1:].min() / seconds:7.2f} {z_mean[0]:+6.1f} {bins[0]:6.1f} {z_variance[0]:+6.1f} "
                     f"{bins[1]:6.1f}")
        if is_exact and max(np.abs(z_mean).max(), np.abs(z_variance).max()) >= Z_LIMIT:
            problems.append(f"{name} is off: |z| {np.abs(z_mean).max():.1f}, {np.abs(z_variance).max():.1f}")
        if name == "hmc" and not (seconds < SECONDS and s.rhat[0] < ENERGY_RHAT and s.rhat[1:].max() < BIN_RHAT
                                  and s.ess[1:].min() >= WORST_ESS):
            problems.append(f"hmc: {seconds:.0f} s, R-hat {s.rhat[0]:.4f} and {s.rhat[1:].max():.4f}, ESS "
                            f"{s.ess[1:].min():.0f}")
    report(bench, lines, "a")
    expect(not problems, "; ".join(problems))


if __name__ == "__main__":
    main([cosmos_samplers], __doc__)
