"""Making decisions: from a read claim, the reviewer's verdict and changes to a decision in the overlay."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from countermove.errors import InputError, did_you_mean
from countermove.evidence.ledger import load_ledger
from countermove.reading.claim import ReadClaim
from countermove.reading.decisions import Decision, Statement, Verdict, digest, statement_of
from countermove.reading.overlay import Overlay

FIELDS = tuple(Statement.model_fields)
"""What an edit may change."""


def subjects() -> dict[str, str]:
    """Return the subject of every claim of the ledger, by its id."""
    return {name: claim.subject for name, claim in load_ledger().claims.items()}


def decide(
    claim: ReadClaim,
    verdict: Verdict,
    *,
    reviewer: str,
    overlay: Overlay,
    reason: str = "",
    link: str | None = None,
    changes: Mapping[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> Decision:
    """Return a decision that replaces what the overlay holds about the claim; InputError for an unknown field, value or link."""
    statement = _edited(statement_of(claim, subjects()), changes or {})
    replaced = tuple(sorted(name for name, decision in overlay.decisions.items() if decision.claim == claim.id))
    moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
    try:
        return Decision(
            schema=1,
            claim=claim.id,
            verdict="edit" if changes and verdict == "accept" else verdict,
            reviewer=reviewer,
            time=moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            reason=reason,
            statement=statement,
            link=link if verdict != "reject" else None,
            article=claim.article,
            sentence_sha256=digest(claim.sentence),
            replaces=replaced,
        )
    except ValidationError as error:
        raise _input_error(error, "review") from None


def _edited(statement: Statement, changes: Mapping[str, Any]) -> Statement:
    for name in changes:
        if name not in FIELDS:
            raise InputError(f"no field named '{name}'", where="--change", hint=did_you_mean(name, FIELDS))
    data = statement.model_dump()
    if any(name in changes for name in ("value", "low", "high")):
        data |= {"value": None, "low": None, "high": None}
    try:
        return Statement.model_validate(data | {name: _typed(name, value) for name, value in changes.items()})
    except ValidationError as error:
        raise _input_error(error, "--change") from None


def _typed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in ("value", "low", "high"):
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise InputError(f"'{value}' is no number", where=f"--change {name}", hint="such as value=0.25")
        return number
    return tuple(part.strip() for part in value.split(",")) if name == "relayed_by" else value


def _input_error(error: ValidationError, where: str) -> InputError:
    first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"])
    hint = "a link is parameters/NAME, levers.GOVERNMENT.NAME or series/NAME@PERIOD" if path == "link" else ""
    return InputError(f"{path}: {first['msg']}", where=where, hint=hint)
