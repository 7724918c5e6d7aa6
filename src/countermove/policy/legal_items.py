"""Parts that checks are asked about and the catalogue does not hold: their legal facts, from `rules/items.yaml`.

The catalogue wins where it holds a part of the same name; nothing here is a performance figure for other rooms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Date, Names
from countermove.policy.facts import Fact, load_facts

if TYPE_CHECKING:
    from countermove.policy.items import Item

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


def legal_item(name: str, known: dt.date | None = None) -> Item | None:
    """Return a part by id or alias, None where none is on file; before it was public its numbers are left open."""
    found = legal_names().get(name.strip().casefold().replace(" ", "-").replace("_", "-"))
    return None if found is None else _item(load_legal_items()[found], known)


def _item(stated: LegalItem, known: dt.date | None) -> Item:
    from countermove.policy.items import Item, complete_item

    seen = known is None or stated.public <= known
    given = stated.facts if seen else {"kind": stated.facts.get("kind", "chip")}
    facts: dict[str, Fact] = {name: _fact(name, value) for name, value in given.items()}
    facts |= {"item": stated.id, "origin": stated.origin}
    if stated.facts.get("kind") == "memory":
        facts |= {"tpp": (0.0, 0.0), "performance_density": (0.0, 0.0), "data_centre": (0.0, 0.0)}
    notes = []
    if not seen:
        notes.append(f"this part was not public on {known}: its numbers are left open")
    elif stated.basis == "assumption":
        notes.append(
            "assumed: the numbers of this part, as remembered from data sheets" + (f"; {stated.note}" if stated.note else "")
        )
    elif stated.note:
        notes.append(stated.note)
    return Item(stated.id, stated.name, complete_item(facts), stated.exporter, notes=tuple(notes), proved=tuple(given))


def _fact(name: str, value: Any) -> Fact:
    """Return a stated value as a fact; a list is a low and a high end."""
    if isinstance(value, list):
        low, high = value
        return float(low), float(high)
    return load_facts()[name].read(value, where=name)
