"""The timeline of both gates as an SVG: state by filling and pattern, never by colour alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from countermove.errors import EnvironmentProblem, InputError
from countermove.policy.check_timeline import OutcomeSpell, Timeline
from countermove.policy.checks import NOTICE
from countermove.reports.figures import svg
from countermove.reports.figures.palette import BEIJING, INK, MUTED, PAPER, RULE, WASHINGTON
from countermove.storage.whole import write_page

WIDTH, LEFT, RIGHT, TOP, LANE, BAR = 960.0, 110.0, 12.0, 46.0, 46.0, 24.0
SHUT = "#55524e"
SIDES = (("us", "Washington", WASHINGTON), ("cn", "Beijing", BEIJING))
START = dt.date(2022, 1, 1)


def write(shown: Timeline, path: Path) -> Path:
    """Write the chart, nothing half-written; InputError for a file that does not end in .svg, or is there and not ours."""
    if path.suffix != ".svg":
        raise InputError(f"'{path.name}' does not end in .svg", where="--svg", hint="give a file name such as h200.svg")
    try:
        write_page(path, draw(shown) + "\n")
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write: {error.strerror or error}", where=str(path), hint="choose a folder that exists"
        ) from None
    return path


def draw(shown: Timeline) -> str:
    """Return the chart of both gates from 2022 to the end of the timeline."""
    title = f"Both gates for {shown.item.name} to {shown.transaction.destination}"
    floor = TOP + LANE * len(SIDES)
    span = (shown.end - START).days + 1

    def x(day: dt.date) -> float:
        return LEFT + (day - START).days / span * (WIDTH - LEFT - RIGHT)

    body = [svg.element("defs", _patterns()), svg.text(0, 16, title, font_size=15, font_weight=600)]
    for year in range(START.year, shown.end.year + 1):
        at = x(dt.date(year, 1, 1))
        body.append(svg.line((at, TOP - 8), (at, floor), stroke=RULE, stroke_width=0.6))
        body.append(svg.text(at + 3, TOP - 12, str(year), font_size=11.5, fill=MUTED))
    for row, (government, name, colour) in enumerate(SIDES):
        y = TOP + LANE * row + (LANE - BAR) / 2
        body.append(svg.text(0, y + 16, name, font_size=13, font_weight=600, fill=colour))
        for spell in shown.of("us" if government == "us" else "cn"):
            right = x(spell.until) if spell.until is not None and spell.until <= shown.end else WIDTH - RIGHT
            body.append(_bar(spell, x(spell.start), right, y))
    body.extend(_legend(floor + 12))
    body.append(svg.text(0, floor + 46, NOTICE, font_size=11, fill=MUTED))
    description = "; ".join(f"{spell.government} {spell.outcome} from {spell.start}" for spell in shown.spells)
    return svg.figure("both-gates", title, description, (WIDTH, floor + 54), body)


def _bar(spell: OutcomeSpell, left: float, right: float, y: float) -> str:
    words = svg.element("title", f"{spell.outcome} from {spell.start}" + (f": {spell.rules[0]}" if spell.rules else ""))
    width = max(right - left, 1.5)
    parts = [
        svg.rectangle(left, y, width, BAR, fill=PAPER),
        svg.rectangle(left, y, width, BAR, fill=_fill(spell.outcome), stroke=INK, stroke_width=0.8),
    ]
    return svg.group([words, *parts])


def _fill(outcome: str) -> str:
    return {"allowed": PAPER, "reviewable": "url(#both-gates-hatch)", "denied": SHUT, "unknown": "url(#both-gates-dots)"}[outcome]


def _patterns() -> str:
    units = {"patternUnits": "userSpaceOnUse", "width": 6, "height": 6}
    hatch = svg.element(
        "pattern",
        svg.line((0, 0), (0, 6), stroke=MUTED, stroke_width=2.6),
        id="both-gates-hatch",
        patternTransform="rotate(45)",
        **units,
    )
    return hatch + svg.element("pattern", svg.element("circle", cx=3, cy=3, r=1.1, fill=MUTED), id="both-gates-dots", **units)


def _legend(y: float) -> list[str]:
    parts, x = [], LEFT
    for outcome in ("allowed", "reviewable", "denied", "unknown"):
        parts.append(svg.rectangle(x, y, 24, 13, fill=_fill(outcome), stroke=INK, stroke_width=0.8))
        parts.append(svg.text(x + 30, y + 11, outcome, font_size=11.5, fill=INK))
        x += 30 + svg.text_width(outcome, 11.5) + 20
    return parts
