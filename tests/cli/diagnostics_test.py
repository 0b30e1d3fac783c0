#!/usr/bin/env python3
"""What a run says about its own draws, where the answer is known: autocorrelation times, costs, expected means."""

import re
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
    """Gradients after the warm-up, whatever thinning, of all replicas; E-BFMI where momenta are drawn; unbiased means.

    On a normal law a trajectory that keeps its energy H = E + K ends with a K of its own stationary law, and the next draw of K
    is independent of it: mean(dH^2) = 2 var(K) = d and var(H) = d, so E-BFMI = 1, whatever the length. Of the energies E
    alone, or of every third H, it would be another number. Its mean over four chains of 3000 steps scatters by 3 %.
    """
    for sampler, per_step in (({"type": "hmc", "leapfrog_steps": 7, "jitter": 0.0, "step_size": 0.06}, 7), ({"type": "nuts"}, None),
                              ({"type": "mala"}, 1), ({"type": "adjusted_mclmc", "leapfrog_steps": 4, "jitter": 0.0}, 4),
                              ({"type": "random_walk"}, 0),
                              ({"type": "parallel_tempering", "sampler": "mala", "hottest": 1.5, "rungs": 3}, 3)):
        name = sampler["type"]
        found, page, state = sampled(bench, name, free_field(sampler, draws=1000, warmup=300, thin=3), name == "hmc")
        gradients = found["diagnostics/gradients"]
        expect(gradients.shape == (4,), f"{name}: {gradients}")
        expect((gradients > 3000).all() if per_step is None else (gradients == 3000 * per_step).all(), f"{name}: {gradients}")
        expect(state["sampling_seconds"] > 0.0, str(state))
        bfmi = found["diagnostics/ebfmi"]
        print(f"{name}: E-BFMI {np.round(bfmi, 3)}")
        if name in ("hmc", "nuts"):
            expect(abs(bfmi.mean() - 1.0) < 0.2, f"{name}: E-BFMI {bfmi}")
        else:
            expect(np.isnan(bfmi).all(), f"{name}: E-BFMI {bfmi}")
        z = (found["trace/virial"].mean() - 8.0) / found["diagnostics/mcse_mean/virial"]
        expect(abs(z) < LIMIT, f"{name}: z of the virial {z}")
        if page:
            for word in ("ESS per gradient", "ESS per second"):
                expect(word in page, f"the report lacks {word}")
            expect("misses what theory says" not in page, f"{name}: the report blames a virial of z {z}")


def memory(bench):
    """Traces so long that they and their diagnostics are nearly all that a run needs: the bound of `check` holds."""
    for chains, draws in ((1, 530000), (8, 70000)):  # 530,000: just beyond a power of two, the worst for the transforms
        output = bench.scratch / f"memory-{chains}"
        content = free_field("random_walk", draws=draws) | {"observables": [], "domain": {"shape": [2]}}
        content["run"]["chains"] = chains
        bench.run(bench.write(output.name, content), output, 1)
        used, predicted = re.search(r"memory ([\d.]+) MB per rank, predicted ([\d.]+) MB", (output / "run.log").read_text()).groups()
        print(f"{chains} x {draws} draws: {used} MB, predicted {predicted} MB")
        expect(float(used) <= float(predicted), f"{chains} chains: {used} MB, predicted {predicted} MB")


def warned_of_recorded_chains(bench):
    """The warning of a low E-BFMI and of divergences counts the chains of the deck, as samples.h5 does, and not their hot replicas."""
    content = {"run": {"name": "funnel", "seed": 3, "chains": 2, "warmup": 1000, "draws": 2000}, "domain": {"shape": [10]},
               "target": {"type": "hierarchical_normal", "parametrisation": "centred",
                          "means": [28, 8, -3, 7, -1, 1, 18, 12], "std": [15, 10, 16, 11, 9, 11, 10, 18]},
               "sampler": {"type": "parallel_tempering", "sampler": "nuts", "hottest": 1.05, "rungs": 3,
                           "swap_every": 1000000},
               "output": {"fields_every": 0}}
    found, _, _ = sampled(bench, "funnel", content | {"observables": ["virial"]}, False)
    low = int((found["diagnostics/ebfmi"] < 0.3).sum())
    log = (bench.scratch / "funnel" / "run.log").read_text()
    diverged = int(re.search(r"(\d+) trajectories diverged", log)[1])
    expect(diverged == found["diagnostics/divergences"].sum() > 0, f"{diverged} in the log, others in the file")
    warned = re.findall(r"E-BFMI of (\d+) of (\d+) chains", log)
    print(f"E-BFMI {found['diagnostics/ebfmi']}, warned of {warned}")
    expect(low > 0 and warned == [(str(low), "2")], f"{low} chains are low, warned of {warned}")


if __name__ == "__main__":
    main([langevin_steps, costs, memory, warned_of_recorded_chains], __doc__)
