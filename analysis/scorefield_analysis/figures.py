"""The figures of the report, one function each; every one returns a matplotlib Figure.

Colours: a diverging map centred on zero for signed fields, a sequential one for standard deviations, both safe for
colour-blind readers; chains in the colours of Okabe and Ito.
"""

import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402  (after the backend is chosen)
import numpy as np  # noqa: E402
from matplotlib import colors, ticker  # noqa: E402

SIGNED = "RdBu_r"
POSITIVE = "viridis"
CHAINS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
INK = "#222222"
PRIOR = "#000000"
BAND = "#0072B2"
BAD = "#D55E00"
MOST_LINES = 8  # chains that get a colour and a legend entry of their own
RHAT_LIMIT = 1.01
ESS_LIMIT = 400.0

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.labelsize": 9.0,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "mathtext.default": "regular",
    "figure.dpi": 160,
    "savefig.dpi": 160,
}
plt.rcParams.update(STYLE)


def tidy_unit(unit):
    """'arcmin^2' -> superscript for matplotlib; anything that means 'no unit' -> ''."""
    if unit.strip().lower() in ("", "1", "none", "dimensionless"):
        return ""
    return re.sub(r"\^\{?(-?\d+)\}?", r"$^{\1}$", unit.replace("$", ""))


def label(name, unit):
    unit = tidy_unit(unit)
    return f"{name} [{unit}]" if unit else name


def _inverse(unit):
    """Unit of wavenumbers for a unit of lengths: Mpc/h -> h/Mpc."""
    unit = unit.strip()
    if not unit:
        return ""
    parts = unit.split("/")
    return f"{parts[1]}/{parts[0]}" if len(parts) == 2 else f"{unit}^-1"


def _views(run, values, projection):
    """[(title, image in y and x)] of one component: the map, or a slice and a projection."""
    if values.ndim == 2:
        return [("", values)]
    middle = values.shape[0] // 2
    depth = middle * run.spacing[0]
    at = f"{depth:.4g} {run.unit}".strip()
    name, reduce = projection
    return [(f"slice at z = {at}", values[middle]), (f"{name} along z", reduce(values))]


PROJECTIONS = {
    "signed": ("mean", lambda v: v.mean(axis=0)),
    "positive": ("root mean square", lambda v: np.sqrt((v * v).mean(axis=0))),
}


def signed_limits(run, arrays):
    """One colour range per view, shared by all given fields: 99.8 % of the pixels lie inside."""
    limits = []
    for view in range(1 if len(run.shape) < 3 else 2):
        pixels = [
            np.abs(_views(run, component, PROJECTIONS["signed"])[view][1]).ravel()
            for array in arrays
            for component in array.values
        ]
        # The widest field decides, so that a quiet one (a mean) does not make a lively one (a draw) clip.
        highest = [np.nanpercentile(p, 99.8) for p in pixels if np.isfinite(p).any()]
        limits.append(max(highest, default=1.0) or 1.0)
    return limits


def field_map(run, array, title, name, limits=None):
    """A field as map(s): diverging about zero where `limits` (one per view) is given, else sequential."""
    kind = "signed" if limits else "positive"
    rows = [_views(run, component, PROJECTIONS[kind]) for component in array.values]
    several = len(rows[0]) > 1
    figure, axes = _map_grid(run, len(rows), len(rows[0]), heading=title if several else "")
    for c, views in enumerate(rows):
        for v, (where, image) in enumerate(views):
            ax, bar_ax = axes[c][v]
            finite = image[np.isfinite(image)]
            if kind == "signed":
                norm = colors.Normalize(-limits[v], limits[v])
            else:
                low, high = np.percentile(finite, [0.1, 99.9]) if finite.size else (0.0, 1.0)
                norm = colors.Normalize(low, high if high > low else low + (abs(low) or 1.0) * 1e-3)
            cmap = matplotlib.colormaps[SIGNED if kind == "signed" else POSITIVE].copy()
            cmap.set_bad("#b0b0b0")
            shown = ax.imshow(image, origin="lower", extent=_extent(run), cmap=cmap, norm=norm, aspect="auto")
            below = bool(finite.size and finite.min() < norm.vmin)
            above = bool(finite.size and finite.max() > norm.vmax)
            extend = {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[(below, above)]
            bar = figure.colorbar(shown, cax=bar_ax, extend=extend, extendfrac=0.035)
            bar.set_label(label(name, array.unit))
            bar.outline.set_linewidth(0.7)
            bar.locator = ticker.MaxNLocator(7, symmetric=kind == "signed", steps=[1, 2, 2.5, 5, 10])
            bar.formatter.set_powerlimits((-2, 4))
            bar.formatter.set_useMathText(True)
            bar.update_ticks()
            component = f"component {c}" if len(rows) > 1 else ""
            ax.set_title(", ".join(p for p in ("" if several else title, component, where) if p), loc="left")
            _map_axes(run, ax)
    return figure


def _extent(run):
    return (0.0, run.shape[-1] * run.spacing[-1], 0.0, run.shape[-2] * run.spacing[-2])


def _map_axes(run, ax):
    ax.set_xlabel(label("x", run.unit or "grid units"))
    ax.set_ylabel(label("y", run.unit or "grid units"))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(ticker.MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))


def _map_grid(run, rows, columns, bars=True, heading=""):
    """Figure and [row][column] -> (axes of map, of colour bar), at fixed places so that all figures lie alike."""
    head = 0.3 if heading else 0.0
    left, below, above, gap, thick, right = 0.62, 0.52, 0.34, 0.1, 0.13, 0.78
    _, width, _, height = _extent(run)
    # The longer side is 3.6 inches, the other one as the domain has it, within reason.
    aspect = min(max(height / width, 0.25), 4.0)
    across, up = (3.6, 3.6 * aspect) if aspect <= 1.0 else (3.6 / aspect, 3.6)
    cell = (left + across + gap + thick + right, below + up + above)
    total = (cell[0] * columns, cell[1] * rows + head)
    figure = plt.figure(figsize=total)
    figure.text(left / total[0], 1.0 - 0.06 / total[1], heading, ha="left", va="top", fontsize=11.0, color=INK)

    def place(x, y, w, h):
        return figure.add_axes((x / total[0], y / total[1], w / total[0], h / total[1]))

    axes = []
    for r in range(rows):
        axes.append([])
        for c in range(columns):
            x, y = c * cell[0] + left, (rows - 1 - r) * cell[1] + below
            bar = place(x + across + gap, y, thick, up) if bars else None
            axes[-1].append((place(x, y, across, up), bar))
    return figure, axes


def mask_map(run):
    mask = run.mask if run.mask.ndim == 2 else run.mask[run.mask.shape[0] // 2]
    observed, unobserved = "#2b5c8a", "#c9c9c9"
    figure, axes = _map_grid(run, 1, 1, bars=False)
    ax = axes[0][0][0]
    cmap = colors.ListedColormap([unobserved, observed])
    ax.imshow(mask > 0, origin="lower", extent=_extent(run), cmap=cmap, vmin=0, vmax=1, aspect="auto")
    handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in (observed, unobserved)]
    ax.legend(handles, [f"observed, {100.0 * np.mean(run.mask > 0):.1f} %", "not observed"], loc="lower right",
              bbox_to_anchor=(1.0, 1.0), ncol=2, borderaxespad=0.3, handlelength=1.2, columnspacing=1.2)
    ax.set_title("Mask", loc="left")
    _map_axes(run, ax)
    return figure


def _modest_grid(ax):
    ax.grid(True, which="major", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def power_spectrum(run):
    """Median and 68/95 % bands over all draws of all chains, the median of each chain, the prior; ratio to it."""
    trace = run.traces["power_spectrum"]
    bins = run.bins.get("power_spectrum")
    count = trace.values.shape[2]
    k = bins.values if bins is not None and bins.values.shape == (count,) else np.arange(1.0, count + 1.0)
    prior = run.bins.get("power_spectrum_prior")
    prior = prior if prior is not None and prior.values.shape == (count,) else None
    pooled = trace.values.reshape(-1, count)
    pooled = pooled[np.isfinite(pooled).all(axis=1)]
    shown = k > 0
    if not pooled.size or not shown.any():
        return None
    k = k[shown]
    quantiles = np.percentile(pooled[:, shown], [2.5, 16.0, 50.0, 84.0, 97.5], axis=0)

    figure, axes = plt.subplots(
        2 if prior is not None else 1,
        1,
        figsize=(7.4, 5.4 if prior is not None else 4.0),
        sharex=True,
        squeeze=False,
        constrained_layout=True,
        gridspec_kw={"height_ratios": [2.3, 1.0]} if prior is not None else None,
    )
    top = axes[0, 0]
    scales = [(top, np.ones_like(k))]
    if prior is not None:
        scales.append((axes[1, 0], np.where(prior.values[shown] > 0, prior.values[shown], np.nan)))
    chains = trace.values.shape[0]
    for ax, scale in scales:
        first = ax is top
        ax.fill_between(k, quantiles[0] / scale, quantiles[4] / scale, color=BAND, alpha=0.18, linewidth=0,
                        label="95 % of draws" if first else None)
        ax.fill_between(k, quantiles[1] / scale, quantiles[3] / scale, color=BAND, alpha=0.38, linewidth=0,
                        label="68 % of draws" if first else None)
        if 1 < chains <= MOST_LINES:
            for c in range(chains):
                median = np.nanmedian(trace.values[c][:, shown], axis=0)
                ax.plot(k, median / scale, color=BAND, linewidth=0.6, alpha=0.7,
                        label="median of each chain" if first and c == 0 else None)
        ax.plot(k, quantiles[2] / scale, color="#003f66", linewidth=1.5, label="median of all draws" if first else None)
        _modest_grid(ax)
    if prior is not None:
        top.plot(k, prior.values[shown], color=PRIOR, linewidth=1.2, linestyle=(0, (5, 2)), label="prior")
        axes[1, 0].axhline(1.0, color=PRIOR, linewidth=1.2, linestyle=(0, (5, 2)))
        axes[1, 0].set_ylabel("ratio to prior")
        if np.all(quantiles[0] > 0) and np.nanmax(quantiles[4] / scales[1][1]) > 3.0:
            axes[1, 0].set_yscale("log")
            axes[1, 0].yaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
            axes[1, 0].yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
            axes[1, 0].yaxis.set_minor_formatter(ticker.NullFormatter())
    top.set_xscale("log")
    if np.all(quantiles[2] > 0):
        top.set_yscale("log")
    k_unit = (bins.unit if bins is not None else "") or _inverse(run.unit)
    axes[-1, 0].set_xlabel(wavenumber_label(run, k_unit) if bins is not None else "bin")
    top.set_ylabel(label("$C_\\ell$" if is_sky(run) else "P(k)", trace.unit))
    top.legend(loc="best")
    return figure


def is_sky(run):
    """Whether lengths are angles, and wavenumbers multipoles of a flat sky."""
    return run.unit in ("arcmin", "degree")


def wavenumber_label(run, unit):
    return "multipole $\\ell$" if is_sky(run) else label("k", unit)


def _running_mean(values, window):
    """Mean over `window` neighbouring draws; shorter windows at the ends."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    low = np.maximum(index - window // 2, 0)
    high = np.minimum(index + (window + 1) // 2, len(values))
    return (total[high] - total[low]) / (high - low)


def trace(run, name):
    """Every chain of one scalar observable against the step, and its distribution in each chain."""
    array = run.traces[name]
    chains, draws = array.values.shape
    steps_known = run.steps is not None and len(run.steps) == draws
    x = run.steps if steps_known else np.arange(1, draws + 1)
    window = max(1, draws // 50) if name.startswith("acceptance") else 1
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9.6, 2.75), sharey=True, constrained_layout=True, gridspec_kw={"width_ratios": [5.0, 1.0]}
    )
    finite = array.values[np.isfinite(array.values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    edges = np.linspace(low, high, min(41, max(9, int(np.sqrt(draws)) + 1))) if high > low else None
    for c in range(chains):
        colour = CHAINS[c % len(CHAINS)]
        values = array.values[c]
        shown = _running_mean(values, window) if window > 1 and np.isfinite(values).all() else values
        style = {"marker": ".", "markersize": 3} if draws < 60 else {}
        left.plot(x, shown, color=colour, linewidth=0.7 if window == 1 else 1.1, alpha=0.8, label=f"chain {c}", **style)
        if edges is not None and np.isfinite(values).any():
            right.hist(values[np.isfinite(values)], bins=edges, density=True, histtype="step", orientation="horizontal",
                       color=colour, linewidth=1.0)
    for ax in (left, right):
        _modest_grid(ax)
    left.set_xlim(x[0], x[-1] if x[-1] > x[0] else x[0] + 1)
    left.set_xlabel("step" if steps_known else "draw")
    smoothed = f", mean of {window} draws" if window > 1 else ""
    left.set_ylabel(label(name.replace("_", " ") + smoothed, array.unit))
    if name.startswith("acceptance") and low >= 0.0 and high <= 1.0:
        left.set_ylim(-0.03, 1.03)
    else:
        left.yaxis.set_major_formatter(_plain_or_offset(low, high))
    if 1 < chains <= MOST_LINES:
        legend = left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncol=chains, handlelength=1.4,
                             borderaxespad=0.2)
        for line in legend.get_lines():
            line.set(linewidth=1.8, alpha=1.0)
    right.set_xticks([])
    right.set_xlabel("density")
    right.grid(False)
    if edges is None:
        right.text(0.5, 0.5, "constant", transform=right.transAxes, ha="center", va="bottom", color="#666666")
    return figure


def _plain_or_offset(low, high):
    formatter = ticker.ScalarFormatter(useOffset=high - low < 1e-4 * max(abs(low), abs(high)))
    formatter.set_powerlimits((-4, 6))
    return formatter


def bin_diagnostics(run, name):
    """R-hat and effective sample sizes over the bins of an observable, with the limits."""
    statistics = {s: run.diagnostics.get(s, {}).get(name) for s in ("rhat", "ess_bulk", "ess_tail")}
    if any(a is None or a.values.ndim != 1 for a in statistics.values()):
        return None
    if not np.any(statistics["ess_bulk"].values > 0):
        return None  # too few draws to judge
    count = statistics["rhat"].values.size
    bins = run.bins.get(name)
    has_bins = bins is not None and bins.values.shape == (count,) and np.all(bins.values > 0)
    k = bins.values if has_bins else np.arange(1, count + 1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 2.9), constrained_layout=True)
    left.plot(k, statistics["rhat"].values, "o-", color=CHAINS[0], markersize=3.5, linewidth=0.9, label="R-hat")
    left.axhline(RHAT_LIMIT, color=BAD, linewidth=1.0, linestyle="--", label=f"limit {RHAT_LIMIT}")
    left.set_ylabel("R-hat")
    left.yaxis.set_major_formatter(ticker.ScalarFormatter(useOffset=False))
    right.plot(k, statistics["ess_bulk"].values, "o-", color=CHAINS[0], markersize=3.5, linewidth=0.9, label="bulk")
    right.plot(k, statistics["ess_tail"].values, "s-", color=CHAINS[2], markersize=3.0, linewidth=0.9, label="tail")
    right.axhline(ESS_LIMIT, color=BAD, linewidth=1.0, linestyle="--", label=f"limit {ESS_LIMIT:.0f}")
    right.set_yscale("log")
    right.yaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    right.yaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    right.yaxis.set_minor_formatter(ticker.NullFormatter())
    right.set_ylabel("effective sample size")
    for ax in (left, right):
        _modest_grid(ax)
        if has_bins:
            ax.set_xscale("log")
            ax.set_xlabel(wavenumber_label(run, bins.unit or _inverse(run.unit)))
        else:
            ax.set_xlabel("bin")
        ax.legend(loc="best")
    return figure
