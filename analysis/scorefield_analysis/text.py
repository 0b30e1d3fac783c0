"""Numbers, units and names as the page writes them."""

import math
import re
from html import escape

from .figures import tidy_unit


def html_unit(unit):
    """'arcmin^2' with a superscript; '' for numbers without a unit."""
    return "" if not tidy_unit(unit) else re.sub(r"\^\{?(-?\d+)\}?", r"<sup>\1</sup>", escape(unit))


def in_brackets(unit):
    unit = html_unit(unit)
    return f" [{unit}]" if unit else ""


def plain_name(name):
    return escape(name.replace("_", " "))


def number(value, digits=4):
    """A number for a table; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–" if value is None or math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < 7:
        # Digits before the point are never rounded away: 123456 stays 123456.
        return f"{value:.{max(0, digits - 1 - exponent)}f}".replace("-", "−")
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(power)}".replace("-", "−")


def table(head, rows):
    """Of cells that are HTML already; a cell that begins with <td is taken as it is."""
    titles = "".join(f"<th>{h}</th>" for h in head)
    body = "".join(
        "<tr>" + "".join(c if c.startswith("<td") else f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def marked(text, is_bad):
    return f'<td class="bad">▲ {text}</td>' if is_bad else f"<td>{text}</td>"


def row_name(run, row):
    name, index, _ = row
    if index is None:
        return plain_name(name)
    bins = run.bins.get(name)
    if bins is not None and index < bins.values.size:
        unit = html_unit(bins.unit)
        return f"{plain_name(name)} at {number(float(bins.values.reshape(-1)[index]), 3)}{' ' + unit if unit else ''}"
    return f"{plain_name(name)}, bin {index}"
