#!/usr/bin/env python3
"""What a run says about its own draws, where the answer is known: autocorrelation times, costs, expected means."""

import sys
from pathlib import Path

import h5py
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "restart"))

from harness import expect, main, status  # noqa: E402

LIMIT = 5.0  # of |z|


def free_field(sampler, **run):
    """Without coupling the magnetisation is one normal mode of precision mass_squared = 1."""
    return {"run": {"name": "free", "seed": 5, "chains": 4, **run}, "domain": {"shape": [8]},
            "target": {"type": "phi4", "mass_squared": 1.0, "coupling": 0.0}, "sampler": sampler,
            "observables": ["magnetisation", "field_moments", "virial"], "output": {"fields_every": 0}}


def sampled(bench, name, content, is_reported, ranks=2):
    """What a run leaves: name -> values, the page of its report, its status."""
    output = bench.scratch / name
    bench.run(bench.write(name, content), output, ranks)
    found = {}
    with h5py.File(output / "samples.h5", "r") as file:
        file.visititems(lambda path, item: found.update({path: item[()]}) if isinstance(item, h5py.Dataset) else None)
        found["units"] = {path: file[path].attrs["unit"] for path in ("diagnostics/tau_int/energy", "expected/virial")}
    if not is_reported:
        return found, "", status(output)
    report = bench.scorefield("report", output)
    expect(report.returncode == 0, report.stderr)
    return found, (output / "report.html").read_text(), status(output)


def langevin_steps(bench):
    """ula moves a mode of precision k as an AR(1) process of coefficient 1 - h k: tau = (2 - h k) / (h k), and its variance
    is 1 / (1 - h k / 2) times too large, so that E[x . dE/dx] exceeds the degrees of freedom."""
    h = 0.2
    found, page, _ = sampled(bench, "ula", free_field({"type": "ula", "step_size": h}, draws=20000, warmup=200), True)
    tau = float(found["diagnostics/tau_int/magnetisation"])
    expected = (2.0 - h) / h
    print(f"tau of the magnetisation {tau:.2f}, exact {expected:.2f}")
    expect(abs(tau - expected) < 0.2 * expected, f"tau {tau}, expected {expected}")  # scatter 5 %
    expect(found["units"] == {"diagnostics/tau_int/energy": "draws", "expected/virial": "1"}, str(found["units"]))
    for name in ("energy", "virial", "acceptance", "field_moments"):
        shape = found[f"diagnostics/rhat/{name}"].shape
        expect(found[f"diagnostics/tau_int/{name}"].shape == shape, f"tau_int/{name} is not {shape}")
    precisions = 1.0 + 4.0 * np.sin(np.pi * np.arange(8) / 8.0)**2
    biased = (1.0 / (1.0 - 0.5 * h * precisions)).sum()
    error = float(found["diagnostics/mcse_mean/virial"])
    mean = found["trace/virial"].mean()
    expect(float(found["expected/virial"]) == 8.0 and abs(mean - biased) < LIMIT * error, f"{mean} is not {biased} +- {error}")
    expect("expected/energy" not in found, "the mean energy is not known in general")
    expect("misses what theory says" in page, "a bias of many standard errors, and no word of it in the report")


def costs(bench):
    """Gradients after the warm-up, whatever thinning; E-BFMI where momenta are drawn; unbiased means."""
    for sampler, per_step in (({"type": "hmc", "leapfrog_steps": 7, "jitter": 0.0}, 7), ({"type": "mala"}, 1),
                              ({"type": "adjusted_mclmc", "leapfrog_steps": 4, "jitter": 0.0}, 4), ({"type": "random_walk"}, 0)):
        name = sampler["type"]
        found, page, state = sampled(bench, name, free_field(sampler, draws=1000, warmup=300, thin=3),
                                    name == "hmc")
        gradients = found["diagnostics/gradients"]
        expect((gradients == 3000 * per_step).all() and gradients.shape == (4,), f"{name}: {gradients}")
        expect(state["sampling_seconds"] > 0.0, str(state))
        bfmi = found["diagnostics/ebfmi"]
        expect(np.isfinite(bfmi).all() if name == "hmc" else np.isnan(bfmi).all(), f"{name}: E-BFMI {bfmi}")
        z = (found["trace/virial"].mean() - 8.0) / found["diagnostics/mcse_mean/virial"]
        expect(abs(z) < LIMIT and "misses what theory says" not in page, f"{name}: z of the virial {z}")
        expect(name != "hmc" or "ESS per gradient" in page and "ESS per second" in page, "the report lacks the costs")


if __name__ == "__main__":
    main([langevin_steps, costs], __doc__)
