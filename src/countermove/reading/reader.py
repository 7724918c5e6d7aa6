"""Reads articles together: claims of all of them, repetition across them, and how each stands to the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from countermove.reading.claim import ReadClaim
from countermove.reading.documents import Article
from countermove.reading.extract import extract
from countermove.reading.linking import bearing
from countermove.reading.repetition import marked


@dataclass(frozen=True)
class Reading:
    """What was read: the articles, their claims in order, notes about what was left out, and the sentences not read."""

    articles: tuple[Article, ...]
    claims: tuple[ReadClaim, ...]
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[ReadClaim, ...]:
        """The claims that repeat no earlier one."""
        return tuple(claim for claim in self.claims if claim.repeats is None)


def read_articles(articles: Iterable[Article], *, said: str | None = None) -> Reading:
    """Read articles in order; a claim that an earlier one made is marked as its repetition."""
    taken = tuple(articles)
    claims: list[ReadClaim] = []
    notes: list[str] = []
    unread: list[str] = []
    for article in taken:
        found = extract(article, said=said)
        claims.extend(replace(claim, bearing=bearing(claim)) for claim in found.claims)
        notes.extend(f"{article.name}: {note}" for note in article.notes)
        unread.extend(found.unread)
        if found.setting.said is None:
            notes.append(f"{article.name}: no day of publication found; give it with --said, or relative dates stay unresolved")
    return Reading(taken, tuple(marked(claims)), tuple(notes), tuple(unread))
