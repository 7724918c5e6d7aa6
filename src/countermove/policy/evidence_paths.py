"""Rules and levers as entries of the evidence: `rules/us/bis/...` and `levers/washington.duty`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from countermove.evidence.entry import Entry, register_resolver
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import Source
from countermove.policy.lever_definitions import PREFIX, Lever, load_levers
from countermove.policy.rule_schema import Rule
from countermove.policy.rules import RULES, load_rules
from countermove.quantities.calendar import month_name


def register() -> None:
    """Let rules and levers be looked up like any other path of the evidence."""
    register_resolver("rules", _find_rule, load_rules)
    register_resolver("levers", _find_lever, load_levers)


def _find_rule(ledger: Ledger, name: str) -> Entry | None:
    rule = load_rules().get(name)
    if rule is None:
        return None
    return Entry(
        path=f"rules/{rule.id}",
        kind="rule",
        title=rule.title,
        facts=tuple(_rule_facts(rule)),
        claims=tuple(ledger.claims[claim] for claim in rule.competing if claim in ledger.claims),
        sources=_sources(ledger, sorted(rule.sources())),
        place=f"data/{RULES.name}/{rule.id}.yaml",
        note=rule.summary,
    )


def _rule_facts(rule: Rule) -> Iterator[tuple[str, Any]]:
    """Yield status, values and gate effects in the order of time."""
    yield "government", rule.government
    yield "agency", rule.agency
    yield "kind", rule.kind
    for status in rule.status:
        clock = f" until {status.until}, then {status.then}" if status.until is not None else ""
        yield f"status from {status.from_}", f"{status.status}{clock} (known {status.known}, grade {status.grade})"
    for value in rule.values.values():
        for dated in value.values:
            number = "no longer applies" if dated.value is None else f"{dated.value:g} {value.unit}"
            yield f"{value.label} from {dated.from_}", f"{number} (grade {dated.grade})"
    for condition in rule.conditions:
        yield f"condition {condition.id}", f"{condition.text} (grade {condition.grade})"
    for effect in rule.effects:
        for step in effect.steps:
            share = (
                f"{step.value:g}"
                if step.value is not None
                else ", ".join(f"{name} {x:g}" for name, x in (step.by_variant or {}).items())
            )
            yield (
                f"{effect.field} from {step.from_}",
                f"{step.state}: {share} ({step.basis}, known {step.known}, grade {step.grade})",
            )


def _find_lever(ledger: Ledger, name: str) -> Entry | None:
    lever = load_levers().get(name.removeprefix(PREFIX).replace("/", "."))
    if lever is None:
        return None
    named = dict.fromkeys([*lever.anchors, *(source for step in lever.baseline for source in step.sources)])
    return Entry(
        path=f"levers/{lever.id}",
        kind="lever",
        title=lever.label,
        facts=tuple(_lever_facts(lever)),
        sources=_sources(ledger, named),
        place="data/levers.yaml",
        note=lever.definition,
    )


def _lever_facts(lever: Lever) -> Iterator[tuple[str, Any]]:
    yield "government", lever.government
    yield "unit", lever.main.unit
    yield "range", lever.main.range_text
    for step in lever.baseline:
        yield f"status quo from {month_name(step.month)}", f"{step.value:g} ({step.basis}) {step.note}".rstrip()
    for part in lever.parts.values():
        yield f"part {part.name}", f"{part.definition} ({', '.join(part.choices) or part.range_text})"


def _sources(ledger: Ledger, names: Iterable[str]) -> tuple[Source, ...]:
    return tuple(ledger.sources[name] for name in names if name in ledger.sources)
