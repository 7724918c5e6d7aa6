"""Reproductions as entries of the evidence: what each asks, and the claims and sources it is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from countermove.evidence.entry import Entry, register_resolver
from countermove.evidence.ledger import Ledger as Evidence
from countermove.reproductions.catalogue import FOLDER, load_reproductions
from countermove.reproductions.entry import Ledger, Reproduction


def register() -> None:
    """Let `reproductions/ifp-hopper` be looked up like any other path."""
    register_resolver(FOLDER, _find, load_reproductions)


def _find(ledger: Evidence, name: str) -> Entry | None:
    entry = load_reproductions().get(name)
    if entry is None:
        return None
    facts = [(label, getattr(entry, label)) for label in ("tier", "published_by", "question", "inputs", "method")]
    facts += [("scenario", scenario) for scenario in entry.scenarios]
    # A foreign ledger, such as a part of the tree under test, may lack some of them.
    claims = tuple(ledger.claims[claim] for claim in dict.fromkeys(_claims(entry)) if claim in ledger.claims)
    sources = tuple(ledger.sources[source] for source in entry.sources if source in ledger.sources)
    return Entry(f"{FOLDER}/{name}", "reproduction", entry.title, tuple(facts), claims, sources, note=entry.reading)


def _claims(entry: Reproduction) -> Iterator[str]:
    """Yield the claims that rows are compared with or computed from, and those of the gaps."""
    for row in entry.rows.values():
        if row.claim is not None:
            yield row.claim
        if isinstance(row.way, Ledger):
            yield from row.way.inputs
    for gap in entry.gaps:
        yield from gap.inputs
