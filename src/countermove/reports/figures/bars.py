"""Diverging bars from -1 to 1: which parameters an outcome moves with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countermove.reports.figures import svg
from countermove.reports.figures.palette import GRID, INK, MUTED, PAPER, RULE
from countermove.reports.model import Basis
from countermove.reports.numbers import MINUS

WIDTH, LEFT, RIGHT, TOP, ROW = 460.0, 210.0, 10.0, 4.0, 26.0
SMALL = 11.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One parameter: a solid bar when sourced, an outlined one when it is an assumption."""

    label: str
    basis: Basis
    value: float


def diverging(identity: str, title: str, description: str, bars: Sequence[Bar]) -> str:
    """The SVG: labels at the left, bars around a zero line, the value at the end of each bar."""
    floor = TOP + ROW * len(bars)
    reach = 1.0 if any(abs(b.value) > 0.55 for b in bars) else 0.6

    def x(value: float) -> float:
        return LEFT + 34 + (value + reach) / (2 * reach) * (WIDTH - LEFT - RIGHT - 68)

    body = []
    for tick in (-reach, -reach / 2, 0.0, reach / 2, reach):
        colour = RULE if tick == 0 else GRID
        body.append(svg.line((x(tick), TOP), (x(tick), floor), stroke=colour, stroke_width=1))
        body.append(svg.text(x(tick), floor + 15, _signed(tick, 1), text_anchor="middle", font_size=SMALL, fill=MUTED))
    for k, bar in enumerate(bars):
        body.append(_bar(bar, TOP + ROW * k, x(0.0), x(bar.value)))
    body.extend(_legend(floor + 32))
    return svg.figure(identity, title, description, (WIDTH, floor + 42), body)


def _bar(bar: Bar, top: float, zero: float, end: float) -> str:
    rows = svg.wrap(bar.label, LEFT - 6, SMALL)
    first = top + ROW / 2 + 4 - 6 * (len(rows) - 1)
    parts = [svg.text(0, first + 12 * n, row, font_size=SMALL) for n, row in enumerate(rows)]
    fill = MUTED if bar.basis == "sourced" else PAPER
    left, width = min(zero, end), max(abs(end - zero), 0.5)
    parts.append(svg.rectangle(left, top + 7, width, 12, fill=fill, stroke=MUTED, stroke_width=1.2))
    right = bar.value >= 0
    anchor = "start" if right else "end"
    parts.append(
        svg.text(end + (6 if right else -6), top + 17, _signed(bar.value, 2), text_anchor=anchor, font_size=SMALL, fill=INK)
    )
    return svg.group(parts)


def _legend(y: float) -> list[str]:
    return [
        svg.rectangle(LEFT + 34, y - 8, 16, 9, fill=MUTED, stroke=MUTED),
        svg.text(LEFT + 56, y, "sourced", font_size=SMALL, fill=INK),
        svg.rectangle(LEFT + 124, y - 8, 16, 9, fill=PAPER, stroke=MUTED, stroke_width=1.2),
        svg.text(LEFT + 146, y, "assumption", font_size=SMALL, fill=INK),
    ]


def _signed(value: float, decimals: int) -> str:
    text = f"{value:+.{decimals}f}" if value else "0"
    return text.replace("-", MINUS)
