"""What the ledger knows about a gate's state on any date: the spells of one product, and how an unknown state is spread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from countermove.errors import DataError, did_you_mean
from countermove.policy.gate_readings import load_readings
from countermove.policy.timeline import GateSpell, gate_timeline

KEYS = ("government", "product", "segment")
GOVERNMENTS = {"us": "Washington", "cn": "Beijing"}


def gate_state(asked: Any, *, known: dt.date | None, where: str) -> dict[str, Any]:
    """Return the spells of a gate for one product, and the weights of its readings at the end of the evidence.

    `asked` is the `gate` block of a row: government (us or cn), product, and optionally segment. DataError for anything else.
    """
    if not isinstance(asked, Mapping) or asked.get("government") not in GOVERNMENTS or not isinstance(asked.get("product"), str):
        raise DataError(
            "a gate needs government (us or cn) and product", where=where, hint="write {government: cn, product: h20}"
        )
    for key in asked:
        if key not in KEYS:
            raise DataError(f"unknown key '{key}' in a gate", where=where, hint=did_you_mean(key, KEYS))
    side, product = asked["government"], asked["product"]
    found = [spell for spell in gate_timeline(product, asked.get("segment"), known=known) if spell.government == side]
    readings = load_readings(side)
    day = min(known or readings.evidence_until, readings.evidence_until)
    weights = readings.view(day).weights
    buyers = f" ({asked['segment'].replace('-', ' ')})" if asked.get("segment") else ""
    return {
        "government": GOVERNMENTS[side],
        "product": product,
        "segment": asked.get("segment"),
        "spells": [_spell(spell) for spell in found],
        "readings": [{"name": name, "weight": float(weights[name]), "means": text} for name, text in readings.variants.items()],
        "statement": _statement(f"{GOVERNMENTS[side]}'s gate for {product}{buyers}", found, readings.variants, weights),
    }


def _spell(spell: GateSpell) -> dict[str, Any]:
    return {
        "from": spell.start.isoformat(),
        "until": None if spell.until is None else spell.until.isoformat(),
        "state": spell.state,
        "rule": spell.rule,
        "low": spell.low,
        "high": spell.high,
        "sources": list(spell.sources),
    }


def _statement(gate: str, spells: list[GateSpell], variants: Mapping[str, str], weights: Mapping[str, float]) -> str:
    known = [spell for spell in spells if spell.until is not None]
    if not known:
        return f"Nothing was known about {gate} on that date"
    last = known[-1]
    through = f"{last.low:.0%}" if last.low == last.high else f"{last.low:.0%} to {last.high:.0%}"
    spread = ", ".join(f"{variant} {weights[variant]:.0%}" for variant in variants)
    return (
        f"{gate} changed its state {_times(len(known) - 1)} on record; since {last.start.isoformat()}: "
        f"{last.state}, {through} let through. What holds after the evidence is unknown and stays spread over: {spread}"
    )


def _times(count: int) -> str:
    return f"{count} time" if count == 1 else f"{count} times"
