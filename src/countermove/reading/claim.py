"""A claim as it was read: who says what, how, about what, with which quantity, for when, and where it stands in the text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from countermove.reading.amount import Amount

AUTHOR = "author"


@dataclass(frozen=True)
class Bearing:
    """How a claim stands to the ledger: the relation, the path, and what the ledger has there (both values side by side)."""

    relation: str
    path: str | None = None
    ledger_says: str = ""
    competing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadClaim:
    """One claim of an article; `span` points into the article's text, `repeats` names the id of the claim that it repeats.

    `words` are what the link to the ledger compares, `focus` is the product that the text last named before;
    `negated` says that the statement denies what its words and its quantity say ("did not ship 200,000").
    """

    speaker: str
    role: str
    stance: str
    chain: tuple[str, ...]
    subject: str
    subjects: tuple[str, ...]
    predicate: str
    quantity: Amount | None
    date_of: str | None
    date_said: str | None
    hedges: tuple[str, ...]
    sentence: str
    span: tuple[int, int]
    article: str
    rule: str = ""
    source: str = "rules"
    repeats: str | None = None
    bearing: Bearing = Bearing("no match")
    words: str = ""
    focus: str = ""
    negated: bool = False

    @property
    def id(self) -> str:
        """A digest of what is said and by whom: the same in every reading of the same text."""
        parts = (
            self.article,
            str(self.span),
            self.sentence,
            self.speaker,
            str(self.quantity and (self.quantity.number, self.quantity.unit)),
        )
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]

    def as_json(self) -> dict[str, Any]:
        """Return the claim with the keys of the contract."""
        amount = self.quantity
        quantity = None
        if amount is not None:
            quantity = {
                "value": amount.value,
                "low": amount.low,
                "high": amount.high,
                "unit": amount.unit,
                "qualifier": amount.qualifier or None,
            }
        ledger: dict[str, Any] = {"relation": self.bearing.relation, "path": self.bearing.path}
        if self.bearing.path is not None:
            ledger |= {"ledger_says": self.bearing.ledger_says, "competing": list(self.bearing.competing)}
        where = {"rule": self.rule} if self.source == "rules" else {"source": self.source}
        return {
            "id": self.id,
            "article": self.article,
            "speaker": self.speaker,
            "role": self.role or None,
            "stance": self.stance,
            "polarity": "negated" if self.negated else "affirmed",
            "chain": list(self.chain),
            "subject": self.subject or None,
            "subjects": list(self.subjects),
            "predicate": self.predicate,
            "quantity": quantity,
            "date_of": self.date_of,
            "date_said": self.date_said,
            "hedges": list(self.hedges),
            "sentence": self.sentence,
            "span": list(self.span),
            "repeats": self.repeats,
            "ledger": ledger,
            **where,
        }
