"""Where a provision can be read: the address and place of the sources behind its status and numbers."""

from __future__ import annotations

import datetime as dt
from functools import cache

from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import entries
from countermove.evidence.schema import Source
from countermove.evidence.strict_yaml import load
from countermove.policy.force import evidence_end
from countermove.quantities.calendar import last_day


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
def published_day(name: str) -> dt.date | None:
    """Return the day on which a source was surely published: the last of its date as stated, None where it has none."""
    source = source_of(name)
    if source is None or source.published is None:
        return None
    return last_day(source.published)


def public(name: str, known: dt.date) -> bool:
    """Say whether a source was published by a day: at the end of the evidence every one was, one without a date only then."""
    if known >= evidence_end():
        return True
    day = published_day(name)
    return day is not None and day <= known


@cache
def cited(names: tuple[str, ...], locator: str, grade: str, known: dt.date | None = None, since: dt.date | None = None) -> str:
    """Return a reference in one line: place in the text, title, address and grade of the first source published by `known`.

    Where none of the sources was, it says only since when the text was public.
    """
    seen = [name for name in names if known is None or public(name, known)]
    if not seen:
        return f"public since {since or 'then'}; no source on file was published by {known} (grade {grade})"
    source = source_of(seen[0])
    title = source.title if source else seen[0]
    address = (source.url if source else None) or "no address"
    # The place in a printed text is known once the text is printed.
    place = f"{locator}; " if locator and seen[0] == names[0] else ""
    return f"{place}{title}, {address} (grade {grade})"
