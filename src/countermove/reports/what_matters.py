"""The page of what would change the answer: `what-matters.html` and `what-matters.json`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermove.reports.build.outcomes import print_of
from countermove.reports.figures import bars, svg
from countermove.reports.figures.palette import GRID, INK, MUTED, PAPER, RULE
from countermove.reports.numbers import MINUS
from countermove.reports.strategy import page, safe, write_both

SHAPES = ("circle", "diamond", "square")
MOST_CONFLICTS = 10
SMALL = 11.5


def write_what_matters(body: Mapping[str, Any], folder: Path) -> Path:
    """Write the page and its JSON into a folder and return the page; EnvironmentProblem where it cannot be written."""
    return write_both(folder, "what-matters", body, render(body))


def render(body: Mapping[str, Any]) -> str:
    """The page as HTML text, everything inline."""
    return page(
        "what_matters.html.j2",
        body=body,
        figures={name: safe(_drivers(name, one)) for name, one in body["headlines"].items() if one["drivers"]},
        shifts=safe(shift_chart("shifts", body)) if body["conflicts"] else "",
        shown=lambda name, value, signed=False: printed(name, _unit(body, name), value, signed=signed),
        percent=percent,
    )


def printed(name: str, unit: str, value: float, *, signed: bool = False) -> str:
    """A value of an outcome as the page prints it: shares in percent, money with its sign, dates as years."""
    how = print_of(unit, name)
    if how.display == "year":
        if signed:
            return f"{12 * value:+.1f} months".replace("-", MINUS)
        return "after 2032" if value >= 2033 else f"{value:.1f}"
    factor, suffix = (100.0, "%") if how.display == "percent" else (1.0, "")
    number = value * factor
    size = abs(number)
    decimals = 0 if size >= 99.5 else 1 if size >= 9.95 else 2 if size >= 0.0995 else 3 if size > 0 else 0
    sign = "+" if signed and number > 0 else MINUS if number < 0 else ""
    if signed and suffix:
        suffix = " points"
    money = " bn" if unit.endswith("_bn") else ""
    return f"{sign}{how.prefix}{size:,.{decimals}f}{suffix}{money}"


def percent(value: float, *, signed: bool = False) -> str:
    """A share in percent."""
    text = f"{100 * value:+.0f}%" if signed else f"{100 * value:.0f}%"
    return text.replace("-", MINUS)


def _unit(body: Mapping[str, Any], name: str) -> str:
    found = body["headlines"].get(name) or body["denial"]["outcomes"][name]
    return str(found["unit"])


def _drivers(name: str, one: Mapping[str, Any]) -> str:
    """Bars of the rank correlations of one headline with its strongest assumptions."""
    found = [bars.Bar(driver["label"], driver["basis"], driver["correlation"]) for driver in one["drivers"]]
    said = "; ".join(f"{bar.label} {bar.value:+.2f} ({bar.basis})" for bar in found).replace("-", MINUS)
    title = f"{one['label']}: rank correlation with its strongest assumptions"
    return bars.diverging(f"drivers-{name.replace('_', '-')}", title, f"{said}.", found)


def shift_chart(identity: str, body: Mapping[str, Any]) -> str:
    """Where the median of the most moved headline goes when each side of a conflict is believed.

    The scale is the width of that headline's 90% range; zero is the median with the whole prior. One mark per side, numbered.
    """
    rows = body["conflicts"][:MOST_CONFLICTS]
    left, width, step, top = 300.0, 380.0, 44.0, 8.0
    floor = top + step * len(rows)
    moved = [abs(side["shifts"][row["largest"]["outcome"]]) for row in rows for side in row["sides"]]
    reach = next(limit for limit in (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 10.0) if max(moved, default=0.0) <= limit)

    def x(share: float) -> float:
        return left + width * (share + reach) / (2 * reach)

    marks = []
    for tick in (-reach, -reach / 2, 0.0, reach / 2, reach):
        marks.append(svg.line((x(tick), top), (x(tick), floor), stroke=RULE if tick == 0 else GRID, stroke_width=1))
        label = percent(tick, signed=True) if tick else "0"
        marks.append(svg.text(x(tick), floor + 16, label, text_anchor="middle", font_size=SMALL, fill=MUTED))
    for k, row in enumerate(rows):
        marks += _shift_row(row, body["headlines"][row["largest"]["outcome"]]["label"], x, top + step * k, left, step)
    legend = "one mark per side, numbered as in the table: 1 circle, 2 diamond, 3 square"
    marks.append(svg.text(0, floor + 36, legend, font_size=SMALL, fill=MUTED))
    about = "; ".join(f"{row['label']}: {percent(row['largest']['share'])} between its sides" for row in rows)
    return svg.figure(
        identity, "Which conflict between sources moves which headline", f"{about}.", (left + width + 20, floor + 46), marks
    )


def _shift_row(row: Mapping[str, Any], outcome: str, x: Any, y: float, left: float, step: float) -> list[str]:
    """One conflict: its parameter, the headline it moves most, and a mark for each side."""
    parts = []
    label = svg.wrap(row["label"], left - 20, SMALL, lines=2)
    for n, line in enumerate(label):
        parts.append(svg.text(0, y + 13 + 12 * n, line, font_size=SMALL, fill=INK))
    parts.append(svg.text(0, y + 13 + 12 * len(label), outcome, font_size=10, fill=MUTED))
    places = [x(side["shifts"][row["largest"]["outcome"]]) for side in row["sides"]]
    middle = y + step / 2 - 4
    parts.append(svg.line((min(places), middle), (max(places), middle), stroke=MUTED, stroke_width=1.5))
    for number, place in enumerate(places):
        shape = SHAPES[number % len(SHAPES)]
        fill = PAPER if number == 0 else INK
        parts.append(svg.marker(shape, place, middle, 4.6, fill=fill, stroke=INK, stroke_width=1.4))
        parts.append(svg.text(place, middle + 17, str(number + 1), text_anchor="middle", font_size=10, fill=MUTED))
    return parts
