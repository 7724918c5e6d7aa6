"""The dated provisions as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.policy.force import standing
from countermove.policy.gate_history import CN_FIELDS, US_FIELDS
from countermove.policy.gate_products import load_gate_products
from countermove.policy.gate_readings import load_readings
from countermove.policy.rule_schema import Rule
from countermove.policy.rules import find_rule, load_rules
from countermove.quantities.axes import ROUTES, SEGMENTS
from countermove.quantities.units import Unit

RULES = list(load_rules())


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_has_a_status_and_every_source_it_cites_exists(rule_id: str) -> None:
    rule = find_rule(rule_id)
    assert rule.status
    assert rule.sources() <= set(load_ledger().sources)
    assert set(rule.competing) <= set(load_ledger().claims)
    assert rule_id.startswith(rule.government)


@pytest.mark.parametrize("rule_id", RULES)
def test_status_and_values_go_forward_in_time_and_carry_sources(rule_id: str) -> None:
    rule = find_rule(rule_id)
    for steps in [rule.status, *(value.values for value in rule.values.values())]:
        days = [step.from_ for step in steps]
        assert days == sorted(days)
        assert all(step.sources for step in steps)


@pytest.mark.parametrize("rule_id", RULES)
def test_units_products_segments_and_routes_are_known(rule_id: str) -> None:
    rule, groups = find_rule(rule_id), load_gate_products()
    for value in rule.values.values():
        Unit.parse(value.unit)
    groups.expand(rule.scope.products)
    for effect in rule.effects:
        assert groups.expand(effect.products)
        assert set(effect.segments) <= set(SEGMENTS)
        assert set(effect.routes) <= set(ROUTES)
        assert effect.field in (US_FIELDS if rule.government == "us" else CN_FIELDS)


@pytest.mark.parametrize("rule_id", RULES)
def test_criteria_compare_facts_with_the_rules_own_values(rule_id: str) -> None:
    rule = find_rule(rule_id)
    for leaf in _leaves(rule.criteria or {}):
        if "test" in leaf:
            assert leaf["test"] in {">=", ">", "<", "<=", "=="}
            assert isinstance(leaf["value"], bool) or leaf["value"] in rule.values
        else:
            assert leaf["in"] if "in" in leaf else leaf["in_group"]


@pytest.mark.parametrize("rule_id", RULES)
def test_contested_steps_name_every_reading_and_shares_stay_shares(rule_id: str) -> None:
    rule = find_rule(rule_id)
    names = set(load_readings(rule.government).variants)
    for effect in rule.effects:
        for step in effect.steps:
            values = [step.value] if step.by_variant is None else list(step.by_variant.values())
            assert step.by_variant is None or set(step.by_variant) == names
            assert all(value is not None and value >= 0 for value in values)
            if effect.field not in {"ceiling", "bundle"}:
                assert all(value is not None and value <= 1 for value in values)
            assert step.basis == "sourced" or step.note, "an assumption or derivation says how"


def test_beijings_measures_are_mostly_reports_and_say_so() -> None:
    guidance = [rule for rule in load_rules().values() if rule.kind == "window-guidance"]
    assert guidance
    assert all(any(step.status in {"reported", "drafted"} for step in rule.status) for rule in guidance)


def test_announcements_bills_and_drafts_move_no_licence() -> None:
    for rule in load_rules().values():
        if rule.kind in {"bill", "draft"} or rule.id == "us/white-house/h200-announcement-2025":
            assert not rule.effects


def test_a_rule_not_enforced_moves_no_gate() -> None:
    rule = find_rule("us/bis/diffusion/framework-2025")
    assert rule.status[-1].status == "not-enforced"
    assert not rule.effects


def test_a_stay_that_ends_after_the_evidence_leaves_the_rule_unknown() -> None:
    rule = find_rule("us/bis/entities/affiliates-2025")
    assert [step.status for step in rule.status] == ["in-force", "stayed", "stayed"], (
        "an extension was announced, without an instrument"
    )
    end = rule.status[-1].until
    assert end is not None
    assert end > load_readings("us").evidence_until
    after = standing(rule, end, dt.date(2026, 11, 21))
    assert after is not None
    assert after.status == "unknown"
    assert rule.status[-1].then == "in-force"


@pytest.mark.parametrize(
    ("rule_id", "value", "number"),
    [
        ("us/bis/advanced-computing/3a090-a", "performance", 4800),
        ("us/bis/advanced-computing/3a090-a", "density", 5.92),
        ("us/bis/advanced-computing/3a090-b", "performance_low", 2400),
        ("us/bis/advanced-computing/3a090-c", "bandwidth_density", 2),
        ("us/bis/letters/h20-2025", "memory_bandwidth", 1400),
        ("us/bis/letters/h20-2025", "total_bandwidth", 1700),
        ("us/bis/licensing/review-policy-2026", "performance", 21000),
        ("us/bis/licensing/review-policy-2026", "memory_bandwidth", 6500),
        ("us/bis/licensing/volume-cap-2026", "share", 0.5),
        ("us/president/section-232/proclamation-11002", "rate", 0.25),
        ("us/white-house/revenue-share-2025", "share", 0.15),
        ("us/bis/licensing/h200-licences-2026", "chips_per_buyer", 75),
        ("cn/finance/big-fund-iii", "capital", 344),
        ("cn/regulators/state-funded-data-centres-2025", "completion", 0.3),
        ("cn/ndrc/h200-ceiling-2026-07", "ceiling", 200),
    ],
)
def test_the_numbers_of_the_rules_are_those_of_their_sources(rule_id: str, value: str, number: float) -> None:
    assert find_rule(rule_id).values[value].values[0].value == number


def test_an_unknown_rule_gets_the_nearest_id() -> None:
    with pytest.raises(InputError, match="did you mean 'us/bis/letters/h20-2025'"):
        find_rule("us/bis/letters/h20-2026")


def test_rules_are_frozen() -> None:
    rule: Rule = find_rule("rules/us/bis/letters/h20-2025")
    with pytest.raises(ValueError, match="frozen"):
        rule.title = "x"  # type: ignore[misc]


def _leaves(criteria: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "fact" in criteria:
        yield criteria
    for key in ("any", "all"):
        for child in criteria.get(key, ()):
            yield from _leaves(child)
