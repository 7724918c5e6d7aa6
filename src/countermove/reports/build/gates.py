"""Both gates over time for the H200: the dated rules up to the end of the evidence, then what each scenario sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countermove.experiments.pipeline import known_date
from countermove.experiments.scenario import Scenario
from countermove.policy.gate_readings import load_readings
from countermove.policy.lever_definitions import MAIN, load_levers
from countermove.policy.rules import load_rules
from countermove.policy.timeline import GateSpell, gate_timeline
from countermove.reports.build.scenarios import GOVERNMENTS, H200_TPP, NO_CEILING, as_number, value_words
from countermove.reports.model import GateRow, GateSpan, GateState

PRODUCT = "h200-sxm"
ALL_EVIDENCE = "all evidence"
LANES: Mapping[str, str] = {"us": "H200, direct sale", "cn": "H200, direct import"}


def evidence_end() -> str:
    """The month in which the evidence ends, "2026-10"."""
    return min(load_readings("us").evidence_until, load_readings("cn").evidence_until).isoformat()[:7]


def gate_rows(scenarios: Sequence[Scenario], known: str) -> tuple[GateRow, ...]:
    """One lane per government for history, then one per scenario for each gate that its levers set."""
    spells = gate_timeline(PRODUCT, known=None if known == ALL_EVIDENCE else known_date(known))
    history = tuple(
        GateRow(GOVERNMENTS[side], LANES[side], tuple(_span(s) for s in spells if s.government == side and s.until))
        for side in ("us", "cn")
    )
    return history + tuple(row for scenario in scenarios for row in _scenario_rows(scenario))


def _span(spell: GateSpell) -> GateSpan:
    """A spell of the dated rules, with the status of the rule that decides it."""
    end = spell.until.isoformat() if spell.until else None
    return GateSpan(spell.start.isoformat(), end, _state(spell), spell.state, _status(spell.rule, spell.start), spell.sources)


def _state(spell: GateSpell) -> GateState:
    """Closed when every reading lets nothing through, open when all let all; readings that disagree on zero are unknown."""
    if spell.high == 0:
        return "closed"
    if spell.low == 1:
        return "open"
    return "unknown" if spell.low == 0 else "restricted"


def _status(rule: str, day: dt.date) -> str:
    """The status of a rule on a day."""
    steps = load_rules()[rule].status if rule else ()
    return next((str(s.status) for s in reversed(steps) if s.from_ <= day), "")


def _scenario_rows(scenario: Scenario) -> Iterator[GateRow]:
    """What a scenario's levers make of each gate for the H200."""
    settings = {lever: dict(parts[MAIN]) for lever, parts in scenario.levers.items() if MAIN in parts}
    us = {k: v for k, v in settings.items() if k in ("washington.performance_ceiling", "washington.licence_scope")}
    cn = {k: v for k, v in settings.items() if k == "beijing.import_gate"}
    for government, chosen in (("washington", us), ("beijing", cn)):
        if chosen:
            side = "us" if government == "washington" else "cn"
            yield GateRow(GOVERNMENTS[side], scenario.label, tuple(_scenario_spans(chosen)), scenario=scenario.id)


def _scenario_spans(settings: Mapping[str, Mapping[str, Any]]) -> Iterator[GateSpan]:
    """One span per month in which a lever of the gate changes."""
    months = sorted({month for schedule in settings.values() for month in schedule})
    for i, month in enumerate(months):
        held = {lever: _held(schedule, month) for lever, schedule in settings.items()}
        end = months[i + 1] if i + 1 < len(months) else None
        yield GateSpan(month, end, _held_state(held), _held_words(held))


def _held(schedule: Mapping[str, Any], month: str) -> Any:
    """The value of a schedule in a month; None before its first."""
    before = [m for m in sorted(schedule) if m <= month]
    return schedule[before[-1]] if before else None


def _held_state(held: Mapping[str, Any]) -> GateState:
    numbers = {lever: as_number(lever, value) for lever, value in held.items() if value is not None}
    gate = numbers.get("beijing.import_gate")
    if gate is not None:
        return "open" if gate == 0 else "closed" if gate == 1 else "restricted"
    ceiling = numbers.get("washington.performance_ceiling", NO_CEILING)
    scope = numbers.get("washington.licence_scope")
    if ceiling >= NO_CEILING and "washington.performance_ceiling" in numbers:
        return "open"
    return "closed" if ceiling <= H200_TPP or scope == 0 else "restricted"


def _held_words(held: Mapping[str, Any]) -> str:
    levers = load_levers()
    return "; ".join(f"{levers[k].label}: {value_words(levers[k].main, v, lever=k)}" for k, v in held.items() if v is not None)
