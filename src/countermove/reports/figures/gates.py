"""The two gates over time: one lane per gate, with the state shown by filling and pattern, never by colour alone.

open: white with an outline; restricted: hatched; closed: solid; unknown: dotted with a question mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countermove.reports.figures import svg
from countermove.reports.figures.palette import BEIJING, INK, MUTED, PAPER, RULE, WASHINGTON
from countermove.reports.figures.scales import spread
from countermove.reports.model import GateState, Government
from countermove.reports.numbers import HORIZON_YEAR

WIDTH = 920.0
LEFT, RIGHT, TOP = 236.0, 8.0, 30.0
LANE, BAR = 40.0, 20.0
STATES: tuple[tuple[GateState, str], ...] = (
    ("open", "open"),
    ("restricted", "restricted: licence, review, ceiling or bundle"),
    ("closed", "closed"),
    ("unknown", "unknown"),
)
TODAY = "evidence ends; beyond it, what each scenario assumes"
NAMES: dict[Government, str] = {"washington": "Washington", "beijing": "Beijing"}
COLOURS: dict[Government, str] = {"washington": WASHINGTON, "beijing": BEIJING}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one state, in decimal years, with the number of its row in the table below the figure."""

    start: float
    end: float
    state: GateState
    key: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One gate of one government."""

    government: Government
    label: str
    stretches: tuple[Stretch, ...]


def gate_timeline(identity: str, title: str, description: str, lanes: Sequence[Lane], *, start: float, today: float) -> str:
    """The SVG of the timeline, with a legend of the four states."""
    floor = TOP + LANE * len(lanes)
    height = floor + 56

    def x(year: float) -> float:
        inside = min(max(year, start), HORIZON_YEAR)
        return LEFT + (inside - start) / (HORIZON_YEAR - start) * (WIDTH - LEFT - RIGHT)

    body = [svg.element("defs", _patterns(identity))]
    for year in range(int(start), int(HORIZON_YEAR) + 1):
        body.append(svg.line((x(year), TOP - 6), (x(year), floor), stroke=RULE, stroke_width=0.6, stroke_opacity=0.7))
        if year < HORIZON_YEAR:
            body.append(svg.text(x(year + 0.5), floor + 15, str(year), text_anchor="middle", font_size=11.5, fill=MUTED))
    for k, lane in enumerate(lanes):
        y = TOP + LANE * k + (LANE - BAR) / 2
        body.extend(_lane_name(lane, y))
        bars = [(s, x(s.start), max(x(s.end), x(s.start) + 1.5)) for s in lane.stretches]
        body.extend(_bar(identity, s, left, right, y) for s, left, right in bars)
        body.extend(_keys_above([(s.key, left, right) for s, left, right in bars if not _fits(s, right - left)], y))
    body.append(svg.line((x(today), TOP - 10), (x(today), floor), stroke=INK, stroke_width=1.2))
    body.append(
        svg.text(x(today) + 5, TOP - 12, "evidence ends; beyond it, what each scenario assumes", font_size=11.5, fill=MUTED)
    )
    body.extend(_legend(identity, floor + 32))
    return svg.figure(identity, title, description, (WIDTH, height), body)


def _patterns(identity: str) -> str:
    """Hatching and dots; their identifiers start with the figure's, so that two figures never share one."""
    stripe = svg.line((0, 0), (0, 6), stroke=MUTED, stroke_width=2.6)
    dot = svg.element("circle", cx=3, cy=3, r=1.1, fill=MUTED)
    units = {"patternUnits": "userSpaceOnUse", "width": 6, "height": 6}
    hatched = svg.element("pattern", stripe, id=f"{identity}-hatch", patternTransform="rotate(45)", **units)
    return hatched + svg.element("pattern", dot, id=f"{identity}-dots", **units)


def _fill(identity: str, state: GateState) -> str:
    fills = {"open": PAPER, "restricted": f"url(#{identity}-hatch)", "closed": "#55524e", "unknown": f"url(#{identity}-dots)"}
    return fills[state]


def _lane_name(lane: Lane, y: float) -> list[str]:
    """The government in its colour and, below it, which gate."""
    name = svg.text(0, y + 7, NAMES[lane.government], font_size=12.5, font_weight=600, fill=COLOURS[lane.government])
    rows = svg.wrap(lane.label, LEFT - 12, 11.5, lines=1)
    return [name, *(svg.text(0, y + 21 + 12 * n, row, font_size=11.5, fill=INK) for n, row in enumerate(rows))]


def _fits(stretch: Stretch, width: float) -> bool:
    """Whether the number of a stretch has room inside its bar."""
    return width >= _tag_width(stretch.key) + 3


def _tag_width(key: str) -> float:
    return svg.text_width(key, 11) + 6


def _bar(identity: str, stretch: Stretch, left: float, right: float, y: float) -> str:
    """A bar in the filling of its state, with its number on a white tag where there is room."""
    width, tag = right - left, _tag_width(stretch.key)
    parts = [
        svg.rectangle(left, y, width, BAR, fill=PAPER),
        svg.rectangle(left, y, width, BAR, fill=_fill(identity, stretch.state), stroke=INK, stroke_width=0.8),
    ]
    if _fits(stretch, width):
        centre = left + width / 2 if width < 60 else left + tag / 2 + 5
        parts.append(svg.rectangle(centre - tag / 2, y + 3, tag, BAR - 6, rx=3, fill=PAPER))
        parts.append(svg.text(centre, y + 14, stretch.key, text_anchor="middle", font_size=11))
    return svg.group(parts)


def _keys_above(narrow: Sequence[tuple[str, float, float]], y: float) -> list[str]:
    """Numbers of bars too narrow to hold them, moved apart above the lane."""
    if not narrow:
        return []
    gap = max(svg.text_width(key, 10.5) for key, _, _ in narrow) + 3
    placed = spread([(left + right) / 2 for _, left, right in narrow], gap, LEFT, WIDTH - RIGHT)
    return [
        svg.text(at, y - 3, key, text_anchor="middle", font_size=10.5) for (key, _, _), at in zip(narrow, placed, strict=True)
    ]


def _legend(identity: str, y: float) -> list[str]:
    """The four states in words beside their filling."""
    parts = []
    x = LEFT
    for state, words in STATES:
        parts.append(svg.rectangle(x, y, 24, 13, fill=_fill(identity, state), stroke=INK, stroke_width=0.8))
        parts.append(svg.text(x + 30, y + 11, words, font_size=11.5, fill=INK))
        x += 30 + svg.text_width(words, 11.5) + 18
    return parts
