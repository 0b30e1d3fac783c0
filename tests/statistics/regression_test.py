#!/usr/bin/python3
"""Logistic regressions against posterior means and standard deviations by quadrature: 64 chains, t_63 of their means and of
their mean squares about the exact mean. The nightly version runs every sampler with an accept test. Exit status 77 where
there are no data.
"""

import json
import re
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "restart"))

from harness import compare, expect, main, results  # noqa: E402  (after its folder is known)

DATA = ROOT.parent / "shared" / "data" / "logistic"
CHAINS, LIMIT, MOST_ERROR = 64, 6.0, 0.05  # MOST_ERROR: of a mean, in posterior standard deviations; else inconclusive
# name in exact_posteriors.json: table, successes, trials, predictors, centred, factor of each coefficient
CASES = {
    "bioassay.csv": ("bioassay.csv", "successes", "trials", ["1", "logdose"], False, (1.0, 1.0)),
    "nes_logit.csv": ("nes_logit.csv", "successes", "trials", ["1", "income"], False, (1.0, 1.0)),
    "wells_dist.csv": ("wells.csv", "switched", "", ["1", "dist/100"], False, (1.0, 0.01)),
    "wells_interaction_c.csv": ("wells.csv", "switched", "", ["1", "dist/100", "arsenic", "dist/100*arsenic"], True,
                                (1.0, 1.0, 1.0, 1.0)),
}


def deck(case, prior, sampler, chains, draws):
    table, successes, trials, predictors, centre, _ = case
    warmup = {"mala": 1000, "random_walk": 3000}.get(sampler["type"], 200)
    return {"run": {"name": "regression", "seed": 31, "chains": chains, "warmup": warmup, "draws": draws},
            "domain": {"shape": [len(predictors)]},
            "target": {"type": "logistic_regression", "file": str(DATA / table), "successes": successes, "trials": trials,
                       "predictors": predictors, "centre": centre, "prior": prior},
            "sampler": sampler,
            "observables": [{"type": "probe", "cells": list(range(len(predictors)))}]}


def exact_posteriors():
    if not DATA.is_dir():
        print("skipped: the tables are not in ../shared/data/logistic")
        sys.exit(77)
    return {e["file"]: e for e in json.loads((DATA / "exact_posteriors.json").read_text())}


def quadrature(bench):
    for name, exact in exact_posteriors().items():
        case = CASES[name]
        prior = {"law": exact["prior"]} | ({"scale": float(exact["scale"])} if exact["prior"] != "flat" else {})
        is_small = exact["n"] < 100  # the large tables take a hundred times longer
        samplers = [{"type": "nuts"}]
        if is_small or bench.nightly:
            samplers += [{"type": "hmc", "leapfrog_steps": 20}, {"type": "adjusted_mclmc", "leapfrog_steps": 15}]
        if bench.nightly:
            samplers += [{"type": "mala"}, {"type": "random_walk"}]
        for sampler in samplers:
            draws = {"mala": 4000, "random_walk": 8000}.get(sampler["type"], 1000 if is_small else 300)
            output = bench.scratch / f"{name}-{sampler['type']}"
            bench.run(bench.write(output.name, deck(case, prior, sampler, CHAINS, draws)), output, 2)
            with h5py.File(output / "samples.h5", "r") as file:
                expect(np.array_equal(file["trace/probe"][()], file["draws/x"][()]), "probe is not what was drawn")
                x = file["draws/x"][()] * np.array(case[5])
            mean, sd = np.array(exact["mean"]), np.array(exact["sd"])
            moments = np.concatenate([(x.mean(axis=1) - mean) / sd, ((x - mean)**2).mean(axis=1) / sd**2 - 1.0], axis=1)
            error = moments.std(axis=0, ddof=1) / np.sqrt(CHAINS)
            t = moments.mean(axis=0) / error
            print(f"{name} by {sampler['type']}: t of means and variances {np.round(t, 2)}")
            expect(np.abs(t).max() < LIMIT, f"{name} by {sampler['type']}: t {t}")
            half = len(mean)
            expect(error[:half].max() < MOST_ERROR, f"{name} by {sampler['type']}: inconclusive, MCSE {error[:half]} sd")


SCHOOLS = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])


def exact_schools(y, sigma):
    """Means and standard deviations of mu, log tau and the thetas by quadrature over log tau: given tau, mu and the thetas
    are normal.
    """
    log_tau = np.linspace(-12.0, 8.0, 40001)
    tau = np.exp(log_tau)[:, None]
    weight = 1.0 / (sigma**2 + tau**2)
    precision = weight.sum(axis=1) + 1.0 / 25.0
    mu = (weight * y).sum(axis=1) / precision
    # Marginal of tau: half-Cauchy, Jacobian, likelihood with mu integrated out.
    log_density = (-np.log1p((tau[:, 0] / 5.0)**2) + log_tau + 0.5 * np.log(weight).sum(axis=1) - 0.5 * np.log(precision)
                   - 0.5 * ((weight * y**2).sum(axis=1) - mu**2 * precision))
    p = np.exp(log_density - log_density.max())
    p /= p.sum()
    shrink = 1.0 / (1.0 / sigma**2 + 1.0 / tau**2)  # variance of theta_j given mu and tau
    given_mu = shrink / tau**2
    shrunk = shrink * (y / sigma**2 + mu[:, None] / tau**2)
    first = np.column_stack([mu, log_tau, shrunk])
    variance = np.column_stack([1.0 / precision, np.zeros_like(mu), shrink + given_mu**2 / precision[:, None]])
    mean = p @ first
    return mean, np.sqrt(p @ (variance + first**2) - mean**2)


def eight_schools(bench):
    """Non-centred; and centred with data so good that there is no funnel. What users see is the same for both."""
    y = SCHOOLS
    for form, sampler, sigma in (("non_centred", "nuts", ERRORS), ("non_centred", "hmc", ERRORS),
                                 ("non_centred", "adjusted_mclmc", ERRORS), ("centred", "nuts", ERRORS / 10.0)):
        mean, sd = exact_schools(y, sigma)
        content = {"run": {"name": "schools", "seed": 41, "chains": CHAINS, "warmup": 300, "draws": 2000},
                   "domain": {"shape": [10]},
                   "target": {"type": "hierarchical_normal", "means": list(y), "std": list(sigma), "parametrisation": form},
                   "sampler": {"type": sampler},
                   "observables": [{"type": "probe", "cells": list(range(10))}]}
        output = bench.scratch / f"{form}-{sampler}"
        bench.run(bench.write(output.name, content), output, 2)
        with h5py.File(output / "samples.h5", "r") as file:
            x = file["draws/x"][()]
            expect(np.array_equal(file["trace/probe"][()], x), "probe is not what was drawn")
            expect(np.allclose(file["summary/mean"][()], x.mean(axis=(0, 1)), rtol=1e-9), "summary/mean is not of the draws")
        expect(x[:, :, 1].min() > 0.0, f"{form} by {sampler}: tau is not positive")
        x[:, :, 1] = np.log(x[:, :, 1])  # whose moments exist; the second of tau hardly does under a Cauchy prior
        half = len(mean)
        moments = np.concatenate([(x.mean(axis=1) - mean) / sd, ((x - mean)**2).mean(axis=1) / sd**2 - 1.0], axis=1)
        error = moments.std(axis=0, ddof=1) / np.sqrt(CHAINS)
        t = moments.mean(axis=0) / error
        print(f"eight schools, {form}, {sampler}: t of means {np.round(t[:half], 2)}, of variances {np.round(t[half:], 2)}")
        expect(np.abs(t).max() < LIMIT, f"{form} by {sampler}: t {t}")
        expect(error[:half].max() < MOST_ERROR, f"{form} by {sampler}: inconclusive")


def funnel(bench):
    """The centred form of eight schools has a funnel that no step size fits and no momentum crosses: the run has to say so."""
    content = {"run": {"name": "funnel", "seed": 43, "chains": 4, "warmup": 500, "draws": 2000}, "domain": {"shape": [10]},
               "target": {"type": "hierarchical_normal", "means": list(SCHOOLS), "std": list(ERRORS),
                          "parametrisation": "centred"}, "sampler": "nuts"}
    divergences, bfmi = {}, {}
    for form in ("centred", "non_centred"):
        content["target"]["parametrisation"] = form
        output = bench.scratch / f"funnel-{form}"
        bench.run(bench.write(output.name, content), output, 2)
        log = (output / "run.log").read_text()
        warned = re.search(r"(\d+) trajectories diverged", log)
        divergences[form] = int(warned[1]) if warned else 0
        with h5py.File(output / "samples.h5", "r") as file:
            bfmi[form] = file["diagnostics/ebfmi"][()]
            expect(file["diagnostics/divergences"][()].sum() == divergences[form], "divergences: file and log differ")
        slow = re.search(r"E-BFMI of (\d+) of 4 chains is below 0.3", log)
        expect((int(slow[1]) if slow else 0) == (bfmi[form] < 0.3).sum(), f"{form}: {bfmi[form]}, but warned of {slow}")
        report = bench.scorefield("report", output)
        expect(report.returncode == 0, report.stderr)
        page = (output / "report.html").read_text()
        for words, is_warned in (("chains is below 0.3</b>", slow), (" trajectories diverged</b>", warned)):
            expect((words in page) == bool(is_warned), f"{form}: the report's {words!r} is not the log's")
    print(f"divergences of 8000 trajectories: {divergences}; E-BFMI {bfmi}")
    expect((bfmi["centred"] < 0.3).any() and (bfmi["non_centred"] > 0.3).all(), f"{bfmi}")
    expect(divergences["centred"] > 20 and divergences["centred"] > 5 * divergences["non_centred"], f"{divergences}")


def same_bits(bench):
    """Rows of the data over 1, 3 and 5 ranks; 48 blocks of rows divide by none of them."""
    exact_posteriors()
    content = deck(CASES["wells_interaction_c.csv"], {"law": "cauchy", "scale": 2.5}, {"type": "nuts"}, 1, 40)
    file = bench.write("bits", content)
    bench.run(file, bench.scratch / "one", 1)
    want = results(bench.scratch / "one")
    for ranks in (3, 5):
        bench.run(file, bench.scratch / f"on-{ranks}", ranks)
        compare(want, bench.scratch / f"on-{ranks}", f"{ranks} ranks")


if __name__ == "__main__":
    main([quadrature, eight_schools, funnel, same_bits], __doc__)
