"""The HTML page of the report: one file, no script, no reference to anything outside."""

import base64
import math
from html import escape

import numpy as np

from .figures import ESS_LIMIT, RHAT_LIMIT
from .reader import deck_files, deck_value
from .sampling import sampling_notices, sampling_tables
from .style import CSS
from .text import in_brackets, number, plain_name, row_name

STATISTICS = (("rhat", "R-hat"), ("ess_bulk", "ESS bulk"), ("ess_tail", "ESS tail"), ("mcse_mean", "MCSE of mean"),
              ("tau_int", "τ [draws]"))
MOST_LOG_LINES = 400
FEW_RHAT_LIMIT = 1.05  # R-hat of a few hundred independent draws stays below, over hundreds of quantities


def _fails(statistic, value):
    if value is None or math.isnan(value):
        return False
    return (statistic == "rhat" and value > RHAT_LIMIT) or (statistic.startswith("ess") and value < ESS_LIMIT)


def _cell(statistic, value):
    if value is None or math.isnan(value):
        return '<td class="none">–</td>'
    if statistic.startswith("ess"):
        shown = f"{value:.0f}"
    else:
        shown = number(value, 5 if statistic == "rhat" else 3)
    return f'<td class="bad">▲ {shown}</td>' if _fails(statistic, value) else f"<td>{shown}</td>"


class Diagnostics:
    """The statistics of the file in rows: (observable, bin or None, {statistic: value})."""

    def __init__(self, run):
        self.rows = []
        names = []
        for statistic, _ in STATISTICS:
            names += [n for n in run.diagnostics.get(statistic, {}) if n not in names]
        for name in sorted(names, key=lambda n: (self._binned(run, n), n)):
            arrays = {s: run.diagnostics.get(s, {}).get(name) for s, _ in STATISTICS}
            count = max(a.values.size for a in arrays.values() if a is not None)
            for b in range(count):
                values = {
                    s: float(a.values.reshape(-1)[b]) if a is not None and b < a.values.size else None
                    for s, a in arrays.items()
                }
                self.rows.append((name, b if self._binned(run, name) else None, values))

    @staticmethod
    def _binned(run, name):
        return any(g[name].values.ndim > 0 for g in run.diagnostics.values() if name in g)

    @staticmethod
    def judged(row):
        """R-hat and both ESS are there. ESS tail is NaN, for one, for an observable of two values."""
        return all(row[2][s] is not None and not math.isnan(row[2][s]) for s in ("rhat", "ess_bulk"))

    def failing(self):
        return [r for r in self.rows if any(_fails(s, v) for s, v in r[2].items())]

    def unjudged(self):
        return [r for r in self.rows if not self.judged(r)]

    def worst(self, name=None):
        """The row furthest beyond (or nearest to) the limits: smallest ESS, with R-hat's excess deciding first."""
        rows = [r for r in self.rows if self.judged(r) and name in (None, r[0])]

        def badness(row):
            rhat, bulk, tail = (row[2][s] for s in ("rhat", "ess_bulk", "ess_tail"))
            ess = min(v for v in (bulk, tail) if v is not None and not math.isnan(v))
            # In units of the limits: 1 at the limit, whichever of the two is the worse decides.
            return max((rhat - 1.0) / (RHAT_LIMIT - 1.0), ESS_LIMIT / ess)

        return max(rows, key=badness, default=None)


def _few_but_sound(diagnostics, draws):
    """So few draws that even independent ones miss the limits; R-hat of such is below FEW_RHAT_LIMIT."""
    rows = [r for r in diagnostics.rows if diagnostics.judged(r)]
    return draws < 2 * ESS_LIMIT and all(
        r[2]["rhat"] <= FEW_RHAT_LIMIT and r[2]["ess_bulk"] >= draws / 4 for r in rows)


def _constant(run, name):
    return name in run.traces and np.ptp(run.traces[name].values) == 0.0


def verdict(run, diagnostics):
    """One sentence on convergence and its class."""
    if not diagnostics.rows:
        return "notice", "The file holds no convergence diagnostics: it does not say how good the draws are."
    failing, unjudged = diagnostics.failing(), diagnostics.unjudged()
    total = len(diagnostics.rows) - len(unjudged)
    tail = ""
    if _constant(run, "acceptance"):
        # As it should be with independent draws: no reason for doubt.
        unjudged = [r for r in unjudged if r[0] != "acceptance"]
        tail = f" The acceptance is {number(float(run.traces['acceptance'].values.flat[0]), 3)} throughout."
    if unjudged:
        names = ", ".join(dict.fromkeys(plain_name(r[0]) for r in unjudged))
        tail += (
            f" Not judged: {names} ({len(unjudged)} of {len(diagnostics.rows)} quantities), because a chain is "
            "constant, too short, or has values that are not finite."
        )
    if total == 0:
        return "notice", "No quantity can be judged." + tail
    worst = diagnostics.worst()
    rhat, bulk = number(worst[2]["rhat"], 5), f"{worst[2]['ess_bulk']:.0f}"
    about = f"worst: {row_name(run, worst)} (R-hat {rhat}, ESS bulk {bulk})."
    limits = f"R-hat ≤ {RHAT_LIMIT} and ESS ≥ {ESS_LIMIT:.0f}"
    chains, draws = run.chains_and_draws
    if failing and _few_but_sound(diagnostics, chains * draws):
        return "notice", (f"Only {chains * draws} draws, nearly independent ones: too few for {limits} everywhere; "
                          f"{about} More draws (run.draws) make the errors smaller.{tail}")
    if failing:
        return "notice bad", f"{len(failing)} of {total} quantities miss {limits}; {about}{tail}"
    return ("notice" if unjudged else "notice good"), f"All {total} judged quantities have {limits}; {about}{tail}"


def _mean_and_sd(run, name, index):
    """Mean and standard deviation of the trace itself, for scale beside the diagnostics."""
    array = run.traces.get(name)
    if array is None:
        return None, None
    values = array.values if index is None else array.values[..., index] if array.values.ndim == 3 else None
    if values is None or not np.isfinite(values).all():
        return None, None
    return float(values.mean()), float(values.std(ddof=1)) if values.size > 1 else None


def diagnostics_tables(run, diagnostics):
    if not diagnostics.rows:
        return "<p>The file holds no diagnostics.</p>"
    groups = {}
    for row in diagnostics.rows:
        groups.setdefault(None if row[1] is None else row[0], []).append(row)
    parts = []
    for name, rows in groups.items():
        bins = run.bins.get(name) if name else None
        modes = run.bins.get(f"{name}_modes") if name else None
        if name:
            unit = run.traces[name].unit if name in run.traces else ""
            first = f"k{in_brackets(bins.unit)}" if bins is not None else "bin"
            parts.append(f"<h3>{plain_name(name)}{in_brackets(unit)}</h3>")
        else:
            first = "observable"
        head = [first] + (["modes"] if modes is not None else []) + ["mean", "standard deviation"]
        head += [title for _, title in STATISTICS]
        worst = diagnostics.worst(name) if name else None
        body = []
        for row in rows:
            observable, index, values = row
            if index is None:
                unit = run.traces[observable].unit if observable in run.traces else ""
                title = plain_name(observable) + in_brackets(unit)
            elif bins is not None and index < bins.values.size:
                title = number(float(bins.values.reshape(-1)[index]), 4)
            else:
                title = str(index)
            mark = '<span class="tag">worst</span>' if row is worst and len(rows) > 1 else ""
            cells = [f"<td>{title}{mark}</td>"]
            if modes is not None:
                known = index < modes.values.size
                cells.append(f"<td>{int(modes.values.reshape(-1)[index]) if known else '–'}</td>")
            cells += [f"<td>{number(v)}</td>" for v in _mean_and_sd(run, observable, index)]
            cells += [_cell(s, values[s]) for s, _ in STATISTICS]
            row_class = ' class="worst"' if mark else ""
            body.append(f"<tr{row_class}>{''.join(cells)}</tr>")
        titles = "".join(f"<th>{h}</th>" for h in head)
        parts.append(f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(body)}</tbody></table>")
    parts.append(
        "<p>R-hat (rank-normalised, split), ESS and MCSE as defined by Vehtari et al. 2021, and the integrated "
        "autocorrelation time τ (Sokal&#x27;s window), computed by the run. "
        f"▲ marks R-hat &gt; {RHAT_LIMIT} or ESS &lt; {ESS_LIMIT:.0f}; a dash, what cannot be judged (a constant "
        "chain, too few draws, values that are not finite; ESS tail also where ties leave no tail). They compare the "
        "chains with each other: an error that all chains share is invisible to them.</p>"
    )
    return "".join(parts)


def _notices(run, diagnostics):
    out = []
    chains, draws = run.chains_and_draws
    status = run.status or {}
    if not run.complete:
        planned = deck_value(run.deck, "draws")
        of = f" of {escape(planned)} planned" if planned else ""
        reason = f" {escape(str(status['advice']))}" if status.get("advice") else ""
        out.append(
            f'<div class="notice bad"><b>This run is not finished.</b> The report covers {draws} draws{of} per chain '
            f"and will change.{reason}</div>"
        )
    if status.get("code") not in (None, 0, 75):
        out.append(
            f'<div class="notice bad"><b>The run ended with exit code {escape(str(status["code"]))}</b>'
            f"{' at step ' + escape(str(status['step'])) if status.get('step') is not None else ''}"
            f"{': ' + escape(str(status['advice'])) if status.get('advice') and run.complete else '.'}</div>"
        )
    kind, sentence = verdict(run, diagnostics)
    out.append(f'<div class="{kind}">{sentence}</div>')
    out += sampling_notices(run)
    if int(run.attributes.get("biased", 0)):
        out.append('<div class="notice"><b>The draws are biased.</b> The sampler '
                   f'{escape(str(run.attributes.get("sampler", "")))} has no accept test: an error of its step size remains '
                   "that R-hat and ESS do not show. Compare with an exact sampler, halve the step, or record the virial.</div>")
    if run.notes:
        items = "".join(f"<li>{escape(note)}</li>" for note in run.notes)
        out.append(f'<div class="notice"><b>Not everything is here.</b><ul>{items}</ul></div>')
    return "".join(out)


def _facts(run):
    chains, draws = run.chains_and_draws
    lattice = " × ".join(map(str, run.shape))
    lengths = " × ".join(f"{n * h:.5g}" for n, h in zip(run.shape, run.spacing))
    facts = [
        (run.attributes.get("target", "–"), "target"),
        (run.attributes.get("sampler", "–"), "sampler"),
        (lattice, "lattice"),
        (f"{lengths} {run.unit or 'grid units'}", "domain"),
        (f"{chains} × {draws}", "chains × draws"),
        ("complete" if run.complete else "not finished", "state"),
    ]
    return "".join(f"<div><b>{escape(str(value))}</b><span>{what}</span></div>" for value, what in facts)


def _provenance(run):
    known = ("name", "version", "git_revision", "ranks", "seed", "target", "sampler", "state")
    known += ("format", "format_version")
    rows = [(k.replace("_", " "), run.attributes[k]) for k in known if k in run.attributes]
    files = deck_files(run.deck)
    rows.append(("data files", ", ".join(files) if files else "none named in the deck"))
    rows.append(("stored fields", "{} × {} (chains × draws)".format(*run.stored_draws)))
    hidden = set(known) | {"deck", "shape", "spacing", "unit", "manifest"}
    rows += [(k.replace("_", " "), v) for k, v in sorted(run.attributes.items()) if k not in hidden]
    if run.status:
        rows.append(("status", ", ".join(f"{k}: {v}" for k, v in run.status.items())))
    body = "".join(f"<tr><td>{escape(str(k))}</td><td>{escape(str(v))}</td></tr>" for k, v in rows)
    lines = run.log.splitlines()
    log = "\n".join(lines[-MOST_LOG_LINES:])
    shown = f"last {MOST_LOG_LINES} of {len(lines)} lines" if len(lines) > MOST_LOG_LINES else f"{len(lines)} lines"
    return (
        f'<table class="provenance"><tbody>{body}</tbody></table>'
        + (f"<details open><summary>Resolved deck</summary><pre>{escape(run.deck)}</pre></details>" if run.deck else "")
        + (f"<details><summary>run.log ({shown})</summary><pre>{escape(log)}</pre></details>" if run.log else "")
    )


def _figure(picture):
    data = base64.b64encode(picture.png).decode("ascii")
    width = int.from_bytes(picture.png[16:20], "big") // 3 * 2  # of the PNG's header; shown at 1.5 pixels to one
    return (
        f'<figure id="{escape(picture.name)}"><img alt="{escape(picture.alt)}" style="max-width: {width}px" '
        f'src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )


def page(run, pictures):
    """The whole page. `pictures` have name, section, alt, caption and png (bytes)."""
    diagnostics = Diagnostics(run)
    name = str(run.attributes.get("name", run.directory.name))

    def section(title, key, layout):
        shown = [p for p in pictures if p.section == key]
        if not shown:
            return ""
        return f'<h2>{title}</h2><div class="{layout}">{"".join(map(_figure, shown))}</div>'

    field_layout = "wide" if len(run.shape) == 3 else "maps"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)} – scorefield report</title><style>{CSS}</style></head><body>"
        f"<h1>{escape(name)}</h1><p class=\"subtitle\">scorefield {escape(str(run.attributes.get('version', '')))}, "
        f"revision {escape(str(run.attributes.get('git_revision', 'unknown')))}</p>"
        + _notices(run, diagnostics)
        + f'<div class="facts">{_facts(run)}</div>'
        + section("Fields", "fields", field_layout)
        + section("Power spectrum", "spectrum", "wide")
        + section("Traces", "traces", "wide")
        + "<h2>Convergence</h2>"
        + "".join(f'<div class="wide">{_figure(p)}</div>' for p in pictures if p.section == "convergence")
        + f'<div class="tables"><div>{diagnostics_tables(run, diagnostics)}</div></div>'
        + f'<h2>Sampling</h2><div class="tables">{sampling_tables(run, diagnostics)}</div>'
        + "<h2>Provenance</h2>"
        + _provenance(run)
        + "<footer>Made by scorefield report. Pictures of this page are in figures/.</footer></body></html>\n"
    )
