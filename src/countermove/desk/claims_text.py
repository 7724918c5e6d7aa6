"""The table of a case as lines for a terminal: one block per claim, evidence with grades, then the model's answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from countermove.desk.wording import wrapped
from countermove.experiments.pipeline import PRIOR
from countermove.experiments.run import ALL_EVIDENCE

MARGIN = 10

#: Small numbers as sentences write them.
_SMALL = {"0": ("no ", "none", "zero"), "1": ("one",), "2": ("two",), "3": ("three",), "10": ("ten",), "18": ("eighteen",)}

Document = Mapping[str, Any]


def lines(document: Document, *, sources: bool = False, commands: Collection[str] | None = None) -> list[str]:
    """Return the table as text; `sources` adds addresses, `commands` names the commands that this version has."""
    text = [
        f"{document['case']}: {document['title']}",
        *wrapped(document["question"]),
        *wrapped(_vintage(document)),
    ]
    for row in document["claims"]:
        text += ["", *_row(row, sources=sources, commands=commands)]
    return [*text, "", *_foot(document)]


def _vintage(document: Document) -> str:
    draws, runs, known = document["draws"], len(document["scenarios"]), document["known"]
    plain = ", priors as they stand" if document["beliefs"] == PRIOR else ""
    simulated = f"{draws:,} draws of {runs} scenarios, seed {document['seed']}{plain}; " if draws else ""
    vintage = "" if known == ALL_EVIDENCE else f", as known on {known} (statuses are those of all evidence)"
    return f"{simulated}evidence to {document['evidence_until']}{vintage}, version {document['version']}"


def _row(row: Document, *, sources: bool, commands: Collection[str] | None) -> Iterator[str]:
    yield from wrapped(row["claim"], first=f"{row['id']:<4}", rest="    ")
    yield from _field("said by", row["made_by"])
    yield from _field("status", f"{row['status']}. {row['answer']}")
    for side in ("for", "against"):
        if not row[side]:
            yield from _field(side, "nothing in the ledger")
        for number, claim in enumerate(row[side]):
            yield from _evidence(claim, side if number == 0 else "", sources=sources)
    yield from _model(row, commands)
    if sources:
        for number, source in enumerate(row["sources"]):
            yield from _field("quoted in" if number == 0 else "", _address(source))


def _evidence(claim: Document, label: str, *, sources: bool) -> Iterator[str]:
    yield from _field(label, f"[{claim['grade']}, {claim['known']}] {claim['says']}{_value(claim)} ({claim['id']})")
    if sources:
        for source in claim["sources"]:
            yield f"{' ' * (MARGIN + 4)}{_address(source)}"


def _value(claim: Document) -> str:
    """A claim's number, unless its sentence has it already, in digits or in words."""
    bare = claim["value"].split(" ")[0]
    words = _SMALL.get(bare, ())
    said = claim["says"].lower()
    return "" if not bare or bare in said or any(word in said for word in words) else f" {claim['value']}."


def _address(source: Document) -> str:
    return str(source["url"] or f"sources/{source['id']} (no address)")


def _model(row: Document, commands: Collection[str] | None) -> Iterator[str]:
    model = row["model"]
    if model is None:
        yield from _field("model", f"cannot judge this. {row['note'].partition(' Topics:')[0]}")
        return
    said = [line for check in model["checks"] for line in _answer(check)]
    said += [gate["statement"] for gate in model["gates"]]
    if model["command"]:
        there = commands is None or model["command"].split()[1] in commands
        said.append(f"{'see' if there else 'not in this version yet:'} {model['command']}")
    for number, line in enumerate(said or ["not run"]):
        yield from _field("model" if number == 0 else "", line)


def _answer(check: Document) -> Iterator[str]:
    yield check["statement"]
    if check["odds"] is not None:
        yield f"  {check['range']}"


def _field(label: str, text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()))
    return wrapped(text.lstrip(), first=f"    {label:<{MARGIN}}{indent}", rest=" " * (MARGIN + 4) + indent)


def _foot(document: Document) -> list[str]:
    meaning = (
        "Grades: A official text or filing, B named press or analyst, C derived or one weak page, D do not rely on it. "
        "A status sums up the evidence, not the model. "
    )
    probabilities = (
        "Probabilities are shares of draws under the named scenario and the stated assumptions: conditional forecasts, no "
        "predictions, no advice."
        if document["draws"]
        else ""
    )
    return wrapped(meaning + probabilities)
