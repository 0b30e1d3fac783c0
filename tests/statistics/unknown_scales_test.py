#!/usr/bin/python3
"""Regressions with unknown scales against quadrature: linear_regression (closed form where there is one) and gp_regression.

64 chains, t_63 of means, variances and probabilities about the exact ones. What is compared is what users see: sigma,
not its logarithm, also between bounds. The nightly version runs more samplers.
"""

import math
import sys
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "restart"))

from harness import compare, expect, main, results  # noqa: E402  (after its folder is known)

CHAINS, LIMIT, MOST_ERROR = 64, 6.0, 0.05  # MOST_ERROR: of a mean, in posterior standard deviations; else inconclusive
normal_cdf = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)))


def judge(name, x, exact, where):
    """x (chain, draw, parameter); exact: mean, sd, and the probabilities to lie below mean + where * sd."""
    mean, sd, below = exact
    columns = [(x - mean) / sd, ((x - mean) / sd)**2 - 1.0]
    columns += [(x < mean + w * sd) - below[i] for i, w in enumerate(where)]
    chains = np.concatenate([c.mean(axis=1) for c in columns], axis=1)
    error = chains.std(axis=0, ddof=1) / np.sqrt(CHAINS)
    t = (chains.mean(axis=0) / error).reshape(len(columns), len(mean))
    print(f"{name}: t of means {np.round(t[0], 2)}, variances {np.round(t[1], 2)}, "
          f"probabilities {np.round(t[2:].ravel(), 2)}")
    expect(np.abs(t).max() < LIMIT, f"{name}: t {t}")
    expect(error[:len(mean)].max() < MOST_ERROR, f"{name}: inconclusive, MCSE {error[:len(mean)]} sd")


def sample(bench, name, target, parameters, sampler, draws):
    content = {"run": {"name": "scales", "seed": 53, "chains": CHAINS, "warmup": 500, "draws": draws},
               "domain": {"shape": [parameters]}, "target": target, "sampler": sampler,
               "observables": [{"type": "probe", "cells": list(range(parameters))}]}
    output = bench.scratch / name
    bench.run(bench.write(name, content), output, 2)
    with h5py.File(output / "samples.h5", "r") as file:
        x = file["draws/x"][()]
        expect(np.array_equal(file["trace/probe"][()], x), "probe is not what was drawn")
    return x


# Linear regression: 12 rows, intercept and slope.
X = np.column_stack([np.ones(12), np.linspace(-1.2, 1.3, 12)])
Y = X @ [0.4, 1.1] + 0.6 * np.array([0.3, -1.1, 0.8, 1.4, -0.2, -0.9, 0.1, 0.5, -1.6, 0.9, -0.4, 0.7])
WHERE = (-1.0, 0.5)
# prior of the coefficients (standard deviation), of sigma, its log density, bounds, samplers
LINEAR = {
    "reference": (np.inf, {"law": "log_uniform"}, lambda s: -np.log(s), (1e-4, 1e4),
                  ("nuts", "hmc", "mala", "adjusted_mclmc", "random_walk")),
    "informed": (np.inf, {"law": "scaled_inverse_chi2", "degrees": 4.0, "scale": 0.5},
                 lambda s: -5.0 * np.log(s) - 2.0 * 0.25 / s**2, (1e-4, 1e4), ("nuts",)),
    "bounded": (np.inf, {"law": "uniform", "lower": 0.45, "upper": 0.75}, np.zeros_like, (0.45, 0.75),
                ("hmc", "nuts", "mala", "adjusted_mclmc", "random_walk")),
    "above": (0.5, {"law": "half_normal", "scale": 1.5, "lower": 0.5}, lambda s: -0.5 * (s / 1.5)**2, (0.5, 1e3), ("nuts",)),
    "shrunk": (0.5, {"law": "half_cauchy", "scale": 1.0}, lambda s: -np.log1p(s**2), (1e-4, 1e4), ("nuts", "hmc")),
}


def exact_linear(width, log_prior, bounds):
    """Over log sigma by the midpoint rule: given sigma, the coefficients are normal."""
    low, high = np.log(bounds)
    sigma = np.exp(low + (high - low) * (np.arange(40000) + 0.5) / 40000)
    values, vectors = np.linalg.eigh(X.T @ X)
    precision = values / sigma[:, None]**2 + 1.0 / width**2
    pull = (vectors.T @ X.T @ Y) / sigma[:, None]**2
    log_p = (log_prior(sigma) + np.log(sigma) - len(Y) * np.log(sigma) - 0.5 * (Y @ Y) / sigma**2
             + 0.5 * (pull**2 / precision).sum(axis=1) - 0.5 * np.log(precision).sum(axis=1))
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    given = (pull / precision) @ vectors.T
    variance = (1.0 / precision) @ (vectors.T**2)
    mean = np.append(p @ given, p @ sigma)
    sd = np.sqrt(np.append(p @ (variance + given**2), p @ sigma**2) - mean**2)
    below = []
    for w in WHERE:
        at = mean + w * sd
        coefficients = p @ normal_cdf((at[:2] - given) / np.sqrt(variance))
        below.append(np.append(coefficients, step_probability(p, sigma, at[2])))
    return mean, sd, below


def step_probability(p, x, at):
    """P(x < at) from weights at ordered nodes: each weight is spread halfway to its neighbours."""
    edges = np.concatenate([[x[0]], 0.5 * (x[1:] + x[:-1]), [x[-1]]])
    return np.interp(at, edges, np.concatenate([[0.0], np.cumsum(p)]))


def check_closed_form(exact):
    """Student-t and scaled inverse chi^2 (Gelman et al. 2013, sec. 14.2): nu = n - p, s^2 the residual variance."""
    mean, sd, _ = exact
    nu = len(Y) - 2
    best = np.linalg.solve(X.T @ X, X.T @ Y)
    s2 = ((Y - X @ best)**2).sum() / nu
    t_sd = np.sqrt(nu / (nu - 2) * s2 * np.diag(np.linalg.inv(X.T @ X)))
    sigma = math.sqrt(s2 * nu / 2) * math.exp(math.lgamma((nu - 1) / 2) - math.lgamma(nu / 2))
    sigma_sd = math.sqrt(nu / (nu - 2) * s2 - sigma**2)
    expect(np.allclose(mean, [*best, sigma], rtol=1e-6) and np.allclose(sd, [*t_sd, sigma_sd], rtol=1e-6),
           f"quadrature {mean}, {sd} is not the closed form {best}, {sigma}, {t_sd}, {sigma_sd}")


def write_table(path, columns):
    np.savetxt(path, np.column_stack(list(columns.values())), "%.17g", ",", header=",".join(columns), comments="")


def linear_regression(bench):
    table = bench.scratch / "linear.csv"
    write_table(table, {"y": Y, "x": X[:, 1]})
    for name, (width, sigma, log_prior, bounds, samplers) in LINEAR.items():
        exact = exact_linear(width, log_prior, bounds)
        if name == "reference":
            check_closed_form(exact)
        prior = {"law": "flat"} if np.isinf(width) else {"law": "normal", "scale": width}
        target = {"type": "linear_regression", "file": str(table), "response": "y", "predictors": ["1", "x"], "prior": prior,
                  "sigma": sigma}
        for sampler in samplers if bench.nightly else samplers[:1]:
            draws = 6000 if sampler in ("mala", "random_walk") else 1000
            x = sample(bench, f"{name}-{sampler}", target, 3, sampler, draws)
            expect(sigma.get("lower", 0.0) < x[:, :, 2].min() and x[:, :, 2].max() < sigma.get("upper", np.inf),
                   f"{name}: sigma outside of its bounds")
            judge(f"linear {name} by {sampler}", x, exact, WHERE)


# Gaussian process: 15 rows of a smooth function with noise.
GP_X = np.linspace(-2.0, 2.0, 15)
GP_Y = np.sin(1.7 * GP_X) + 0.3 * np.array([0.5, -1.2, 0.3, 0.9, -0.6, 0.1, -0.3, 1.4, -0.8, 0.2, 0.7, -1.1, 0.4, -0.2, 0.6])


def lognormal(scale, width):
    """Nodes and weights of a trapezoidal rule in log s, whose error falls faster than any power of the step."""
    def nodes(n):
        log_s = math.log(scale) + width * np.linspace(-6.5, 6.5, n)
        return np.exp(log_s), -0.5 * ((log_s - math.log(scale)) / width)**2
    return {"law": "lognormal", "scale": scale, "width": width}, nodes


def uniform(lower, upper):
    def nodes(n):
        node, weight = np.polynomial.legendre.leggauss(n)
        return 0.5 * (lower + upper) + 0.5 * (upper - lower) * node, np.log(weight)
    return {"law": "uniform", "lower": lower, "upper": upper}, nodes


def half_normal(scale):
    def nodes(n):
        node, weight = np.polynomial.legendre.leggauss(n)
        s = 4.0 * scale * (1.0 + node)
        return s, np.log(weight) - 0.5 * (s / scale)**2
    return {"law": "half_normal", "scale": scale}, nodes


GP = {
    "squared_exponential": (lambda r: np.exp(-0.5 * r**2), (lognormal(1.0, 0.7), lognormal(1.0, 0.5), lognormal(0.3, 0.6)),
                            ("nuts", "hmc")),
    "matern_3_2": (lambda r: (1.0 + math.sqrt(3.0) * r) * np.exp(-math.sqrt(3.0) * r),
                   (half_normal(2.0), uniform(0.2, 3.0), lognormal(0.3, 0.6)), ("nuts", "hmc")),
}


def exact_gp(kernel, priors, n):
    """Over a grid of amplitude, length scale, noise: one eigenvalue problem for each length scale does for all others."""
    grids = [nodes(n) for _, nodes in priors]
    (amplitude, weight_a), (length, weight_l), (noise, weight_s) = grids
    log_p = np.empty((n, n, n))
    distance = np.abs(GP_X[:, None] - GP_X)
    for j, scale in enumerate(length):
        values, vectors = np.linalg.eigh(kernel(distance / scale))
        rotated = (vectors.T @ GP_Y)**2
        spectrum = amplitude[:, None, None]**2 * np.maximum(values, 0.0) + noise[None, :, None]**2
        log_p[:, j, :] = -0.5 * (rotated / spectrum + np.log(spectrum)).sum(axis=2)
    log_p += weight_a[:, None, None] + weight_l[:, None] + weight_s
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    margins = [p.sum(axis=(1, 2)), p.sum(axis=(0, 2)), p.sum(axis=(0, 1))]
    logs = [np.log(values) for values, _ in grids]
    mean = np.array([w @ x for w, x in zip(margins, logs)])
    sd = np.sqrt([w @ (x - m)**2 for w, x, m in zip(margins, logs, mean)])
    below = [np.array([step_probability(w, x, m + k * s) for w, x, m, s in zip(margins, logs, mean, sd)]) for k in WHERE]
    return mean, sd, below


def gp_regression(bench):
    """Moments of the logarithms, which the skewed parameters share with nobody's tails."""
    table = bench.scratch / "gp.csv"
    write_table(table, {"x": GP_X, "y": GP_Y})
    for kernel, (function, priors, samplers) in GP.items():
        exact, coarse = exact_gp(function, priors, 220), exact_gp(function, priors, 160)
        converged = max(np.abs((a - b)).max() for a, b in zip([exact[0] / exact[1], exact[1] / exact[1], *exact[2]],
                                                              [coarse[0] / exact[1], coarse[1] / exact[1], *coarse[2]]))
        expect(converged < 1e-3, f"{kernel}: the quadrature has an error of {converged} sd")  # MCSE: about 1e-2
        target = {"type": "gp_regression", "file": str(table), "response": "y", "inputs": ["x"], "kernel": kernel,
                  "amplitude": priors[0][0], "length_scale": priors[1][0], "noise": priors[2][0]}
        for sampler in samplers if bench.nightly else samplers[:1]:
            judge(f"gp {kernel} by {sampler}", np.log(sample(bench, f"{kernel}-{sampler}", target, 3, sampler, 800)), exact,
                  WHERE)


def hdf5_tables(bench):
    """The same numbers from CSV, from HDF5 with a data set for each column, and from one 2-D data set; other files are refused."""
    files = {"csv": bench.scratch / "t.csv", "columns": bench.scratch / "c.h5", "matrix": bench.scratch / "m.h5"}
    columns = {"y": Y, "x": X[:, 1]}
    write_table(files["csv"], columns)
    with h5py.File(files["columns"], "w") as file:
        for name, values in columns.items():
            file[name] = values
        file["notes/extra"] = np.arange(3)
    with h5py.File(files["matrix"], "w") as file:
        file["table"] = np.column_stack(list(columns.values()))
        file["table"].attrs["columns"] = ", ".join(columns)
    found = {}
    for name, path in files.items():
        content = {"run": {"name": "tables", "seed": 3, "chains": 1, "warmup": 20, "draws": 20}, "domain": {"shape": [3]},
                   "target": {"type": "linear_regression", "file": str(path), "response": "y", "predictors": ["1", "x"]},
                   "sampler": "nuts"}
        bench.run(bench.write(name, content), bench.scratch / f"out-{name}", 2)
        found[name] = {k: v for k, v in results(bench.scratch / f"out-{name}").items() if k.startswith(("draws", "trace"))}
    expect(found["csv"] == found["columns"] == found["matrix"], "the format of a table changes the numbers")
    with h5py.File(files["matrix"], "a") as file:
        file["table"].attrs["columns"] = "y"
    job = bench.run(bench.scratch / "matrix.yaml", bench.scratch / "refused", 2, code=3)
    expect("needs an attribute 'columns' that names its 2 columns" in job.output, job.output)
    with h5py.File(files["columns"], "a") as file:
        file["z"] = np.arange(5.0)
    job = bench.run(bench.scratch / "columns.yaml", bench.scratch / "refused", 2, code=3)
    expect("/z has 5 rows, the column 'x' has 12" in job.output, job.output)


def refusals(bench):
    """Decks that cannot be, each with a message that names what is wrong."""
    table = bench.scratch / "linear.csv"
    write_table(table, {"y": Y[:2], "x": X[:2, 1]})
    good = {"type": "linear_regression", "file": str(table), "response": "y", "predictors": ["1", "x"],
            "prior": {"law": "normal"}}
    for changes, parameters, message in (
            ({"prior": {"law": "flat"}}, 3, "2 coefficients under a flat prior need more than the 2 rows"),
            ({"sigma": {"lower": 2.0, "upper": 1.0}}, 3, "must be above 'lower'"),
            ({"response": "z"}, 3, "the table has no column 'z'; it has: y, x"),
            ({"predictors": ["1", "x/0"]}, 3, "'x/0' in the predictor 'x/0' is neither"),
            ({}, 2, "set domain.shape to [3]")):
        content = {"run": {"name": "refused", "seed": 3, "chains": 1, "warmup": 5, "draws": 5}, "domain": {"shape": [parameters]},
                   "target": good | changes, "sampler": "nuts"}
        job = bench.run(bench.write("refused", content), bench.scratch / "refused", 2, code=2)
        expect(message in " ".join(job.output.split()), f"no '{message}' in:\n{job.output}")


def same_bits(bench):
    """Whole runs on 1, 3 and 5 ranks, and one that goes on from a checkpoint on another number of ranks."""
    rows = np.arange(700)
    table = bench.scratch / "long.csv"
    write_table(table, {"y": np.sin(rows * rows), "x": np.cos(0.3 * rows)})
    small = bench.scratch / "gp.csv"
    write_table(small, {"x": GP_X, "y": GP_Y})
    for name, target in {"linear": {"type": "linear_regression", "file": str(table), "response": "y", "predictors": ["1", "x"],
                                    "sigma": {"law": "uniform", "lower": 0.1, "upper": 5.0}},
                         "gp": {"type": "gp_regression", "file": str(small), "response": "y", "inputs": ["x"]}}.items():
        content = {"run": {"name": "bits", "seed": 3, "chains": 2, "warmup": 30, "draws": 30}, "domain": {"shape": [3]},
                   "target": target, "sampler": "nuts"}
        file = bench.write(name, content)
        bench.run(file, bench.scratch / f"{name}-1", 1)
        want = results(bench.scratch / f"{name}-1")
        for ranks in (3, 5):
            bench.run(file, bench.scratch / f"{name}-{ranks}", ranks)
            compare(want, bench.scratch / f"{name}-{ranks}", f"{name} on {ranks} ranks")
        bench.run(file, bench.scratch / f"{name}-cut", 3, "run.draws=11")
        bench.run(file, bench.scratch / f"{name}-cut", 2)
        compare(want, bench.scratch / f"{name}-cut", f"{name}, draws raised")


if __name__ == "__main__":
    main([linear_regression, gp_regression, hdf5_tables, refusals, same_bits], __doc__)
