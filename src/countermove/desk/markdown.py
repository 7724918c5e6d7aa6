"""Markdown as the generated pages write it: tables, links, and text that cannot break either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from countermove.evidence.schema import Source


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; a bar inside a cell is escaped, line ends become spaces."""
    lines = [_row(head), _row(["---"] * len(head))]
    return [*lines, *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def code(text: str) -> str:
    """Return a name as code."""
    return f"`{text}`"


def names(found: Iterable[str]) -> str:
    """Return names as code, with commas; a dash for none."""
    return ", ".join(code(name) for name in found) or "-"


def link(text: str, target: str) -> str:
    """Return a link."""
    return f"[{text.replace('[', '(').replace(']', ')')}]({target.replace(')', '%29')})"


def source_link(source: Source) -> str:
    """Return a source as its publisher and date, linked to its address where it has one."""
    words = f"{source.publisher}, {source.published or 'undated'}"
    return link(words, source.url) if source.url else f"{words} (no address)"


def sources_line(sources: Iterable[Source]) -> str:
    """Return sources with semicolons, those with the same words and address once."""
    return "; ".join(dict.fromkeys(source_link(source) for source in sources))


GENERATED = "<!-- Written by `make docs` from the code and the data; a test fails when it is out of date. Do not edit. -->"
