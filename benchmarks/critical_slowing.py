#!/usr/bin/env python3
"""Critical slowing down of the phi^4 magnetisation: local moves against HMC with a Fourier preconditioner.

    python3 benchmarks/critical_slowing.py build/release/scorefield [--theory strong] [--directory out/critical]

Runs phi^4 at its critical point on L x L tori and prints the integrated autocorrelation time tau of m^2 for each L, in
trajectories and in gradients, with the dynamic exponent z of tau ~ L^z. Theories, both with a quartic term c/4 phi^4:

weak    c = 0.1, m2 = -0.1863: critical by the continuum's c / mu^2 = 11.1 (arXiv:2512.16536), mu^2 = m2 + 3 c A with
        the tadpole A of mass mu. Waves of up to 1/mu = 10 cells are nearly free
strong  c = 1, m2 = -1.2725 as in inputs/phi4-critical.yaml: waves of all lengths interact

local   HMC without preconditioner, trajectories of one unit of time: it moves a field as Langevin dynamics does over
        the time 1/2, with a range that does not grow with L. Published for local moves: z = 2.17 (arXiv:1807.05123)
fourier HMC with M(k) = 1 / (k^2 + (5 / L)^2), trajectories of two units of time. Its steps become shorter with L: the
        mass of the slowest mode suits its slow motion, and its fast response to the others needs short steps

tau is 1 + 2 sum rho(t), summed up to six times itself, of the autocorrelation function averaged over the chains with
their common mean; errors by jackknife over the chains. Every run is long enough for 1000 tau, all chains together.
"""
import argparse
import math
import pathlib
import subprocess
import sys
import time

import h5py
import numpy

CHAINS = 16
LEAST_TIMES = 1000
THEORIES = {"weak": (0.1, -0.1863), "strong": (1.0, -1.2725)}
# L: (warm-up, draws of each chain, steps from draw to draw, leapfrog steps of a trajectory)
RUNS = {
    "weak": {
        "local": {8: (400, 6000, 1, 10), 16: (800, 6000, 2, 10), 32: (2000, 5000, 5, 10), 64: (4000, 4000, 14, 10)},
        "fourier": {8: (300, 2000, 1, 20), 16: (300, 2000, 1, 20), 32: (300, 2000, 1, 20), 64: (300, 2500, 1, 25),
                    128: (400, 2500, 1, 35)},
    },
    "strong": {
        "local": {8: (400, 8000, 1, 10), 16: (800, 6000, 2, 10), 32: (2500, 5000, 6, 10), 64: (8000, 5500, 20, 10)},
        "fourier": {8: (300, 3000, 1, 20), 16: (300, 3000, 1, 25), 32: (400, 4000, 1, 28), 64: (500, 6000, 1, 40),
                    128: (1500, 22000, 1, 60)},
    },
}
TIME = {"local": 1.0, "fourier": 2.0}


def sampler(name, size, leapfrog_steps):
    nu = 0.01  # (k^2 + mu^2)^-(1 + nu), normalised to amplitude 1
    mu = 5.0 / size
    matern = (f"{{type: matern, variance: {mu ** (-2 * nu) / (4 * math.pi * nu):.6g}, "
              f"correlation_length: {math.sqrt(2 * nu) / mu:.6g}, smoothness: {nu}}}")
    preconditioner = {"local": "preconditioner: none", "fourier": f"preconditioner: spectrum, spectrum: {matern}"}
    return (f"{{type: hmc, step_size: {TIME[name] / leapfrog_steps:.6g}, leapfrog_steps: {leapfrog_steps}, "
            f"{preconditioner[name]}}}")


def deck(directory, theory, size, moves, warmup, draws, thin):
    coupling, mass_squared = THEORIES[theory]
    return f"""
run: {{name: critical-{size}, seed: 7, chains: {CHAINS}, warmup: {warmup}, draws: {draws}, thin: {thin}}}
domain: {{shape: [{size}, {size}]}}
target: {{type: phi4, convention: quarter, mass_squared: {mass_squared}, coupling: {coupling}}}
sampler: {moves}
observables: [magnetisation_moments]
output: {{directory: {directory}, fields_every: 0}}
"""


def autocorrelation(series):
    """Autocovariance of each chain (chain, lag), about the mean over all."""
    length = series.shape[1]
    deviations = series - series.mean()
    spectrum = numpy.fft.rfft(deviations, 2 * length, axis=1)
    products = numpy.fft.irfft(numpy.abs(spectrum) ** 2, axis=1)[:, :length]
    return products / numpy.arange(length, 0, -1)


def integrated_time(covariance):
    rho = covariance.mean(axis=0)
    sums = 1.0 + 2.0 * numpy.cumsum(rho[1:] / rho[0])
    long_enough = numpy.arange(1, len(rho)) >= 6.0 * sums
    if not long_enough.any():
        sys.exit("chains shorter than six autocorrelation times: give them more draws")
    return sums[numpy.argmax(long_enough)]


def jackknife(covariance):
    whole = integrated_time(covariance)
    without = [integrated_time(numpy.delete(covariance, i, axis=0)) for i in range(len(covariance))]
    return whole, numpy.sqrt((len(without) - 1) * numpy.mean((numpy.array(without) - whole) ** 2))


def measure(arguments, name, size, warmup, draws, thin, leapfrog_steps):
    directory = (arguments.directory / f"{arguments.theory}-{name}-{size}").resolve()
    directory.mkdir(parents=True, exist_ok=True)
    moves = sampler(name, size, leapfrog_steps)
    (directory / "deck.yaml").write_text(deck(directory, arguments.theory, size, moves, warmup, draws, thin))
    begin = time.time()
    with open(directory / "log", "w") as log:
        subprocess.run(
            arguments.mpirun.split() + ["-n", str(arguments.ranks), arguments.program, "run", directory / "deck.yaml",
                                        "--restart", "never"],
            check=True, stdout=log, stderr=log)
    with h5py.File(directory / "samples.h5") as file:
        squares = file["trace/magnetisation_moments"][:, :, 1]
        acceptance = float(numpy.mean(file["trace/acceptance"][...]))
    tau, error = jackknife(autocorrelation(squares))
    times = squares.size / tau
    print(f"{name:8s} {size:4d}  {acceptance:.3f}  {thin * tau:8.1f} +- {thin * error:5.1f}  "
          f"{leapfrog_steps * thin * tau:8.0f}  {times:7.0f}  {time.time() - begin:6.0f} s", flush=True)
    if times < LEAST_TIMES:
        sys.exit(f"{directory} has fewer than {LEAST_TIMES} autocorrelation times: give it more draws")
    return size, thin * tau, thin * error


def fit(points):
    """Exponent of tau ~ L^z by weighted least squares of log tau, its error, and chi^2."""
    size, tau, error = numpy.array(points).T
    weight = (tau / error) ** 2
    x = numpy.log(size) - numpy.average(numpy.log(size), weights=weight)
    y = numpy.log(tau) - numpy.average(numpy.log(tau), weights=weight)
    z = numpy.sum(weight * x * y) / numpy.sum(weight * x * x)
    return z, numpy.sum(weight * x * x) ** -0.5, numpy.sum(weight * (y - z * x) ** 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--theory", choices=THEORIES, default="weak")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--directory", type=pathlib.Path, default=pathlib.Path("out/critical"))
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--only", choices=TIME)
    parser.add_argument("--largest", type=int, default=128)
    arguments = parser.parse_args()
    print("moves       L  accept    tau of m^2, traj.  gradients  run/tau    took", flush=True)
    for name, runs in RUNS[arguments.theory].items():
        if arguments.only in (None, name):
            points = [measure(arguments, name, size, *run) for size, run in runs.items() if size <= arguments.largest]
            for first in range(len(points) - 1):
                z, error, chi2 = fit(points[first:])
                print(f"{name}: z = {z:.2f} +- {error:.2f} from L = {points[first][0]} on, chi^2 {chi2:.1f} of "
                      f"{len(points) - first - 2} degrees of freedom", flush=True)


if __name__ == "__main__":
    main()
