"""The claims of a case: what is said, by whom, what speaks for and against it, and what the model can say about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from countermove import __version__
from countermove.desk.answers import answer
from countermove.desk.checks import Check, read_checks, run_scenarios
from countermove.desk.citing import claim_data, source_data
from countermove.desk.gate_state import gate_state
from countermove.errors import InputError, did_you_mean
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.schema import Case, CaseClaim
from countermove.experiments.pipeline import FITTED, evidence_until, known_date
from countermove.experiments.result import Result
from countermove.experiments.run import ALL_EVIDENCE, DRAWS, SEED, Progress

ODDS, RANGES, GATE, ELSEWHERE, NOTHING = "odds", "ranges", "gate", "elsewhere", "nothing"
"""What the model has for a row: probabilities, ranges without a threshold, a gate's state, another command, or nothing."""


def find_case(name: str) -> Case:
    """Return a case by its id; InputError with the nearest id."""
    cases = load_ledger().cases
    if name not in cases:
        raise InputError(f"no case named {name!r}", where="claims", hint=did_you_mean(name, cases))
    return cases[name]


def chosen_rows(case: Case, rows: Sequence[str] | None) -> list[CaseClaim]:
    """Return the rows of a case, or those named, in the order of the case; InputError with the nearest number."""
    if not rows:
        return list(case.claims)
    ids = [row.id for row in case.claims]
    wanted = [name.strip().upper() for name in rows]
    for name in wanted:
        if name not in ids:
            raise InputError(f"the case {case.id} has no claim {name!r}", where="--rows", hint=did_you_mean(name, ids))
    return [row for row in case.claims if row.id in wanted]


def checks_of(case: Case, row: CaseClaim) -> list[Check]:
    """Return the model's checks of one row."""
    return read_checks(row.model or {}, where=load_ledger().place("cases", f"{case.id}/{row.id}"))


def claims(
    name: str,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    known: str | None = None,
    beliefs: str = FITTED,
    rows: Sequence[str] | None = None,
    simulate: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return the table of a case as plain data: evidence from the ledger and, with `simulate`, the model's probabilities.

    `known` hides what became known later, from the evidence and from the gates; statuses stay those of all evidence.
    Raises InputError for an unknown case or row, DataError for a check that the model cannot answer.
    """
    case, day = find_case(name), known_date(known)
    chosen = chosen_rows(case, rows)
    checks = {row.id: checks_of(case, row) for row in chosen}
    wanted = [check for found in checks.values() for check in found]
    results = run_scenarios(wanted, draws=draws, seed=seed, known=known, beliefs=beliefs, progress=progress) if simulate else {}
    return {
        "case": case.id,
        "title": case.title,
        "question": case.question,
        "version": __version__,
        "draws": draws if simulate else 0,
        "seed": seed,
        "known": known or ALL_EVIDENCE,
        "beliefs": beliefs,
        "evidence_until": evidence_until(),
        "scenarios": list(results),
        "claims": [_row(case, row, checks[row.id], results, day) for row in chosen],
    }


def _row(
    case: Case, row: CaseClaim, checks: Sequence[Check], results: Mapping[str, Result], day: dt.date | None
) -> dict[str, Any]:
    ledger = load_ledger()
    return {
        "id": row.id,
        "claim": row.claim,
        "made_by": row.made_by,
        "status": row.status,
        "for": _evidence(row.evidence_for, day, ledger),
        "against": _evidence(row.against, day, ledger),
        "answer": row.answer,
        "note": row.note,
        "sources": [source_data(ledger.sources[name]) for name in row.sources],
        "model": _model(row, checks, results, day, where=ledger.place("cases", f"{case.id}/{row.id}")),
    }


def _evidence(names: Collection[str], day: dt.date | None, ledger: Ledger) -> list[dict[str, Any]]:
    """Claims for or against, oldest vintage first, as far as they were known."""
    found = [ledger.claims[name] for name in names if day is None or ledger.claims[name].known_day <= day]
    return [claim_data(claim, ledger) for claim in sorted(found, key=lambda claim: (claim.known_day, claim.id))]


def _model(
    row: CaseClaim, checks: Sequence[Check], results: Mapping[str, Result], day: dt.date | None, *, where: str
) -> dict[str, Any] | None:
    """What the model says: answered checks, the state of a gate, the command that shows the rest; None: it cannot judge."""
    if row.model is None:
        return None
    gates = [gate_state(asked, known=day, where=f"{where} (model.gates)") for asked in row.model.get("gates", ())]
    return {
        "says": kind_of_answer(row, checks),
        "checks": [answer(check, results) for check in checks] if results else [],
        "gates": gates,
        "command": row.model.get("command"),
    }


def kind_of_answer(row: CaseClaim, checks: Sequence[Check]) -> str:
    """Return what kind of answer the model has for a row; never whether the claim is true."""
    if any(check.threshold is not None for check in checks):
        return ODDS
    if checks:
        return RANGES
    if row.model is None:
        return NOTHING
    return GATE if "gates" in row.model else ELSEWHERE


def runs_of(name: str) -> list[str]:
    """Return the keys of the runs that a case needs, in the order of its rows."""
    case = find_case(name)
    return list(dict.fromkeys(key for row in case.claims for check in checks_of(case, row) for key in check.runs))
