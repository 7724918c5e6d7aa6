"""Colours and markers: told apart by colour-blind readers, by black-and-white print, and on a white page.

Every text colour keeps a contrast of at least 4.5 : 1 on white (WCAG 2.2 level AA); `tests/reports/test_palette.py`
computes it. A scenario has a marker as well as a colour, so that no meaning rests on colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "#ffffff"
INK = "#1c1b1a"
MUTED = "#5c5a57"
RULE = "#b9b5ae"
GRID = "#e6e3dd"
BASELINE = "#000000"
WASHINGTON = "#1f5582"
BEIJING = "#8a4a00"
FONT = "'Helvetica Neue', Helvetica, 'Liberation Sans', Arial, 'DejaVu Sans Condensed', sans-serif"

SCENARIO_COLOURS = ("#0a66b0", "#b8480a", "#6a1b5e", "#00755c", "#6d5f00", "#4d5b6b")
MARKERS = ("circle", "square", "triangle", "diamond", "cross", "down")
BAND_90_OPACITY = 0.16
BAND_50_OPACITY = 0.34


@dataclass(frozen=True, slots=True)
class Style:
    """How one scenario is drawn everywhere."""

    colour: str
    marker: str
    dashed: bool = False


BASELINE_STYLE = Style(BASELINE, "none", dashed=True)


def style_of(position: int, colour: str | None = None) -> Style:
    """The style of the alternative at `position` (0 is the first after the baseline)."""
    return Style(
        colour or SCENARIO_COLOURS[position % len(SCENARIO_COLOURS)],
        MARKERS[position % len(MARKERS)],
    )


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2): 0.2126 R + 0.7152 G + 0.0722 B of the linear channels."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2): (lighter + 0.05) / (darker + 0.05), 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
