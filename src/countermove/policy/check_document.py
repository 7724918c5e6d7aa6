"""A check as a document: what `countermove check --json` prints, and the lines about its evidence."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from functools import cache
from typing import Any

from countermove import __version__
from countermove.policy.checks import NOTICE, CheckResult, GateResult, shown_defaults, shown_notes
from countermove.policy.facts import load_facts
from countermove.policy.force import evidence_end
from countermove.policy.items import Item
from countermove.policy.rules import RULES


def to_dict(result: CheckResult) -> dict[str, Any]:
    """Return a check as the document that `countermove check --json` prints."""

    def side(gate: GateResult) -> dict[str, Any]:
        return {
            "outcome": gate.outcome,
            "says": gate.says,
            "headline": gate.headline,
            "findings": [one.to_dict() for one in gate.findings],
            "conditions": list(gate.conditions),
            "papers": list(gate.papers),
            "would_settle": gate.would_settle() if gate.outcome == "unknown" else [],
        }

    item, known = result.item, result.known
    metrics = {"tpp": "tpp", "performance_density": "performance_density", "memory_bandwidth_gb_s": "memory_bandwidth_gb_s"}
    return {
        "item": item.id,
        "on": result.on.isoformat(),
        "known": result.known.isoformat(),
        "us": side(result.us),
        "cn": side(result.cn),
        "duty": dict(result.duty),
        "item_metrics": {key: item.metric(fact) for key, fact in metrics.items()}
        | {"interconnect_gb_s": item.metric("interconnect_gb_s")},
        "item_ranges": {fact: _span(item, fact) for fact in (*metrics.values(), "interconnect_gb_s")},
        "item_name": item.name,
        "item_notes": shown_notes(item, known),
        "cap": None if result.cap is None else dict(result.cap),
        "transaction": {name: _plain(value) for name, value in result.transaction.facts.items() if _asked(name, known)},
        "stated": list(result.transaction.given),
        "party": None if result.transaction.party is None else result.transaction.party.name,
        "strict": result.transaction.strict,
        "assumed_count": assumed_count(result),
        "outside": [*result.us.outside, *result.cn.outside],
        "ruleset": ruleset(),
        "evidence_until": evidence_end().isoformat(),
        "days_since_evidence": days_since(result),
        "notice": NOTICE,
    }


def assumed_count(result: CheckResult) -> int:
    """Return how many facts were assumed because nobody stated them: defaults of the transaction and notes on the item."""
    notes = sum(note.startswith("assumed") for note in shown_notes(result.item, result.known))
    return len(shown_defaults(result.transaction, result.known)) + notes


def days_since(result: CheckResult) -> int:
    """Return the days from the end of the evidence, or of what was known, to the day of the transaction; 0 within it."""
    return max((result.on - min(result.known, evidence_end())).days, 0)


def banner(result: CheckResult) -> str:
    """Return the line that counts the days between the evidence and the day of the transaction."""
    days = days_since(result)
    gap = f"; {days} days before {result.on}: changes since then are not seen" if days else ""
    return f"Evidence ends on {evidence_end()}{gap}."


@cache
def ruleset() -> dict[str, str]:
    """Return the release and a hash over the files of the rules: what an answer rests on."""
    digest = hashlib.sha256()
    for path in sorted(RULES.rglob("*.yaml")):
        digest.update(f"{path.relative_to(RULES).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return {"version": __version__, "hash": digest.hexdigest()[:16]}


def _asked(name: str, known: dt.date) -> bool:
    """Say whether the question behind a fact was public by a day."""
    since = load_facts()[name].since
    return since is None or since <= known


def _span(item: Item, fact: str) -> list[float] | None:
    """Return the span that the tests use for a number, None where it is unknown."""
    low, high = item.interval(fact)
    return [low, high] if math.isfinite(low) and math.isfinite(high) else None


def _plain(value: Any) -> Any:
    if not isinstance(value, tuple):
        return "unknown" if value is None else value
    low, high = value
    return low if low == high else "unknown"
