"""The documents and the text of a reading: what `countermove read` prints, and reading one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from countermove import __version__
from countermove.errors import InputError
from countermove.reading.amount import Amount
from countermove.reading.claim import Bearing, ReadClaim
from countermove.reading.reader import Reading

KEPT = "Sentences are quoted from your own files and stay on this machine."


def document(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain data, with the keys of the contract."""
    return {
        "version": __version__,
        "articles": [
            {"name": article.name, "format": article.form, "characters": len(article.text)} for article in reading.articles
        ],
        "counted": len(reading.counted),
        "claims": [claim.as_json() for claim in reading.claims],
        "notes": list(reading.notes),
        "unread": list(reading.unread),
    }


def claim_from(data: Mapping[str, Any], *, where: str) -> ReadClaim:
    """Read a claim back from a document; InputError with what is missing."""
    try:
        quantity, ledger = data["quantity"], data["ledger"]
        amount = None
        if quantity is not None:
            amount = Amount(
                0, 0, quantity["value"], quantity["low"], quantity["high"], quantity["unit"], quantity["qualifier"] or ""
            )
        start, end = data["span"]
        return ReadClaim(
            speaker=data["speaker"],
            role=data["role"] or "",
            stance=data["stance"],
            chain=tuple(data["chain"]),
            subject=data["subject"] or "",
            subjects=tuple(data["subjects"]),
            predicate=data["predicate"],
            quantity=amount,
            date_of=data["date_of"],
            date_said=data["date_said"],
            hedges=tuple(data["hedges"]),
            sentence=data["sentence"],
            span=(int(start), int(end)),
            article=data["article"],
            rule=data.get("rule", ""),
            source=data.get("source", "rules"),
            repeats=data["repeats"],
            bearing=Bearing(
                ledger["relation"], ledger["path"], ledger.get("ledger_says", ""), tuple(ledger.get("competing", ()))
            ),
            words=data["sentence"],
            negated=data.get("polarity", "affirmed") == "negated",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"is no claim of `countermove read --json` ({error})", where=where, hint="read the article again"
        ) from None


def quantity_words(amount: Amount | None) -> str:
    """Return a quantity as people write it: "up to 75,000 chip", "2 to 5 usd_bn"."""
    if amount is None:
        return ""
    numbers = [f"{value:,.10g}" for value in (amount.value, amount.low, amount.high) if value is not None]
    return f"{amount.qualifier} {' to '.join(numbers)} {amount.unit}".strip()


def lines(reading: Reading) -> list[str]:
    """Return a reading as text: each claim beneath its sentence, and how it stands to the ledger."""
    found: list[str] = []
    before: tuple[str, str] | None = None
    for claim in reading.claims:
        here = (claim.article, claim.sentence)
        if here != before:
            found += ["", f'"{_short(claim.sentence)}"']
        before = here
        found += list(claim_lines(claim))
    counted, repeated = len(reading.counted), len(reading.claims) - len(reading.counted)
    found += [
        "",
        f"{counted} claims"
        + (f" and {repeated} that repeat them" if repeated else "")
        + f" in {len(reading.articles)} article(s). {KEPT}",
    ]
    found += [f"note: {note}" for note in reading.notes]
    if reading.unread:
        found.append(f"note: {len(reading.unread)} sentence(s) in another script were kept but not read; --json lists them")
    return found[1:] if found and not found[0] else found


def claim_lines(claim: ReadClaim) -> Iterable[str]:
    """Return one claim as lines: who says what, hedges, and how it stands to the ledger."""
    who = " < ".join(reversed(claim.chain)) if len(claim.chain) > 1 else claim.speaker
    role = f" ({claim.role})" if claim.role else ""
    when = f", about {claim.date_of}" if claim.date_of else ""
    amount = quantity_words(claim.quantity)
    about = f" on {claim.subject}" if claim.subject else ""
    said = f"{claim.stance}{' (negated)' if claim.negated else ''}{': ' + amount if amount else ''}"
    yield f"  [{claim.id}] {who}{role} {said}{about}{when}"
    if claim.hedges:
        yield f"      hedged: {', '.join(claim.hedges)}"
    if claim.repeats is not None:
        yield f"      repeats {claim.repeats}; not counted again"
    bearing = claim.bearing
    if bearing.path is None:
        yield f"      ledger: {bearing.relation}"
    elif bearing.relation == "conflicts":
        yield f"      ledger: conflicts with {bearing.path}; here {amount or 'a denial'}, there {bearing.ledger_says}"
    else:
        yield f"      ledger: {bearing.relation} {bearing.path}: {bearing.ledger_says}"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 300 else plain[:297] + "..."
