#!/usr/bin/python3
"""Diagnostics and figures of a scorefield run: DIR/report.html (one self-contained file) and DIR/figures/*.png.

    report.py DIR [--output DIR]

Exit status: 0 done, 2 wrong command line, 3 a file is missing, damaged or cannot be written.
"""

import argparse
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

try:
    import matplotlib.pyplot as plt

    from scorefield_analysis import figures
    from scorefield_analysis.page import page
    from scorefield_analysis.reader import DamagedFile, read_run
except ImportError as missing:
    print(f"report: {missing}; install python3-numpy, python3-h5py and python3-matplotlib (Debian)", file=sys.stderr)
    sys.exit(3)

FILE_ERROR = 3
# Figures that this report may make: the ones of an earlier report that no longer apply are taken away.
OWN_FIGURES = ("mean", "std", "draw", "truth", "wiener_mean", "mask", "power_spectrum", "trace_*", "convergence_*")


@dataclass
class Picture:
    name: str  # of the file, without .png
    section: str  # of the page
    alt: str
    caption: str
    png: bytes


def to_png(figure):
    """Bytes of a figure, the same for the same numbers."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": "scorefield"})
    plt.close(figure)
    return buffer.getvalue()


def field_pictures(run):
    of = "Posterior " if run.is_posterior else "Sample "
    chains, draws = run.chains_and_draws
    everything = f"over all {chains} chain{'s' if chains != 1 else ''}"
    signed = [a for a in (run.mean, run.draw, run.truth, run.wiener) if a is not None]
    if len(run.shape) not in (2, 3):
        run.notes.append(f"Maps are drawn of 2-D and 3-D lattices; this one has {len(run.shape)} dimension(s).")
        return
    limits = figures.signed_limits(run, signed)
    same = "Same colours as the other signed maps." if len(signed) > 1 else ""
    if run.mean is not None:
        yield Picture("mean", "fields", f"{of}mean map", f"{of}mean {everything} after warm-up. {same}",
                      to_png(figures.field_map(run, run.mean, f"{of}mean", "mean of x", limits)))
    if run.std is not None:
        yield Picture("std", "fields", f"{of}standard deviation map",
                      f"{of}standard deviation {everything} after warm-up.",
                      to_png(figures.field_map(run, run.std, f"{of}standard deviation", "standard deviation of x")))
    if run.draw is not None:
        step = f", step {int(run.steps[-1])}" if run.steps is not None and len(run.steps) == run.stored_draws[1] else ""
        yield Picture("draw", "fields", "One draw", f"One draw: the last one of chain 0{step}. {same}",
                      to_png(figures.field_map(run, run.draw, "One draw", "x", limits)))
    if run.truth is not None:
        yield Picture("truth", "fields", "True field", f"The true field behind the mock data. {same}",
                      to_png(figures.field_map(run, run.truth, "Truth", "x", limits)))
    if run.wiener is not None:
        yield Picture("wiener_mean", "fields", "Wiener mean",
                      f"Posterior mean solved for directly (Wiener filter), free of sampling noise. {same}",
                      to_png(figures.field_map(run, run.wiener, "Wiener mean", "mean of x", limits)))
    if run.mask is not None:
        where = ", in the middle slice" if run.mask.ndim == 3 else ""
        yield Picture("mask", "fields", "Data mask", f"Where there are data{where}.", to_png(figures.mask_map(run)))


def spectrum_pictures(run):
    trace = run.traces.get("power_spectrum")
    figure = figures.power_spectrum(run) if trace is not None and trace.values.ndim == 3 else None
    if figure is None:
        return
    chains, draws, _ = trace.values.shape
    prior = "; dashed, the prior" if "power_spectrum_prior" in run.bins else ""
    yield Picture("power_spectrum", "spectrum", "Power spectrum of the draws",
                  "Power spectrum of the draws in bins of k: "
                  f"median and central 68 and 95 % of {chains} × {draws} draws{prior}.",
                  to_png(figure))


def trace_pictures(run):
    first = [n for n in ("energy", "acceptance") if n in run.traces]
    for name in first + sorted(n for n in run.traces if n not in first):
        if run.traces[name].values.ndim == 2:
            yield Picture(f"trace_{name}", "traces", f"Trace of {name}",
                          f"{name.replace('_', ' ').capitalize()} of every chain after warm-up, and its distribution.",
                          to_png(figures.trace(run, name)))


def convergence_pictures(run):
    for name in sorted(run.diagnostics.get("rhat", {})):
        figure = figures.bin_diagnostics(run, name)
        if figure is not None:
            yield Picture(f"convergence_{name}", "convergence", f"R-hat and effective sample sizes of {name}",
                          f"R-hat and effective sample sizes of the {name.replace('_', ' ')}, bin by bin.",
                          to_png(figure))


def note_what_is_missing(run):
    missing = [
        (run.mean is None, "There is no mean map (summary/mean): the run has not passed its warm-up."),
        (run.std is None, "There is no standard deviation map (summary/std)."),
        (run.draw is None, "No draws of the field are stored (output.fields_every in the deck), so none is shown."),
        ("energy" not in run.traces, "There is no trace of the energy."),
        ("power_spectrum" not in run.traces, "There is no power spectrum (add power_spectrum to observables)."),
    ]
    run.notes += [sentence for absent, sentence in missing if absent]


def write(path, data):
    """Complete or not at all, also next to a reader."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    os.replace(beside, path)


def make_report(directory, output):
    run = read_run(directory)
    note_what_is_missing(run)
    makers = (field_pictures, spectrum_pictures, trace_pictures, convergence_pictures)
    pictures = [picture for maker in makers for picture in maker(run)]
    folder = output / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in OWN_FIGURES:
        for old in folder.glob(f"{pattern}.png"):
            old.unlink()
    for picture in pictures:
        write(folder / f"{picture.name}.png", picture.png)
    write(output / "report.html", page(run, pictures).encode("utf-8"))
    return len(pictures)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scorefield report", description=__doc__.split("\n\n")[0])
    parser.add_argument("directory", type=Path, metavar="DIR", help="output directory of a run")
    parser.add_argument("--output", type=Path, help="write report.html and figures/ there (default: DIR)")
    options = parser.parse_args(arguments)
    output = options.output or options.directory
    try:
        count = make_report(options.directory, output)
    except DamagedFile as error:
        print(f"report: {error}", file=sys.stderr)
        print("report: check the files with `scorefield inspect`; no report was written", file=sys.stderr)
        return FILE_ERROR
    except OSError as error:
        print(f"report: cannot write to {output}: {error}", file=sys.stderr)
        return FILE_ERROR
    print(f"report: {output / 'report.html'} and {count} figures in {output / 'figures'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
