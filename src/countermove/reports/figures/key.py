"""The small key beside a scenario's name in text and tables: its line, dash and marker."""

from __future__ import annotations

from countermove.reports.figures import svg
from countermove.reports.figures.palette import PAPER, Style


def swatch(style: Style) -> str:
    """A 26 x 12 pixel sample of the line; hidden from screen readers, because the name stands beside it."""
    stroke = svg.line((1, 6), (25, 6), stroke=style.colour, stroke_width=2.2, stroke_dasharray="5 3.5" if style.dashed else None)
    dot = svg.marker(style.marker, 13, 6, 3.8, fill=style.colour, stroke=PAPER, stroke_width=0.8)
    return svg.element(
        "svg", stroke + dot, xmlns="http://www.w3.org/2000/svg", viewBox="0 0 26 12", width=26, height=12, aria_hidden="true"
    )
