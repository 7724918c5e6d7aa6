"""What a reviewer decides about a read claim: accept, edit or reject, by whom, when and why; one small file each.

A decision is never changed. A later one names those that it replaces, so that the history stays and two overlays merge by
putting their files together. The article's sentence is not part of it: that stays in the folder `local`, which is not shared.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal

from pydantic import Field

from countermove.evidence.schema import DateText, DottedId, Record, Sentence, UnitText
from countermove.reading.claim import AUTHOR, ReadClaim

Verdict = Literal["accept", "edit", "reject"]
VERDICTS: dict[str, Verdict] = {"a": "accept", "e": "edit", "r": "reject"}
"""The three keys of the review."""

#: What a link may name: a prior, a lever (a gate's reading) or a row of a series.
LINK = r"^(?:parameters/[a-z0-9_.-]+|levers\.[a-z]+\.[a-z_]+(?:\.[a-z_]+)?|series/[a-z0-9_-]+@[0-9A-Z-]+)$"


class Statement(Record):
    """The claim as it enters the ledger: subject, words, numbers in a unit of the ledger, period, who said and who relayed it."""

    subject: DottedId
    says: Sentence
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: UnitText | None = None
    period: DateText | str | None = None
    known: DateText | None = None
    made_by: Sentence
    relayed_by: tuple[str, ...] = ()
    stance: str = "states"


class Decision(Record):
    """One decision of one reviewer about one read claim."""

    schema_: Literal[1] = Field(alias="schema")
    claim: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    verdict: Verdict
    reviewer: Sentence
    time: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    reason: str = ""
    statement: Statement
    link: Annotated[str, Field(pattern=LINK)] | None = None
    article: str
    sentence_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    replaces: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the decision as its file holds it, without what is empty."""
        found = self.model_dump(by_alias=True, mode="json", exclude_none=True)
        return {key: value for key, value in found.items() if value not in ("", [], None)}


def digest(sentence: str) -> str:
    """Return the digest by which a decision refers to a sentence that stays on the reviewer's machine."""
    return hashlib.sha256(sentence.encode()).hexdigest()


def statement_of(claim: ReadClaim, subjects: dict[str, str]) -> Statement:
    """Return what a read claim would state in the ledger; `subjects` gives the subject of each ledger claim by its id.

    A claim that bears on no subject of the ledger is filed under ``unfiled.``, to be named by an edit.
    """
    amount = claim.quantity
    ledger_id = (claim.bearing.path or "").removeprefix("claims/")
    subject = subjects.get(ledger_id) or "unfiled." + (re.sub(r"[^a-z0-9]+", "-", claim.subject.lower()).strip("-") or "claim")
    unit = ledger_unit(amount.unit) if amount is not None else None
    denied = claim.negated or claim.stance == "denies"
    if denied:  # what was not shipped is no value of what was
        unit = None
    held = amount if unit is not None else None
    value = held.value if held is not None else None
    low, high = (held.low, held.high) if held is not None else (None, None)
    if held is not None and value is not None and held.qualifier in ("up to", "less than"):
        value, high = None, value
    elif held is not None and value is not None and held.qualifier in ("at least", "more than"):
        value, low = None, value
    return Statement(
        subject=subject,
        says=claim.predicate if claim.predicate.endswith(".") else f"{claim.predicate}.",
        value=value,
        low=low,
        high=high,
        unit=unit,
        period=claim.date_of,
        known=claim.date_said,
        made_by=f"the author of {claim.article}"
        if claim.speaker == AUTHOR
        else claim.speaker + (f", {claim.role}" if claim.role else ""),
        relayed_by=claim.chain[:-1],
        stance="denies" if denied else claim.stance,
    )


def ledger_unit(unit: str) -> str | None:
    """Return the ledger's name of a unit as it was read, None where the ledger has no such unit."""
    from countermove.errors import InputError
    from countermove.quantities.units import Unit

    unit = {"times": "1", "generation": "1", "percent/year": "percent/year", "firm": "1"}.get(unit, unit)
    try:
        Unit.parse(unit)
    except InputError:
        return None
    return unit
