"""Parameters, claims and sources as plain data for the documents of this room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from countermove.evidence.entry import Entry
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import GRADES, Claim, Parameter, Source
from countermove.evidence.text import value_text

NO_ADDRESS = "no address"


def source_data(source: Source) -> dict[str, Any]:
    """Return a source as plain data: who, when, where, whose side."""
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published,
        "url": source.url,
        "side": source.side,
        "kind": source.kind,
    }


def address(source: Source) -> str:
    """Return a source's address, or why there is none."""
    return source.url or f"{NO_ADDRESS}: {source.note}"


def claim_data(claim: Claim, ledger: Ledger) -> dict[str, Any]:
    """Return a claim as plain data with its grade, both dates and its sources."""
    return {
        "id": claim.id,
        "path": f"claims/{claim.id}",
        "says": claim.says,
        "value": value_text(claim),
        "grade": claim.grade,
        "grade_meaning": GRADES[claim.grade],
        "status": claim.status,
        "about": str(claim.period),
        "known": claim.known,
        "made_by": claim.made_by,
        "sources": [source_data(source) for source in ledger.sources_of(claim)],
    }


def support_data(parameter: Parameter, ledger: Ledger) -> list[dict[str, Any]]:
    """Return what a parameter's prior rests on: which of its numbers, by which claim or source."""
    found = []
    for support in parameter.sources:
        if support.claim:
            found.append({"supports": support.supports, "claim": claim_data(ledger.claims[support.claim], ledger)})
        elif support.source:
            found.append({"supports": support.supports, "source": source_data(ledger.sources[support.source])})
    return found


def sources_of(parameter: Parameter, ledger: Ledger) -> list[Source]:
    """Return the sources that a parameter rests on, directly or through claims, each once."""
    return list(dict.fromkeys(_sources(parameter, ledger)))


def _sources(parameter: Parameter, ledger: Ledger) -> Iterator[Source]:
    for support in parameter.sources:
        if support.claim:
            yield from ledger.sources_of(ledger.claims[support.claim])
        elif support.source:
            yield ledger.sources[support.source]


def literature_data(names: Iterable[str], ledger: Ledger) -> list[dict[str, Any]]:
    """Return the literature that a mechanism names; what the ledger does not know keeps its name only."""
    return [source_data(ledger.sources[name]) if name in ledger.sources else {"id": name, "url": None} for name in names]


def entry_data(entry: Entry, ledger: Ledger) -> dict[str, Any]:
    """Return another room's entry (a chip, a rule) with the sources it rests on."""
    named = [*entry.sources, *(source for claim in entry.claims for source in ledger.sources_of(claim))]
    return {"path": entry.path, "title": entry.title, "sources": [source_data(source) for source in dict.fromkeys(named)]}
