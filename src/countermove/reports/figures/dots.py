"""Dots with whiskers: one number for several scenarios, and published values beside simulated ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from countermove.reports.figures import svg
from countermove.reports.figures.palette import GRID, INK, MUTED, PAPER, RULE, Style
from countermove.reports.figures.scales import Axis
from countermove.reports.model import Band

ROW, LINE = 40.0, 14.0
TEXT = 12.5
SMALL = 11.5


@dataclass(frozen=True, slots=True)
class Strip:
    """One row: a scenario with its range and the words printed at the right."""

    label: str
    style: Style
    band: Band
    value: str
    spread: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of simulated against published."""

    period: str
    who: str
    simulated: Band
    value: float
    low: float | None
    high: float | None
    verdict: str
    forecast: bool = False


def strips(identity: str, title: str, description: str, axis: Axis, rows: Sequence[Strip], *, width: float = 470.0) -> str:
    """Scenarios below each other on one axis: 90% range thin, 50% range thick, the median marked and printed.

    A name that would touch the number beside it takes two lines, and then every row is as high as that.
    """
    left, right, top = 4.0, 118.0, 6.0
    span = width - left - right
    names = [svg.wrap(row.label, span, TEXT, lines=2) for row in rows]
    step = ROW + LINE * (max(map(len, names), default=1) - 1)
    height = top + step * len(rows) + 24

    def x(value: float) -> float:
        return left + 6 + axis.share(value) * (span - 12)

    body = _value_axis(axis, x, top, height - 22)
    for k, row in enumerate(rows):
        y = top + step * (k + 1) - 13
        colour = row.style.colour
        for line, words in enumerate(reversed(names[k])):
            body.append(svg.text(left + 2, y - 12 - LINE * line, words, fill=colour, font_size=TEXT))
        body.extend(_whisker(row.band, x, y, colour, dashed=row.style.dashed))
        shape = "circle" if row.style.marker == "none" else row.style.marker
        body.append(svg.marker(shape, x(row.band.median), y, 4.6, fill=colour, stroke=PAPER, stroke_width=1))
        body.append(svg.text(width - right + 12, y - 2, row.value, font_size=15, font_weight=600, fill=INK))
        body.append(svg.text(width - right + 12, y + 12, row.spread, font_size=SMALL, fill=MUTED))
    return svg.figure(identity, title, description, (width, height), body)


def published(identity: str, title: str, description: str, axis: Axis, rows: Sequence[Compared]) -> str:
    """Simulated ranges with the published value of the same period: filled circle against open diamond."""
    width, left, right, top, step = 450.0, 138.0, 78.0, 6.0, 30.0
    height = top + step * len(rows) + 24

    def x(value: float) -> float:
        return left + 6 + axis.share(value) * (width - left - right - 12)

    body = _value_axis(axis, x, top, height - 22)
    for k, row in enumerate(rows):
        y = top + step * k + step / 2
        body.append(svg.text(0, y + 4, row.period, font_size=TEXT, font_weight=600))
        start = svg.text_width(row.period, TEXT) + 9
        words = svg.wrap(row.who, left - start - 4, SMALL, lines=2)
        for n, word in enumerate(words):
            body.append(svg.text(start, y + 4 + 12 * n - 6 * (len(words) - 1), word, font_size=SMALL, fill=MUTED))
        body.extend(_whisker(row.simulated, x, y - 4, MUTED))
        body.append(svg.marker("circle", x(row.simulated.median), y - 4, 3.8, fill=INK, stroke=PAPER, stroke_width=1))
        if row.low is not None and row.high is not None:
            body.append(svg.line((x(row.low), y + 7), (x(row.high), y + 7), stroke=INK, stroke_width=1.3))
        body.append(svg.marker("diamond", x(row.value), y + 7, 3.8, fill=PAPER, stroke=INK, stroke_width=1.4))
        weight = 600 if row.verdict == "outside" and not row.forecast else None
        said, colour = ("forecast", MUTED) if row.forecast else (row.verdict, INK)
        body.append(svg.text(width - right + 10, y + 4, said, font_size=SMALL, fill=colour, font_weight=weight))
    return svg.figure(identity, title, description, (width, height), body)


def _value_axis(axis: Axis, x: Callable[[float], float], top: float, floor: float) -> list[str]:
    """Vertical light rules with their values below; labels that would touch are left out from the low end."""
    parts = []
    free = float("inf")
    for tick, label in reversed(list(zip(axis.ticks, axis.labels, strict=True))):
        at = x(tick)
        parts.append(svg.line((at, top), (at, floor), stroke=GRID if tick else RULE, stroke_width=1))
        half = svg.text_width(label, SMALL) / 2
        if at + half + 6 <= free:
            parts.append(svg.text(at, floor + 15, label, text_anchor="middle", font_size=SMALL, fill=MUTED))
            free = at - half
    return parts


def _whisker(band: Band, x: Callable[[float], float], y: float, colour: str, *, dashed: bool = False) -> list[str]:
    """The 90% range as a thin line and the 50% range as a thick one."""
    dash = "4 3" if dashed else None
    return [
        svg.line((x(band.p5), y), (x(band.p95), y), stroke=colour, stroke_width=1.4, stroke_dasharray=dash),
        svg.line((x(band.p25), y), (x(band.p75), y), stroke=colour, stroke_width=6, stroke_opacity=0.5),
    ]
