"""Writing SVG as text: elements, paths, text that stays text, and the accessible frame around a figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from countermove.reports.figures.palette import FONT, INK

Coordinate = tuple[float, float]

_NARROW = set("iljtfrI.,:;|!'()[] ")
_WIDE = set("mwMW%@")


def number(value: float) -> str:
    """A coordinate with at most two decimals; a value that is not finite is a fault of the caller."""
    if not math.isfinite(value):
        raise ValueError(f"a figure was given the coordinate {value}")
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """`<name attributes>content</name>`; `stroke_width` becomes `stroke-width`, None is left out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        text = number(float(value)) if isinstance(value, int | float) else str(value)
        parts.append(f"{key.rstrip('_').replace('_', '-')}={quoteattr(text)}")
    opening = " ".join(parts)
    return f"<{opening}>{content}</{name}>" if content else f"<{opening}/>"


def group(parts: Iterable[str], **attributes: object) -> str:
    """A `<g>` around `parts`."""
    return element("g", "".join(parts), **attributes)


def text(x: float, y: float, words: str, **attributes: object) -> str:
    """One line of text; `words` are escaped."""
    return element("text", escape(words), x=x, y=y, **attributes)


def line(start: Coordinate, end: Coordinate, **attributes: object) -> str:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)


def rectangle(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    """A rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def path(points: Sequence[Coordinate], *, closed: bool = False, **attributes: object) -> str:
    """A polyline, or a polygon when `closed`; nothing for fewer than two points."""
    if len(points) < 2:
        return ""
    steps = " ".join(f"{'M' if i == 0 else 'L'}{number(x)} {number(y)}" for i, (x, y) in enumerate(points))
    return element("path", d=steps + (" Z" if closed else ""), **attributes)


def marker(shape: str, x: float, y: float, size: float, **attributes: object) -> str:
    """A marker of about `size` pixels radius centred at (x, y)."""
    if shape == "none":
        return ""
    if shape == "circle":
        return element("circle", cx=x, cy=y, r=size, **attributes)
    if shape == "cross":
        arms = [(x - size, y - size, x + size, y + size), (x - size, y + size, x + size, y - size)]
        colour = attributes.pop("fill", INK)
        return group((line((a, b), (c, d), stroke=colour, stroke_width=2) for a, b, c, d in arms), **attributes)
    s = size * 1.12
    corners: dict[str, list[Coordinate]] = {
        "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
        "triangle": [(0, -1.2), (1.15, 0.9), (-1.15, 0.9)],
        "down": [(0, 1.2), (1.15, -0.9), (-1.15, -0.9)],
        "diamond": [(0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)],
    }
    scale = s * (0.86 if shape == "square" else 1.0)
    points = [(x + a * scale, y + b * scale) for a, b in corners[shape]]
    return path(points, closed=True, **attributes)


def text_width(words: str, size: float) -> float:
    """Estimated width in pixels of `words` in a grotesque face of `size` pixels (slightly generous)."""
    units = 0.0
    for character in words:
        if character in _NARROW:
            units += 0.31
        elif character in _WIDE:
            units += 0.88
        elif character.isupper():
            units += 0.69
        else:
            units += 0.56
    return units * size


def wrap(words: str, width: float, size: float, *, lines: int = 2) -> list[str]:
    """Break `words` into at most `lines` lines of about `width` pixels; the last line keeps the rest."""
    rows: list[str] = []
    current = ""
    for word in words.split():
        trial = f"{current} {word}".strip()
        if current and text_width(trial, size) > width and len(rows) < lines - 1:
            rows.append(current)
            current = word
        else:
            current = trial
    return [*rows, current] if current else rows


def figure(identity: str, title: str, description: str, size: Coordinate, body: Iterable[str]) -> str:
    """The `<svg>` with its accessible name and description; identifiers inside start with `identity`."""
    names = f"{identity}-title {identity}-desc"
    width, height = size
    inner = "".join(
        (
            element("title", escape(title), id=f"{identity}-title"),
            element("desc", escape(description), id=f"{identity}-desc"),
            *body,
        )
    )
    return element(
        "svg",
        inner,
        xmlns="http://www.w3.org/2000/svg",
        id=identity,
        role="img",
        aria_labelledby=names,
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        font_family=FONT,
        font_size=12,
        fill=INK,
    )
