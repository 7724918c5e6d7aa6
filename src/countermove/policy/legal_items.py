"""Parts that checks are asked about and the catalogue does not hold: their legal facts, from `rules/items.yaml`.

The catalogue wins where it holds a part of the same name; nothing here is a performance figure for other rooms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Date, Names
from countermove.policy.facts import Fact, load_facts

ITEMS_FILE: Final = DATA / "rules" / "items.yaml"


class LegalItem(BaseModel):
    """One part: who exports it, since when it is public, its facts (a number, or low and high), and what they rest on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    aliases: Names = ()
    origin: Literal["us", "cn"] = "us"
    exporter: str | None
    public: Date
    basis: Literal["sourced", "assumption"]
    sources: Names
    facts: Mapping[str, Any]
    note: str = ""


@cache
def load_legal_items() -> Mapping[str, LegalItem]:
    """Return the parts by id; DataError names file and line."""
    return read_legal_items(ITEMS_FILE)


def read_legal_items(path: Path) -> Mapping[str, LegalItem]:
    """Return the parts of a file; errors name file, line and the nearest fact of an item."""
    document = load(path)
    check_top(document, ("note", "items"))
    items = {name: checked(document, LegalItem, ("items", name), id=name) for name in document.mapping("items")}
    known = [name for name, fact in load_facts().items() if fact.of == "item"]
    for name, item in items.items():
        for fact in item.facts:
            if fact not in known:
                hint = did_you_mean(fact, known)
                raise document.error(f"'{fact}' is no fact of an item", "items", name, "facts", fact, hint=hint)
    return items


@cache
def legal_names() -> Mapping[str, str]:
    """Return the id of each part by id and alias."""
    return {alias: item.id for item in load_legal_items().values() for alias in (item.id, *item.aliases)}


class Seen(NamedTuple):
    """What was public about a part by a day: who it is, its facts, and the notes on them."""

    stated: LegalItem
    facts: Mapping[str, Fact]
    notes: tuple[str, ...]


def legal_item(name: str, known: dt.date | None = None) -> Seen | None:
    """Return a part by id or alias, None where none is on file; before it was public its numbers are left open."""
    found = legal_names().get(name.strip().casefold().replace(" ", "-").replace("_", "-"))
    return None if found is None else _seen(load_legal_items()[found], known)


def _seen(stated: LegalItem, known: dt.date | None) -> Seen:
    seen = known is None or stated.public <= known
    given = stated.facts if seen else {"kind": stated.facts.get("kind", "chip")}
    facts: dict[str, Fact] = {name: _fact(name, value) for name, value in given.items()}
    facts |= {"item": stated.id, "origin": stated.origin}
    if stated.facts.get("kind") == "memory":
        # A stack computes nothing, so no line of performance reaches it.
        facts |= {"tpp": (0.0, 0.0), "performance_density": (0.0, 0.0), "data_centre": (0.0, 0.0)}
    if not seen:
        return Seen(stated, facts, (f"this part was not public on {known}: its numbers are left open",))
    if stated.basis == "assumption":
        ending = f"; {stated.note}" if stated.note else ""
        return Seen(stated, facts, (f"assumed: the numbers of this part, as remembered from data sheets{ending}",))
    return Seen(stated, facts, (stated.note,) if stated.note else ())


def _fact(name: str, value: Any) -> Fact:
    """Return a stated value as a fact; a list is a low and a high end."""
    if isinstance(value, list):
        low, high = value
        return float(low), float(high)
    return load_facts()[name].read(value, where=name)
