#!/usr/bin/python3
"""The mass maps of the decks in inputs/, sampled by MALA, against independent exact draws and the Wiener mean.

ktng:   64 chains start from exact draws and keep a step size found by a run of its own, so that every state of every
        chain is an exact draw if and only if MALA leaves the posterior invariant. Their 64 means are independent: a
        t test needs no estimate of an autocorrelation. Too short a run fails as inconclusive.
cosmos: 256 exact draws with their report in 3 minutes, and 4 chains of MALA from the prior beside them. R-hat cannot
        see a bias that all chains share: means and variances are compared.

The figures are printed and stored as posterior_maps.txt beside the program. Exit status 77 where there are no data.
"""

import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "restart"))

from harness import checkpoints, expect, main  # noqa: E402  (after its folder is known)

RANKS = 2
CHAINS = 64
T_LIMIT = 6.0  # two-sided p = 1e-7 for t_63
Z_LIMIT = 5.0  # p = 6e-7
MCSE_LIMIT = 0.1  # posterior standard deviations
ACCEPTANCE = (0.5, 0.7)
EXACT_SECONDS = 180.0
SHOWN = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 180)  # bins of the tables


def launch(bench, deck, name, *overrides):
    """Output directory and seconds of a run of a deck of inputs/."""
    if not (ROOT.parent / "shared" / "data" / "lensing").is_dir():
        print("skipped: the shear maps are not in ../shared/data/lensing")
        sys.exit(77)
    begin = time.monotonic()
    job = bench.start(ROOT / "inputs" / f"{deck}.yaml", bench.scratch / name, RANKS, "output.checkpoint.keep=1",
                      *overrides)
    code = job.wait(3000)
    expect(code == 0, f"{name}: exit status {code}:\n{job.output}")
    return bench.scratch / name, time.monotonic() - begin


def report(bench, lines, mode):
    text = "\n".join(lines) + "\n"
    print(text, flush=True)
    with open(Path(bench.program).parent / "posterior_maps.txt", mode, encoding="utf-8") as file:
        file.write(text)


# --- kappaTNG: the mean -----------------------------------------------------------------------------------------------


class Modes:
    """200 modes, and the projections on the Wiener mean in bins of wavenumber, of maps less the Wiener mean."""

    def __init__(self, wiener):
        ny, nx = wiener.shape
        ky = np.rint(np.fft.fftfreq(ny) * ny)[:, None]
        kx = np.arange(nx // 2 + 1)[None, :]
        k = np.hypot(ky, kx)
        self.wiener = wiener
        self.bins = min(nx, ny) // 2
        self.shell = np.where(k > 0, np.floor(k + 0.5).astype(int), self.bins + 1)
        reference = np.fft.rfft2(wiener)
        twice = np.where((kx > 0) & (kx < nx // 2), 2.0, 1.0)  # modes that stand for their mirror image too
        self.weights = twice * reference.conj()
        self.norm = self._sums(self.weights * reference)
        # The 40 longest waves and 160 more in even steps of log rank, none its own mirror image.
        half = ((kx > 0) & (kx < nx // 2)) | ((kx == 0) & (ky > 0) & (ky < ny // 2))
        ranked = np.flatnonzero(half)[np.argsort(k[half], kind="stable")]
        self.chosen = ranked[np.r_[0:40, np.geomspace(40, ranked.size - 1, 160).astype(int)]]
        self.chosen_k = k.ravel()[self.chosen]

    def _sums(self, values):
        return np.bincount(self.shell.ravel(), values.real.ravel(), self.bins + 2)[1:self.bins + 1]

    def __call__(self, maps):
        """[map, bins + 400]: relative excess of the amplitude in each bin, then real and imaginary parts."""
        rows = []
        for values in maps:
            difference = np.fft.rfft2(values - self.wiener)
            chosen = difference.ravel()[self.chosen]
            rows.append(np.r_[self._sums(self.weights * difference) / self.norm, chosen.real, chosen.imag])
        return np.array(rows)


def tuned_step_size(bench, deck):
    output, _ = launch(bench, deck, "pilot", "sampler.type=mala", "sampler.start=exact", "run.chains=4",
                       "run.warmup=500", "run.draws=1", "output.fields_every=0")
    with h5py.File(checkpoints(output)[-1], "r") as file:
        return float(np.exp(np.log(file["chains/step_size"][()]).mean()))


def ktng(bench):
    deck = "mass-map-ktng"
    exact, _ = launch(bench, deck, "exact")
    with h5py.File(exact / "samples.h5", "r") as file:
        modes = Modes(file["wiener/mean"][()])
        draws = modes(file["draws/x"][()].astype(float).reshape(-1, *modes.wiener.shape))
    posterior_sd = np.sqrt(np.mean(draws**2, axis=0))  # about the known mean
    exact_z = draws.mean(axis=0) / posterior_sd * np.sqrt(len(draws))

    step_size = tuned_step_size(bench, deck)
    steps, thin = 2500, 10
    output, seconds = launch(bench, deck, "mala", "sampler.type=mala", "sampler.start=exact",
                             f"sampler.step_size={step_size!r}", f"run.chains={CHAINS}", f"run.draws={steps // thin}",
                             f"run.thin={thin}", "output.fields_every=0")
    with h5py.File(checkpoints(output)[-1], "r") as file:
        means = file["chains/moments_mean"][()].reshape(CHAINS, *modes.wiener.shape)
    with h5py.File(output / "samples.h5", "r") as file:
        off = np.abs(means.mean(axis=0) - file["summary/mean"][()]).max()
        acceptance = file["trace/acceptance"][()].mean(axis=1)
        ess = file["diagnostics/ess_bulk/power_spectrum"][()]
    expect(off < 1e-12, f"the mean of the chains' moments is not /summary/mean: {off}")

    of_chains = modes(means)
    mcse = of_chains.std(axis=0, ddof=1) / np.sqrt(CHAINS)
    t = of_chains.mean(axis=0) / mcse
    error = mcse / posterior_sd
    n = modes.bins
    lines = [
        f"kappaTNG, {CHAINS} chains of MALA from exact draws, {steps} steps each, {RANKS} ranks, {seconds:.0f} s",
        f"step size {step_size:.4f}, acceptance {acceptance.mean():.3f} "
        f"(chains {acceptance.min():.3f} to {acceptance.max():.3f})",
        f"mean against the Wiener mean, t_{CHAINS - 1}: {n} bins max |t| {np.abs(t[:n]).max():.2f}, "
        f"rms {np.sqrt(np.mean(t[:n]**2)):.2f}; {modes.chosen.size} modes (both parts) max |t| "
        f"{np.abs(t[n:]).max():.2f}, rms {np.sqrt(np.mean(t[n:]**2)):.2f}",
        f"MCSE in posterior sd: bins max {error[:n].max():.3f}, modes max {error[n:].max():.3f}, "
        f"median {np.median(error[n:]):.3f}",
        f"{len(draws)} exact draws against the Wiener mean: max |z| {np.abs(exact_z).max():.2f}",
        f"ESS of the power in {n} bins: min {ess.min():.0f}, median {np.median(ess):.0f}, max {ess.max():.0f}",
        " bin  excess of amplitude      t  MCSE/sd    ESS",
        *(f"{b:4d}   {of_chains[:, b - 1].mean():+.5f} +- {mcse[b - 1]:.5f}  {t[b - 1]:+5.2f}    {error[b - 1]:.3f}  "
          f"{ess[b - 1]:5.0f}" for b in SHOWN),
    ]
    report(bench, lines, "w")
    expect(ACCEPTANCE[0] < acceptance.mean() < ACCEPTANCE[1], f"mean acceptance {acceptance.mean():.3f}")
    expect(np.abs(exact_z).max() < Z_LIMIT, f"exact draws: |z| = {np.abs(exact_z).max():.2f}")
    expect(np.abs(t).max() < T_LIMIT, f"the posterior mean is off: |t| = {np.abs(t).max():.2f}")
    expect(error.max() < MCSE_LIMIT, f"inconclusive: an MCSE of {error.max():.3f} posterior sd; raise the steps")


# --- COSMOS: energy and spectrum --------------------------------------------------------------------------------------


def ess_mean(x):
    """Effective sample size of the mean of x[chain, draw] (Vehtari et al. 2021, without ranks)."""
    half = x.shape[1] // 2
    x = np.concatenate([x[:, :half], x[:, -half:]])
    chains, n = x.shape
    spectrum = np.fft.rfft(x - x.mean(axis=1, keepdims=True), 2 * n, axis=1)
    covariance = np.fft.irfft(np.abs(spectrum)**2, axis=1)[:, :n].mean(axis=0) / n
    within = covariance[0] * n / (n - 1)
    rho = 1.0 - (within - covariance) / (covariance[0] + x.mean(axis=1).var(ddof=1))
    rho[0] = 1.0
    last = 0
    while last < n - 5 and rho[last] + rho[last + 1] > 0.0:
        last += 2
    pairs = np.minimum.accumulate(rho[0:last:2] + rho[1:last:2])
    tau = -1.0 + 2.0 * pairs.sum() + max(rho[last], 0.0)
    return chains * n / max(tau, 1.0 / np.log10(chains * n))


class Series:
    """Moments of traces [chain, draw, quantity] with their errors."""

    def __init__(self, file, is_independent):
        traces = file["trace/power_spectrum"][()]
        traces = np.concatenate([file["trace/energy"][()][:, :, None], traces], axis=2)
        self.rhat, self.ess, self.stored_mean_error = (
            np.r_[file[f"diagnostics/{name}/energy"][()], file[f"diagnostics/{name}/power_spectrum"][()]]
            for name in ("rhat", "ess_bulk", "mcse_mean"))
        self.mean = traces.mean(axis=(0, 1))
        squares = (traces - self.mean)**2
        self.variance = traces.var(axis=(0, 1), ddof=1)
        # Of (x - mean)^2, relative: of log variance, whose law is closer to a normal one.
        spread = np.sqrt((squares**2).mean(axis=(0, 1)) / self.variance**2 - 1.0)
        count = np.full(self.mean.size, float(traces[:, :, 0].size))
        quantities = range(self.mean.size)
        n_mean = count if is_independent else np.array([ess_mean(traces[:, :, q]) for q in quantities])
        n_squares = count if is_independent else np.array([ess_mean(squares[:, :, q]) for q in quantities])
        self.mean_error = np.sqrt(self.variance / n_mean)
        self.log_variance_error = spread / np.sqrt(n_squares)


def cosmos(bench):
    deck = "mass-map-cosmos"
    begin = time.monotonic()
    output, sampling = launch(bench, deck, "exact")
    subprocess.run([sys.executable, ROOT / "analysis" / "report.py", output], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    expect((output / "report.html").is_file(), "no report.html")
    with h5py.File(output / "samples.h5", "r") as file:
        exact = Series(file, is_independent=True)
        draws = file["trace/energy"].size
        # 2 (E - E_min) of a Gaussian of d dimensions is chi^2_d; the mean of the field is held at zero.
        dimensions = file["summary/mean"].size - 1
    warmup, steps, thin = 3000, 24000, 10
    mala_output, mala_seconds = launch(bench, deck, "mala", "sampler.type=mala", f"run.warmup={warmup}",
                                       f"run.draws={steps // thin}", f"run.thin={thin}", "output.fields_every=0")
    with h5py.File(mala_output / "samples.h5", "r") as file:
        mala = Series(file, is_independent=False)
        acceptance = file["trace/acceptance"][()].mean()
    disagreement = np.abs(mala.mean_error / mala.stored_mean_error - 1.0).max()

    z_mean = (mala.mean - exact.mean) / np.hypot(mala.mean_error, exact.mean_error)
    z_variance = np.log(mala.variance / exact.variance) / np.hypot(mala.log_variance_error, exact.log_variance_error)
    z_chi2 = (exact.variance[0] / (0.5 * dimensions) - 1.0) / np.sqrt(2.0 / (draws - 1))

    def row(name, q):
        return (f"{name:>6} {exact.ess[q]:6.0f} {exact.ess[q] / sampling:9.2f}   {mala.rhat[q]:.3f} {mala.ess[q]:6.0f} "
                f"{mala.ess[q] / mala_seconds:9.2f}   {z_mean[q]:+6.2f}   {z_variance[q]:+6.2f}")

    lines = [
        f"COSMOS, {draws} independent exact draws, {RANKS} ranks: {sampling:.1f} s, with the report {seconds:.1f} s",
        f"4 chains of MALA from the prior, {steps} steps each after a warm-up of {warmup}: {mala_seconds:.0f} s, "
        f"acceptance {acceptance:.3f}",
        f"mean {np.abs(z_mean).max():.2f} and variance {np.abs(z_variance).max():.2f}: max |z| of MALA against exact "
        f"draws over energy and {z_mean.size - 1} bins (rms {np.sqrt(np.mean(z_mean**2)):.2f}, "
        f"{np.sqrt(np.mean(z_variance**2)):.2f})",
        f"variance of the energy / (d/2): exact draws {exact.variance[0] / (0.5 * dimensions):.3f} (z {z_chi2:+.2f}), "
        f"MALA {mala.variance[0] / (0.5 * dimensions):.3f} +- {mala.log_variance_error[0]:.3f}",
        f"bins of MALA: R-hat max {mala.rhat[1:].max():.3f}, ESS min {mala.ess[1:].min():.0f}, "
        f"median {np.median(mala.ess[1:]):.0f}; of exact draws: R-hat max {exact.rhat[1:].max():.3f}, "
        f"ESS min {exact.ess[1:].min():.0f}, median {np.median(exact.ess[1:]):.0f}",
        "          exact draws              MALA               MALA - exact, z",
        "   bin    ESS ESS per s   R-hat    ESS ESS per s     mean variance",
        row("energy", 0),
        *(row(str(b), b) for b in SHOWN),
    ]
    report(bench, lines, "a")
    expect(seconds < EXACT_SECONDS, f"exact draws and their report took {seconds:.0f} s")
    expect(disagreement < 1e-6, f"MCSE here and in /diagnostics/mcse_mean differ by {disagreement:.1e}")
    expect(ACCEPTANCE[0] < acceptance < ACCEPTANCE[1], f"mean acceptance {acceptance:.3f}")
    for z, what in ((z_mean, "mean"), (z_variance, "variance")):
        worst = int(np.abs(z).argmax())
        name = f"bin {worst}" if worst else "energy"
        expect(np.abs(z[worst]) < Z_LIMIT, f"MALA is off: {what} of {name}: z = {z[worst]:.2f}")
    expect(np.abs(z_chi2) < Z_LIMIT, f"variance of the energy of exact draws: z = {z_chi2:.2f}")


if __name__ == "__main__":
    main([ktng, cosmos], __doc__)
