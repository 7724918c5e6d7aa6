"""Figures of games: payoff heat maps with best replies marked, survival bars, quantal paths, probabilities before and after.

Every figure has a name, a description and numbers in words, so that no meaning rests on colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countermove.reports.figures import svg
from countermove.reports.figures.palette import BEIJING, GRID, INK, MUTED, PAPER, RULE, SCENARIO_COLOURS, WASHINGTON
from countermove.reports.numbers import MINUS

SMALL = 11.5
SIDES = {"washington": ("Washington", WASHINGTON), "beijing": ("Beijing", BEIJING)}


def heat_map(
    identity: str,
    side: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    best: Sequence[tuple[int, int]],
    stable: Sequence[tuple[int, int]],
) -> str:
    """Payoffs of one side by pair: best replies are framed, stable pairs also carry a diamond; the number stands in each cell."""
    name, colour = SIDES[side]
    left, top, width, height = 110.0, 96.0, 62.0, 30.0
    largest = max((abs(v) for row in values for v in row), default=1.0) or 1.0
    body = [_slanted(column, left + width * (j + 0.5), top - 8) for j, column in enumerate(columns)]
    for i, row in enumerate(rows):
        y = top + height * i
        body.append(svg.text(left - 8, y + height / 2 + 4, row, text_anchor="end", font_size=SMALL))
        for j in range(len(columns)):
            x, value = left + width * j, values[i][j]
            # Strength stays below one half, so that dark text keeps its contrast on both signs.
            tint = colour if value >= 0 else MUTED
            body.append(svg.rectangle(x + 1, y + 1, width - 2, height - 2, fill=tint, fill_opacity=0.45 * abs(value) / largest))
            if (i, j) in best:
                body.append(svg.rectangle(x + 2, y + 2, width - 4, height - 4, fill="none", stroke=INK, stroke_width=2))
            if (i, j) in stable:
                body.append(svg.marker("diamond", x + width - 10, y + height / 2, 4, fill=INK))
            body.append(svg.text(x + 8, y + height / 2 + 4, signed(value), font_size=SMALL))
    size = (left + max(width * len(columns) + 70, 470), top + height * len(rows) + 34)
    legend = "framed: best reply to the other side's strategy; diamond: stable pair of the mean game"
    body.append(svg.text(left, size[1] - 10, legend, font_size=SMALL, fill=MUTED))
    counts = f"{len(best)} best replies, {len(stable)} stable pairs"
    about = f"Mean payoff of {name} per pair, in standard deviations between pairs; {counts}."
    return svg.figure(identity, f"Payoffs of {name}", about, size, body)


def bars(identity: str, title: str, about: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Horizontal bars from 0 to 1 with their label and a note at the end."""
    left, width, step = 230.0, 330.0, 26.0
    body = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + width * tick
        body.append(svg.line((x, 4), (x, 8 + step * len(rows)), stroke=RULE if tick == 0 else GRID, stroke_width=1))
        body.append(svg.text(x, 24 + step * len(rows), f"{tick:.0%}", text_anchor="middle", font_size=SMALL, fill=MUTED))
    for k, (label, value, note) in enumerate(rows):
        y = 8 + step * k
        body.append(svg.text(left - 8, y + 15, label, text_anchor="end", font_size=SMALL))
        body.append(svg.rectangle(left, y + 4, max(width * value, 0.8), 14, fill=MUTED, stroke=MUTED))
        body.append(svg.text(left + width * value + 6, y + 15, f"{value:.0%}{note}", font_size=SMALL))
    return svg.figure(identity, title, about, (left + width + 150, 34 + step * len(rows)), body)


def quantal_lines(identity: str, side: str, names: Sequence[str], points: Sequence[tuple[float, Sequence[float]]]) -> str:
    """Chances of each strategy over lambda, one line per strategy, labelled at its end; lambda on a scale of log(1 + lambda)."""
    from math import log1p

    left, top, width, height = 44.0, 10.0, 420.0, 220.0
    last = log1p(points[-1][0]) or 1.0

    def place(precision: float, chance: float) -> tuple[float, float]:
        return left + width * log1p(precision) / last, top + height * (1 - chance)

    body = []
    for tick in (0.0, 0.5, 1.0):
        start, end = place(0.0, tick), (left + width, place(0.0, tick)[1])
        body.append(svg.line(start, end, stroke=RULE if tick == 0 else GRID, stroke_width=1))
        body.append(svg.text(left - 6, start[1] + 4, f"{tick:.0%}", text_anchor="end", font_size=SMALL, fill=MUTED))
    for precision in (0.0, 1.0, 5.0, 20.0, 50.0):
        if precision <= points[-1][0]:
            x = place(precision, 0.0)[0]
            body.append(svg.text(x, top + height + 16, f"{precision:g}", text_anchor="middle", font_size=SMALL, fill=MUTED))
    body.append(svg.text(left + width / 2, top + height + 32, "lambda", text_anchor="middle", font_size=SMALL, fill=MUTED))
    ends = [top + height * (1 - points[-1][1][k]) for k in range(len(names))]
    from countermove.reports.figures.scales import spread

    for k, (name, at) in enumerate(zip(names, spread(ends, 13.0, top + 4, top + height), strict=True)):
        colour = SCENARIO_COLOURS[k % len(SCENARIO_COLOURS)]
        dash = None if k < len(SCENARIO_COLOURS) else "5 3"
        line = [place(precision, chances[k]) for precision, chances in points]
        body.append(svg.path(line, fill="none", stroke=colour, stroke_width=1.8, stroke_dasharray=dash))
        body.append(svg.text(left + width + 8, at + 4, name, font_size=SMALL, fill=colour))
    name = SIDES[side][0]
    about = f"Chance of each strategy of {name} in the quantal response equilibrium from lambda 0 to {points[-1][0]:g}."
    return svg.figure(identity, f"Quantal response of {name}", about, (left + width + 150, top + height + 42), body)


def odds_dots(identity: str, rows: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> str:
    """Prior (open circle), after one refusal (small circle) and after all reports (filled diamond).

    The scale is one of probabilities; the Bayes factor stands at the right.
    """
    left, width, step, top = 250.0, 330.0, 30.0, 8.0
    floor = top + step * len(rows)
    body = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + width * tick
        body.append(svg.line((x, top), (x, floor), stroke=RULE if tick in (0.0, 1.0) else GRID, stroke_width=1))
        body.append(svg.text(x, floor + 16, f"{tick:.0%}", text_anchor="middle", font_size=SMALL, fill=MUTED))
    for k, (label, first, every) in enumerate(rows):
        y = top + step * (k + 0.5)
        before, one, after = (left + width * value for value in (every["prior"], first["posterior"], every["posterior"]))
        body.append(svg.text(left - 10, y + 4, label, text_anchor="end", font_size=SMALL))
        body.append(svg.line((before, y), (after, y), stroke=MUTED, stroke_width=1.5))
        body.append(svg.marker("circle", before, y, 5, fill=PAPER, stroke=INK, stroke_width=1.6))
        body.append(svg.marker("circle", one, y, 2.6, fill=MUTED))
        body.append(svg.marker("diamond", after, y, 4.6, fill=INK))
        factor = "-" if every["bayes_factor"] is None else f"{every['bayes_factor']:.2f}"
        body.append(svg.text(left + width + 12, y + 4, f"×{factor}", font_size=SMALL))
    legend = "open circle: before; dot: after one refusal; diamond: after all reports; right: Bayes factor"
    body.append(svg.text(0, floor + 36, legend, font_size=SMALL, fill=MUTED))
    about = "Probability of each capability or reading before any report, after the refusal alone, and after all reports."
    return svg.figure(identity, "Probabilities before and after", about, (left + width + 70, floor + 46), body)


def aims_map(identity: str, points: Sequence[Mapping[str, Any]], steps: int) -> str:
    """Blends of Washington's profiles across, Beijing's down.

    What share of the stable pairs refuses, written into each square.
    """
    across = list(dict.fromkeys(tuple(p["washington"]) for p in points))
    down = list(dict.fromkeys(tuple(p["beijing"]) for p in points))
    side, left, top = 18.0, 74.0, 26.0
    body = [svg.text(left, 14, "across: blends of Washington's profiles; down: blends of Beijing's", font_size=SMALL, fill=MUTED)]
    for k, blend in enumerate(down):
        body.append(svg.text(left - 6, top + side * (k + 0.7), _blend(blend, steps), text_anchor="end", font_size=9, fill=MUTED))
    for p in points:
        x = left + side * across.index(tuple(p["washington"]))
        y = top + side * down.index(tuple(p["beijing"]))
        share = p["refusal_share"]
        glyph = "-" if share is None else "R" if share == 1 else "a" if share == 0 else "b"
        body.append(svg.rectangle(x, y, side - 1, side - 1, fill=BEIJING, fill_opacity=0.4 * (share or 0.0), stroke=GRID))
        body.append(svg.text(x + side / 2 - 0.5, y + side * 0.7, glyph, text_anchor="middle", font_size=10))
    size = (left + max(side * len(across) + 10, 480), top + side * len(down) + 26)
    legend = "R: Beijing refuses in every stable pair; a: admits; b: both exist; -: no pure stable pair"
    body.append(svg.text(left, size[1] - 8, legend, font_size=SMALL, fill=MUTED))
    refused = sum(p["refusal_share"] == 1 for p in points) / max(len(points), 1)
    about = f"Share of blends in which every stable pair has Beijing refusing: {refused:.0%}."
    return svg.figure(identity, "For which aims refusing is stable", about, size, body)


def signed(value: float) -> str:
    """A number with its sign and two decimals."""
    return f"{value:+.2f}".replace("-", MINUS)


def _blend(shares: Sequence[float], steps: int) -> str:
    return "/".join(str(round(share * steps)) for share in shares)


def _slanted(words: str, x: float, y: float) -> str:
    return svg.text(x, y, words, font_size=SMALL, transform=f"rotate(-38 {svg.number(x)} {svg.number(y)})")
