"""An entry of the evidence as lines to read or as one JSON document.

Competing claims stand side by side: the value, the period it is about, when it became known, the grade, and who says
so; then each claim in a sentence with the addresses it rests on. Nothing is averaged and nothing is left out.
"""

from __future__ import annotations

from typing import Any

from countermove.evidence.entry import Entry
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import GRADES, Claim, Source

#: Longest text of one column of the side-by-side table.
COLUMN = 34


def lines(entry: Entry, ledger: Ledger) -> list[str]:
    """Return the entry as plain lines for a terminal."""
    place = f", {entry.place}" if entry.place else ""
    text = [f"{entry.path} ({entry.kind}{place})", entry.title]
    width = max((len(label) for label, _ in entry.facts), default=0)
    text += [f"  {label:<{width}}  {value}" for label, value in entry.facts]
    if entry.note:
        text.append(f"  note: {entry.note}")
    if len(entry.claims) > 1:
        text += ["", "Claims side by side", *_side_by_side(entry.claims)]
    for claim in entry.claims:
        text += ["", *_claim_lines(claim, ledger)]
    shown = {source.id for claim in entry.claims for source in ledger.sources_of(claim)}
    others = [source for source in entry.sources if source.id not in shown]
    if others:
        text += ["", "Sources" if not entry.claims else "Other sources"]
        text += [line for source in others for line in _source_lines(source)]
    return text


def as_json(entry: Entry, ledger: Ledger) -> dict[str, Any]:
    """Return the entry as one JSON document: facts in order, claims with both dates and grades, sources with addresses."""
    sources = {source.id: source for claim in entry.claims for source in ledger.sources_of(claim)}
    sources |= {source.id: source for source in entry.sources}
    return {
        "path": entry.path,
        "kind": entry.kind,
        "title": entry.title,
        "place": entry.place,
        "facts": [{"label": label, "value": value} for label, value in entry.facts],
        "claims": [_claim_json(claim) for claim in entry.claims],
        "sources": [source.model_dump(mode="json") for source in sources.values()],
        "note": entry.note,
    }


def value_text(claim: Claim) -> str:
    """Return a claim's number in words: ``812 (700 to 812) thousand package``; empty for a claim without one."""
    if claim.unit is None:
        return ""
    unit = "" if claim.unit == "1" else f" {claim.unit}"
    low = "" if claim.low is None else f"{claim.low:,.6g}"
    high = "" if claim.high is None else f"{claim.high:,.6g}"
    band = f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}" if high else ""
    if claim.value is None:
        return f"{band}{unit}"
    return f"{claim.value:,.6g}{f' ({band})' if band else ''}{unit}"


def _claim_json(claim: Claim) -> dict[str, Any]:
    return claim.model_dump(mode="json", by_alias=True) | {"grade_meaning": GRADES[claim.grade]}


def _side_by_side(claims: tuple[Claim, ...]) -> list[str]:
    head = ("claim", "value", "about", "known", "grade", "status", "who says it")
    rows = [
        (claim.id, value_text(claim), str(claim.period), claim.known, claim.grade, claim.status, claim.made_by)
        for claim in claims
    ]
    table = [tuple(_cut(cell) for cell in row) for row in (head, *rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return ["  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def _cut(text: str) -> str:
    return text if len(text) <= COLUMN else f"{text[: COLUMN - 3]}..."


def _claim_lines(claim: Claim, ledger: Ledger) -> list[str]:
    relayed = f", relayed by {', '.join(claim.relayed_by)}" if claim.relayed_by else ""
    number = value_text(claim)
    text = [
        f"claims/{claim.id}  [{claim.grade}: {GRADES[claim.grade]}; {claim.status}]",
        f"  {claim.says}",
        f"  said by {claim.made_by}{relayed}",
        f"  about {claim.period}; known {claim.known}" + (f"; value {number}" if number else ""),
    ]
    if claim.note:
        text.append(f"  note: {claim.note}")
    return text + [line for source in ledger.sources_of(claim) for line in _source_lines(source)]


def _source_lines(source: Source) -> list[str]:
    via = f", read via {source.read_via}" if source.read_via else ""
    licence = f", {source.licence}" if source.licence else ""
    return [
        f"  - {source.publisher} ({source.kind}, {source.side}), {source.published or 'undated'}: {source.title}{via}{licence}",
        f"    {source.url or 'no address: ' + source.note}",
    ]
