"""Documents of `read` and `review`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countermove.cli.documents.base import Document


class QuantityDocument(Document):
    """A quantity as the text has it: a value or a range, its unit, and its qualifier (up to, about, at least, ...)."""

    value: float | None
    low: float | None
    high: float | None
    unit: str
    qualifier: str | None


class BearingDocument(Document):
    """How a claim stands to the ledger; never a verdict."""

    relation: Literal["new", "repeats", "refines", "conflicts", "stale", "no match"]
    path: str | None


class ReadClaimDocument(Document):
    """One claim of an article."""

    id: str
    article: str
    speaker: str = Field(description="who states it; `author` for what nobody else says")
    role: str | None
    stance: Literal["states", "denies", "declines", "speculates", "opinion", "infers"]
    chain: list[str] = Field(description="who relays, outermost first, ending with the speaker; empty for the author")
    subject: str | None
    predicate: str
    quantity: QuantityDocument | None
    date_of: str | None = Field(description="the period that it speaks of")
    date_said: str | None
    hedges: list[str]
    sentence: str
    span: list[int] = Field(min_length=2, max_length=2, description="from and to in the article's text")
    repeats: str | None = Field(description="id of the claim that it repeats; it is not counted again")
    ledger: BearingDocument


class ReadDocument(Document):
    """What `countermove read --json` prints."""

    articles: list[dict[str, Any]]
    counted: int
    claims: list[ReadClaimDocument]
    notes: list[str]
    unread: list[str]


class ReviewDocument(Document):
    """What `countermove review --json` prints: the decisions made, or without a file those that stand."""

    overlay: str
    decisions: list[dict[str, Any]]
