"""Where a provision can be read: the address and place of the sources behind its status and numbers."""

from __future__ import annotations

from functools import cache

from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import entries
from countermove.evidence.schema import Source
from countermove.evidence.strict_yaml import load


@cache
def _sources() -> dict[str, Source]:
    """Return the sources of the data tree by id, without the claims that rest on them."""
    found: dict[str, Source] = {}
    for path in sorted((DATA / "sources").glob("*.yaml")):
        found.update(entries(load(path), "sources", Source))
    return found


def source_of(name: str) -> Source | None:
    """Return a source by id, None where the tree has none."""
    return _sources().get(name)


@cache
def cited(names: tuple[str, ...], locator: str, grade: str) -> str:
    """Return a reference in one line: place in the text, title, address and grade of the first source."""
    source = source_of(names[0])
    title = source.title if source else names[0]
    address = (source.url if source else None) or "no address"
    place = f"{locator}; " if locator else ""
    return f"{place}{title}, {address} (grade {grade})"
