"""Which file cites which source or claim: one walk over a whole data tree, whatever room a file belongs to.

Rooms have schemas of their own, but all cite alike: under a key of `SOURCE_KEYS` stand source ids, under one of
`CLAIM_KEYS` claim ids, each a text or a list of texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import files
from countermove.evidence.ledger import Ledger
from countermove.evidence.strict_yaml import Document, load

SOURCE_KEYS: Final = ("source", "sources", "anchor", "anchors")
CLAIM_KEYS: Final = ("claim", "claims", "for", "against", "from")


@dataclass(frozen=True, slots=True)
class Citation:
    """One mention of a source or claim: its id, the key it stands under, and where."""

    name: str
    key: str
    where: str


def citations(root: Path) -> Iterator[Citation]:
    """Yield the citations of every YAML file of a data tree, the lists of sources themselves left out."""
    for path in files(root, suffix=".yaml"):
        if path.parent != root / "sources":
            document = load(path)
            yield from _walk(document, document.data, ())


def unknown_citations(root: Path, ledger: Ledger) -> list[str]:
    """Return a line for each cited source that does not exist: where first, how often, and the nearest name."""
    places: dict[str, list[str]] = {}
    for citation in citations(root):
        if citation.key in SOURCE_KEYS and citation.name not in ledger.sources:
            places.setdefault(citation.name, []).append(citation.where)
    return [
        f"{found[0]}: unknown source '{name}', cited {len(found)} times ({did_you_mean(name, ledger.sources)})"
        for name, found in places.items()
    ]


def _walk(document: Document, value: Any, keys: tuple[str | int, ...]) -> Iterator[Citation]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in SOURCE_KEYS or key in CLAIM_KEYS:
                yield from _cited(document, inner, (*keys, key), key)
            yield from _walk(document, inner, (*keys, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(document, inner, (*keys, number))


def _cited(document: Document, value: Any, keys: tuple[str | int, ...], key: str) -> Iterator[Citation]:
    for name in value if isinstance(value, list) else [value]:
        if isinstance(name, str):
            yield Citation(name, key, document.where(*keys))
