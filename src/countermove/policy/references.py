"""Where a provision can be read: the address and place of the sources behind its status and numbers."""

from __future__ import annotations

from functools import cache

from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import entries
from countermove.evidence.schema import Source
from countermove.evidence.strict_yaml import load
from countermove.policy.rule_book import LiveRule


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


def reference_of(live: LiveRule) -> str:
    """Return the reference of a provision on a day: that of the first step of the status which holds."""
    step = live.standing.first
    return cited(step.sources, step.locator or _first_locator(live), step.grade)


def _first_locator(live: LiveRule) -> str:
    """Return the place in the text that the provision first gives, for later steps that give none."""
    return next((step.locator for step in live.rule.status if step.locator), "")


def sources_of(live: LiveRule) -> tuple[str, ...]:
    """Return the ids of the sources behind a provision's status on a day and its numbers."""
    numbers = [name for value in live.rule.values.values() for dated in value.values for name in dated.sources]
    return tuple(dict.fromkeys([*live.standing.step.sources, *numbers]))
