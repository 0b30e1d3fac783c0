"""How the draws were made: chains, costs, means that theory knows, derived figures."""

import math

import numpy as np

from .derived import BLOCK_TIMES, magnetic
from .text import in_brackets, marked, number, plain_name, row_name, table

LOW_BFMI = 0.3
LARGEST_Z = 5.0
MOST_CHAINS = 16  # that get a row each


def _finite(values):
    return values[np.isfinite(values)]


def known_means(run):
    """(row as in Diagnostics, mean, MCSE, expected, z or NaN) of each value whose mean is known under the target."""
    found = []
    errors = run.diagnostics.get("mcse_mean", {})
    for name, expected in sorted(run.expected.items()):
        if name not in run.traces or name not in errors:
            continue
        values = run.traces[name].values
        wanted, error = expected.values.reshape(-1), errors[name].values.reshape(-1)
        means = values.reshape(values.shape[0] * values.shape[1], -1).mean(axis=0)
        if not len(means) == len(wanted) == len(error):
            continue
        for b, (mean, mcse, value) in enumerate(zip(means, error, wanted)):
            z = (mean - value) / mcse if mcse > 0 else math.nan
            found.append(((name, b if expected.values.ndim else None, {}), float(mean), float(mcse), float(value), float(z)))
    return found


def sampling_notices(run):
    """What the chains counted, or theory knows, that must not be overlooked."""
    out = []
    divergences = run.of_chains.get("divergences", np.zeros(0)).sum()
    if divergences > 0:
        out.append(f"<b>{divergences:.0f} trajectories diverged</b> after the warm-up: the draws miss what lies where they "
                   "did. Raise sampler.target_acceptance, or write the target in other parameters.")
    bfmi = run.of_chains.get("ebfmi", np.zeros(0))
    low = np.count_nonzero(bfmi < LOW_BFMI)
    if low:
        out.append(f"<b>E-BFMI of {low} of {bfmi.size} chains is below {LOW_BFMI}</b> (lowest: "
                   f"{number(float(_finite(bfmi).min()), 2)}): fresh momenta move them through the energies too slowly, and "
                   "the tails are explored badly, whatever R-hat says. Write the target in other parameters.")
    missed = [k for k in known_means(run) if abs(k[4]) > LARGEST_Z]
    if missed:
        row, mean, error, expected, z = max(missed, key=lambda k: abs(k[4]))
        biased = " The sampler has no accept test: this is its bias." if int(run.attributes.get("biased", 0)) else ""
        out.append(f"<b>The mean of {row_name(run, row)} misses what theory says</b>: {number(mean)} ± {number(error, 2)} "
                   f"instead of {number(expected)} (z = {number(z, 3)}). The draws are not from this target, or too few to "
                   f"know their error.{biased}")
    return [f'<div class="notice bad">{text}</div>' for text in out]


def _chains(run):
    chains, _ = run.chains_and_draws
    columns = {name: values for name, values in run.of_chains.items() if values.shape == (chains,)}
    acceptance = run.traces.get("acceptance")
    if acceptance is not None and acceptance.values.ndim == 2:
        columns["acceptance"] = acceptance.values.mean(axis=1)
    kinds = (  # name, title, of all chains, digits (None: a count), is bad
        ("acceptance", "acceptance", np.mean, 3, lambda v: False),
        ("divergences", "divergences", np.sum, None, lambda v: v > 0),
        ("ebfmi", "E-BFMI", lambda v: _finite(v).min() if len(_finite(v)) else math.nan, 3, lambda v: v < LOW_BFMI),
        ("gradients", "gradients", np.sum, None, lambda v: False),
    )
    kinds = [kind for kind in kinds if kind[0] in columns]
    if not kinds:
        return ""

    def cells(pick):
        values = [(pick(columns[name], of_all), digits, is_bad) for name, _, of_all, digits, is_bad in kinds]
        return [marked(f"{v:.0f}" if digits is None else number(float(v), digits), is_bad(v)) for v, digits, is_bad in values]

    rows = [[f"chain {c}"] + cells(lambda v, _, c=c: v[c]) for c in range(chains) if chains <= MOST_CHAINS]
    rows.append(["all"] + cells(lambda v, of_all: of_all(v)))
    return ("<div><h3>Chains</h3>" + table([""] + [kind[1] for kind in kinds], rows)
            + "<p>The last row: mean, sum, lowest, sum. Steps after the warm-up. E-BFMI (Betancourt 2016) of the total energy at every step, where momenta are "
            f"drawn anew (hmc, nuts); ▲ marks it below {LOW_BFMI}. Gradients: evaluations by the sampler.</p></div>")


def _ess(row):
    """The smaller one of bulk and tail; NaN where neither is known."""
    known = [v for v in (row[2].get("ess_bulk"), row[2].get("ess_tail")) if v is not None and not math.isnan(v)]
    return min(known, default=math.nan)


def _costs(run, diagnostics):
    gradients, seconds = run.of_chains.get("gradients", np.zeros(0)).sum(), run.sampling_seconds
    if not gradients and seconds is None:
        return ""
    worst = {}
    for row in diagnostics.rows:
        if not math.isnan(_ess(row)) and (row[0] not in worst or _ess(row) < _ess(worst[row[0]])):
            worst[row[0]] = row
    if not worst:
        return ""
    order = sorted(worst, key=lambda name: (name != "energy", name))
    head = ["worst value of", "ESS"] + (["ESS per gradient"] if gradients else [])
    rows = []
    for name in order:
        ess = _ess(worst[name])
        per_gradient = [number(ess / gradients, 3)] if gradients else []
        rows.append([row_name(run, worst[name]), f"{ess:.0f}"] + per_gradient
                    + ([number(ess / seconds, 3)] if seconds else []))
    spent = [f"{gradients:.0f} gradients"] if gradients else []
    spent += [f"{number(seconds, 3)} s of wall clock on {run.status.get('ranks', '?')} ranks"] if seconds else []
    return ("<div><h3>Cost</h3>" + table(head + (["ESS per second"] if seconds else []), rows)
            + f"<p>The smaller one of bulk and tail ESS, by {' and '.join(spent)} after the warm-up, all chains "
            "together.</p></div>")


def _theory(run):
    rows = [[row_name(run, row) + in_brackets(run.traces[row[0]].unit), number(expected), number(mean), number(error, 3),
             marked(number(z, 3), abs(z) > LARGEST_Z)] for row, mean, error, expected, z in known_means(run)]
    if not rows:
        return ""
    return ("<div><h3>Known means</h3>" + table(["", "expected", "mean", "MCSE", "z"], rows)
            + f"<p>z = (mean − expected) / MCSE; ▲ marks |z| &gt; {LARGEST_Z:.0f}. It shows a bias that all chains share, "
            "which R-hat and ESS do not.</p></div>")


def _derived(run):
    figures, length = magnetic(run)
    if not figures:
        return ""
    rows = [[d.symbol, d.meaning, number(d.value), number(d.error, 2)] for d in figures]
    times = run.diagnostics.get("tau_int", {}).get("magnetisation_moments")
    tau = float(_finite(times.values).max()) if times is not None and len(_finite(times.values)) else math.nan
    short = (f" The blocks are shorter than {BLOCK_TIMES:.0f} autocorrelation times of {number(tau, 3)} draws: these errors "
             "are too small." if length < BLOCK_TIMES * tau else "")
    return ("<div><h3>" + plain_name("magnetisation") + "</h3>" + table(["", "", "value", "error"], rows)
            + f"<p>V is the number of sites. Errors by the jackknife over blocks of {length} draws.{short}</p></div>")


def sampling_tables(run, diagnostics):
    parts = [_chains(run), _costs(run, diagnostics), _theory(run), _derived(run)]
    return "".join(parts) or "<p>The file does not say what the draws cost.</p>"
