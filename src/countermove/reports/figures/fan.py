"""Fan charts: medians over time with their 50% and 90% ranges, history before the line that ends the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countermove.reports.figures import svg
from countermove.reports.figures.palette import (
    BAND_50_OPACITY,
    BAND_90_OPACITY,
    GRID,
    INK,
    MUTED,
    PAPER,
    RULE,
    Style,
)
from countermove.reports.figures.scales import Axis, spread
from countermove.reports.model import Band
from countermove.reports.numbers import HORIZON_YEAR

SMALL = 11.5  # pixels of axis and annotation text
LABEL = 12.5


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario in a chart: bands at decimal years; `shaded` draws the ranges, `ended` a whisker at the end."""

    label: str
    style: Style
    positions: tuple[float, ...]
    bands: tuple[Band, ...]
    value: str = ""  # printed after the label at the end of the line
    shaded: bool = True
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A published value beside the simulated ones, with its own range when the source gives one."""

    position: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Frame:
    """Size in pixels, margins, and the span of years."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    start: float
    end: float
    today: float
    today_label: str = "evidence ends"

    def x(self, year: float) -> float:
        """Horizontal position of a decimal year."""
        return self.left + (year - self.start) / (self.end - self.start) * (self.width - self.left - self.right)

    def y(self, axis: Axis, value: float) -> float:
        """Vertical position of a value."""
        return self.height - self.bottom - axis.share(value) * (self.height - self.top - self.bottom)

    @property
    def plot_right(self) -> float:
        """Right edge of the plotting area."""
        return self.width - self.right

    @property
    def floor(self) -> float:
        """Bottom edge of the plotting area."""
        return self.height - self.bottom


def wide_frame(today: float, start: float, axis: Axis, *, whiskers: int = 0) -> Frame:
    """The frame of a large chart, with room at the right for whiskers and for labels of about 150 pixels."""
    width, height = (600, 330) if whiskers else (560, 310)
    return Frame(width, height, _tick_room(axis), 160 + 14.0 * whiskers, 26, 28, start, HORIZON_YEAR, today)


def small_frame(today: float, start: float, axis: Axis, values: Sequence[str]) -> Frame:
    """The frame of one panel among small multiples; the same margins for all panels of an outcome."""
    right = max((svg.text_width(v, LABEL) for v in values), default=0.0) + 14
    return Frame(210, 146, _tick_room(axis), right, 12, 22, start, HORIZON_YEAR, today, today_label="")


def _tick_room(axis: Axis) -> float:
    """Width that the tick labels need at the left."""
    return max(svg.text_width(_tick_text(label), SMALL) for label in axis.labels) + 9


def _tick_text(label: str) -> str:
    """A tick label beside the axis: the word "months" is in the caption already."""
    return label.removesuffix(" months")


def fan_chart(
    identity: str,
    title: str,
    description: str,
    axis: Axis,
    lines: Sequence[Line],
    frame: Frame,
    marks: Sequence[Mark] = (),
) -> str:
    """The SVG of one fan chart; lines later in the sequence are drawn above earlier ones."""
    body = [
        *_axes(axis, frame),
        *(_bands(line, axis, frame) for line in lines if line.shaded),
        *_today(frame),
        *(_median(line, axis, frame) for line in lines),
        *(_mark(mark, axis, frame) for mark in marks),
        *_whiskers(lines, axis, frame),
        *_end_labels(lines, axis, frame),
    ]
    return svg.figure(identity, title, description, (frame.width, frame.height), body)


def _axes(axis: Axis, frame: Frame) -> list[str]:
    """Light horizontal rules with their values, and years centred between the ticks of their borders."""
    parts = []
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        y = frame.y(axis, tick)
        parts.append(svg.line((frame.left, y), (frame.plot_right, y), stroke=GRID if tick else RULE, stroke_width=1))
        parts.append(svg.text(frame.left - 6, y + 4, _tick_text(label), text_anchor="end", fill=MUTED, font_size=SMALL))
    floor = frame.floor
    parts.append(svg.line((frame.left, floor), (frame.plot_right, floor), stroke=RULE, stroke_width=1))
    year_width = frame.x(1.0) - frame.x(0.0)
    every = 1 if year_width >= 34 else 2 if year_width >= 17 else 5
    for year in range(int(frame.start), int(frame.end) + 1):
        parts.append(svg.line((frame.x(year), floor), (frame.x(year), floor + 4), stroke=RULE, stroke_width=1))
        if (year - int(frame.start)) % every == 0 and year < frame.end:
            parts.append(svg.text(frame.x(year + 0.5), floor + 17, str(year), text_anchor="middle", fill=MUTED, font_size=SMALL))
    return parts


def _today(frame: Frame) -> list[str]:
    """The vertical line between what the evidence covers and what only the model says."""
    x = frame.x(frame.today)
    rule = svg.line((x, frame.top - 8), (x, frame.floor), stroke=MUTED, stroke_width=1)
    if not frame.today_label:
        return [rule]
    words = svg.text(x + 5, frame.top - 9, frame.today_label, fill=MUTED, font_size=SMALL)
    return [rule, words]


def _bands(line: Line, axis: Axis, frame: Frame) -> str:
    """The 90% range light and the 50% range darker, both without an outline."""
    xs = [frame.x(p) for p in line.positions]
    parts = []
    for low, high, opacity in ((0, 4, BAND_90_OPACITY), (1, 3, BAND_50_OPACITY)):
        upper = [(x, frame.y(axis, b.values[high])) for x, b in zip(xs, line.bands, strict=True)]
        lower = [(x, frame.y(axis, b.values[low])) for x, b in zip(xs, line.bands, strict=True)]
        shape = svg.path([*upper, *reversed(lower)], closed=True, fill=line.style.colour, fill_opacity=opacity)
        parts.append(shape)
    return svg.group(parts, class_="bands")


def _median(line: Line, axis: Axis, frame: Frame) -> str:
    """The median as a line, with the marker of its scenario at every second year and at the end."""
    points = [(frame.x(p), frame.y(axis, b.median)) for p, b in zip(line.positions, line.bands, strict=True)]
    style = line.style
    stroke = svg.path(
        points,
        fill="none",
        stroke=style.colour,
        stroke_width=1.8 if style.dashed else 2.2,
        stroke_dasharray="5 3.5" if style.dashed else None,
        stroke_linejoin="round",
        class_="median",
    )
    future = [i for i, p in enumerate(line.positions) if p > frame.today and float(p).is_integer()]
    middles = [i for i, p in enumerate(line.positions) if p > frame.today and not float(p).is_integer()]
    where = (future or middles)[::2] if len(line.positions) <= 20 else [len(points) - 1]
    dots = (svg.marker(style.marker, *points[i], 3.4, fill=style.colour, stroke=PAPER, stroke_width=0.8) for i in where)
    return svg.group([stroke, *dots])


def _mark(mark: Mark, axis: Axis, frame: Frame) -> str:
    """A published value: an open diamond, with a thin line for its stated range."""
    x = frame.x(mark.position)
    parts = []
    if mark.low is not None and mark.high is not None:
        ends = (x, frame.y(axis, mark.low)), (x, frame.y(axis, mark.high))
        parts.append(svg.line(*ends, stroke=INK, stroke_width=1.3))
    parts.append(svg.marker("diamond", x, frame.y(axis, mark.value), 3.8, fill=PAPER, stroke=INK, stroke_width=1.4))
    return svg.group(parts, class_="published")


def _whiskers(lines: Sequence[Line], axis: Axis, frame: Frame) -> list[str]:
    """Beside the last period: the 90% range thin and the 50% range thick, one whisker per scenario."""
    parts = []
    for k, line in enumerate(one for one in lines if one.ended and one.bands):
        x = frame.plot_right + 10 + 14 * k
        ys = [frame.y(axis, v) for v in line.bands[-1].values]
        colour = line.style.colour
        parts.append(svg.line((x, ys[0]), (x, ys[4]), stroke=colour, stroke_width=1.2))
        parts.append(svg.line((x, ys[1]), (x, ys[3]), stroke=colour, stroke_width=5, stroke_opacity=0.55))
        shape = "circle" if line.style.marker == "none" else line.style.marker
        parts.append(svg.marker(shape, x, ys[2], 3.6, fill=colour, stroke=PAPER, stroke_width=0.8))
    return parts


def _end_labels(lines: Sequence[Line], axis: Axis, frame: Frame) -> list[str]:
    """The name and last value of every labelled line, moved apart so that none covers another."""
    named = [line for line in lines if (line.label or line.value) and line.bands]
    if not named:
        return []
    whiskers = sum(line.ended for line in lines)
    x = frame.plot_right + (14.0 * whiskers + 12.0 if whiskers else 8.0)
    room = frame.width - x - 2
    rows = [_label_rows(line, room) for line in named]
    tallest = max(len(r) for r in rows) * 14.0 + 5.0
    wanted = [frame.y(axis, line.bands[-1].median) for line in named]
    tops = spread(wanted, tallest, frame.top + 2, frame.floor - 4)
    parts = []
    for line, words, target, y in zip(named, rows, wanted, tops, strict=True):
        if whiskers and abs(target - y) > 2:
            parts.append(svg.line((x - 9, target), (x - 3, y), stroke=line.style.colour, stroke_width=0.8, stroke_opacity=0.6))
        first = y + 4 - 7.0 * (len(words) - 1)
        for k, row in enumerate(words):
            weight = 600 if row == line.value else None
            parts.append(
                svg.text(x, first + 14 * k, row, fill=line.style.colour, font_size=LABEL if weight else SMALL, font_weight=weight)
            )
    return parts


def _label_rows(line: Line, room: float) -> list[str]:
    """Lines of text of one end label: the name in up to three lines, the value below."""
    names = svg.wrap(line.label, room, SMALL, lines=3) if line.label else []
    return [*names, line.value] if line.value else names
