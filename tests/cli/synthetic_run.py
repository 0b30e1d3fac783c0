"""Writes an output directory as a run does, with made-up but plausible numbers: a masked map and its posterior.

    synthetic_run.py DIR [--three-d] [--components] [--bare] [--unfinished]
"""

import argparse
import json
from pathlib import Path

import h5py
import numpy as np

DECK = """run: {{name: {name}, seed: 7, chains: {chains}, warmup: 100, draws: {draws}, thin: 5}}
domain:
  shape: {shape}
  spacing: {spacing}
target:
  type: posterior
  prior: {{type: gaussian_field, spectrum: {{type: table, file: data/spectrum.csv}}}}
  likelihoods:
    - {{type: gaussian, data: {{file: data/shear.h5, dataset: e}}, operators: [lensing_shear, mask]}}
sampler: {{type: mala, step_size: auto}}
observables: [energy, acceptance, power_spectrum]
"""


def wavenumbers(shape, spacing):
    axes = [2.0 * np.pi * np.fft.fftfreq(n, spacing) for n in shape]
    return np.sqrt(sum(k**2 for k in np.meshgrid(*axes, indexing="ij")))


def prior_power(k):
    return 4.0e-3 / (1.0 + (k / 0.12) ** 2) ** 1.3


def gaussian_field(generator, shape, spacing):
    """A periodic field with the spectrum prior_power."""
    power = prior_power(wavenumbers(shape, spacing)) / spacing ** len(shape)
    return np.fft.ifftn(np.fft.fftn(generator.standard_normal(shape)) * np.sqrt(power)).real


def binned_power(x, spacing, edges):
    power = np.abs(np.fft.fftn(x)) ** 2 * spacing**x.ndim / x.size
    k = wavenumbers(x.shape, spacing)
    modes = np.histogram(k, edges)[0]
    filled = modes > 0
    power, k = (np.histogram(k, edges, weights=w)[0][filled] / modes[filled] for w in (power, k))
    return power, k, modes[filled]


def write_segments(directory, draws, per_segment):
    """The draws in files of `per_segment` draws; returns their list and the layout that joins them."""
    (directory / "segments").mkdir(parents=True, exist_ok=True)
    layout = h5py.VirtualLayout(shape=draws.shape, dtype=draws.dtype)
    segments = []
    for first in range(0, draws.shape[1], per_segment):
        part = draws[:, first : first + per_segment]
        name = f"segments/draws-{first}-{part.shape[1]}.h5"
        with h5py.File(directory / name, "w") as file:
            file["draws/x"] = part
            file.attrs["manifest"] = np.uint64(manifest_of(first))
        layout[:, first : first + part.shape[1]] = h5py.VirtualSource(name, "draws/x", shape=part.shape)
        segments.append((first, part.shape[1], manifest_of(first)))
    return segments, layout


def manifest_of(first):
    return 2**63 + first


def make_run(directory, three_d=False, components=False, bare=False, unfinished=False, sites=None):
    """`bare`: no draws, spectra, truth, Wiener mean, mask, diagnostics, log, status or deck file."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(20)
    shape = (24, 32, 40) if three_d else (sites or 128, sites or 128)
    spacing, unit = (8.0, "Mpc/h") if three_d else (0.29, "arcmin")
    chains, count, stored = 4, 400, 6
    edges = np.geomspace(0.5 * 2.0 * np.pi / (min(shape) * spacing), np.pi / spacing, 15)

    truth = gaussian_field(generator, shape, spacing)
    smooth = np.fft.fftn(truth) / (1.0 + 4.0e-4 / prior_power(wavenumbers(shape, spacing)))
    mean = np.fft.ifftn(smooth).real
    y, x = np.meshgrid(np.linspace(-1, 1, shape[-2]), np.linspace(-1, 1, shape[-1]), indexing="ij")
    mask = (np.hypot(x, y) < 0.9) & (np.hypot(x - 0.3, y + 0.2) > 0.12)
    std = np.broadcast_to(0.6 * truth.std() * (1.4 - 0.7 * mask), shape).copy()
    std *= 1.0 + 0.02 * generator.standard_normal(shape)
    draws = np.stack(
        [
            np.stack([mean + std * gaussian_field(generator, shape, spacing) / truth.std() for _ in range(stored)])
            for _ in range(chains)
        ]
    )
    if components:
        mean, std, truth = (np.stack([a, -0.5 * a if a is not std else 0.5 * a]) for a in (mean, std, truth))
        draws = np.stack([draws, -0.5 * draws], axis=2)

    scatter = generator.standard_normal((chains, count))
    energy = np.zeros((chains, count))
    for d in range(count):
        energy[:, d] = 0.8 * energy[:, d - 1] * (d > 0) + 0.6 * scatter[:, d]
    one = draws[0, 0] if not components else draws[0, 0, 0]
    power, k, modes = binned_power(one, spacing, edges)
    level = 0.5 * prior_power(k) + 0.5 * power
    spectra = level * np.exp(generator.standard_normal((chains, count, k.size)) * np.sqrt(2.0 / modes))
    with h5py.File(directory / "samples.h5", "w") as file:
        deck = DECK.format(
            name="synthetic-map",
            chains=chains,
            draws=2 * count if unfinished else count,
            shape=list(shape),
            spacing=spacing,
        )
        file.attrs.update(
            {
                "format": "scorefield-samples",
                "format_version": 1,
                "deck": deck,
                "seed": 7,
                "version": "0.1.0",
                "git_revision": "0123abc",
                "ranks": 2,
                "state": "running" if unfinished else "complete",
                "name": "synthetic-map",
                "sampler": "mala",
                "target": "posterior",
                "shape": np.array(shape),
                "spacing": np.full(len(shape), spacing),
                "unit": unit,
            }
        )
        for name, values in {"mean": mean, "std": std}.items():
            file[f"summary/{name}"] = values
            file[f"summary/{name}"].attrs["unit"] = "1"
        file["trace/energy"] = 0.5 * mean.size + np.sqrt(0.5 * mean.size) * energy
        file["trace/energy"].attrs["unit"] = "1"
        file["trace/acceptance"] = np.clip(0.57 + 0.2 * generator.standard_normal((chains, count)), 0.0, 1.0)
        if bare:
            return directory
        segments, layout = write_segments(directory, draws, 4)
        file.create_virtual_dataset("draws/x", layout, fillvalue=np.nan)
        for name, kind, column in zip(("first", "count", "manifest"), ("i8", "i8", "u8"), zip(*segments)):
            file[f"segments/{name}"] = np.array(column, dtype=kind)
        file["draws/step"] = 100 + 5 * (1 + np.arange(stored)) * (count // stored)
        file["truth/x"] = truth
        file["wiener/mean"] = mean + 0.02 * std
        file["data/mask"] = mask.astype(np.uint8) if not three_d else np.broadcast_to(mask, shape).astype(np.uint8)
        file["trace/power_spectrum"] = spectra
        file["trace/power_spectrum"].attrs["unit"] = f"{unit.split('/')[0]}^{len(shape)}"
        file["bins/power_spectrum"] = k
        file["bins/power_spectrum"].attrs["unit"] = "h/Mpc" if three_d else "arcmin^-1"
        file["bins/power_spectrum_modes"] = modes
        file["bins/power_spectrum_prior"] = prior_power(k)
        bulk = np.linspace(320.0, 1500.0, k.size)
        for statistic, scalar, binned in (
            ("rhat", 1.0042, 1.0 + 4.0 / bulk),
            ("ess_bulk", 1213.4, bulk),
            ("ess_tail", 1022.7, 0.9 * bulk),
            ("mcse_mean", 0.35, level / np.sqrt(bulk)),
        ):
            file[f"diagnostics/{statistic}/energy"] = scalar
            file[f"diagnostics/{statistic}/acceptance"] = np.nan if statistic == "ess_tail" else scalar
            file[f"diagnostics/{statistic}/power_spectrum"] = binned
    (directory / "deck.resolved.yaml").write_text(deck)
    (directory / "run.log").write_text("scorefield 0.1.0 (0123abc) on 2 ranks\nstep 100 of 2100 <warm-up done>\n")
    status = {"state": "running", "step": 2100} if unfinished else {"state": "complete", "code": 0, "step": 2100}
    (directory / "status.json").write_text(json.dumps(status))
    return directory


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    for flag in ("three-d", "components", "bare", "unfinished"):
        parser.add_argument(f"--{flag}", action="store_true")
    options = vars(parser.parse_args())
    make_run(options.pop("directory"), **options)
