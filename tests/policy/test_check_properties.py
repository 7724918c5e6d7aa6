"""What holds for every item and every day, whatever the numbers of the rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.policy.check_arrays import CODES, check_many
from countermove.policy.checks import check, check_item, subject_of
from countermove.policy.criteria import YES, Situation
from countermove.policy.evaluation import outcome_of
from countermove.policy.facts import load_facts
from countermove.policy.items import catalogue_item, custom_item, item_names, with_facts
from countermove.policy.rule_book import live_rules, make_book, shipped_book
from countermove.policy.rules import load_rules
from countermove.policy.transactions import Transaction, transaction
from countermove.quantities.calendar import parse_date

EVIDENCE = dt.date(2026, 10, 9)
TPP = st.floats(100, 60_000)
AREA = st.floats(100, 2_000)
DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2027, 6, 30))
IDS = st.sampled_from(item_names())
A, B = (f"us/bis/advanced-computing/3a090-{paragraph}" for paragraph in "ab")


def classification(tpp: float, facts: dict[str, Any], on: dt.date) -> int:
    """2 for paragraph a, 1 for paragraph b, 0 for neither, with the numbers known."""
    item = custom_item({"tpp": tpp, **facts})
    live = {one.rule.id: one for one in live_rules(shipped_book(), on, EVIDENCE)}
    held = {**item.facts, **transaction(item).facts}
    truths = [live[name].compiled.tests.truth(Situation(held, live[name].values, {})) for name in (A, B)]
    return 2 if truths[0] == YES else 1 if truths[1] == YES else 0


@given(low=TPP, more=st.floats(0, 60_000), area=AREA, data_centre=st.booleans(), fixed_density=st.booleans())
def test_raising_performance_never_loosens_a_classification(
    low: float, more: float, area: float, data_centre: bool, fixed_density: bool
) -> None:
    facts: dict[str, Any] = {"performance_density": low / area} if fixed_density else {"die_area_mm2": area}
    facts["data_centre"] = data_centre
    on = dt.date(2026, 2, 1)
    assert classification(low + more, facts, on) >= classification(low, facts, on)


@given(low=TPP, more=st.floats(0, 60_000), io=st.floats(10, 2_000))
def test_raising_performance_never_loosens_the_test_of_2022(low: float, more: float, io: float) -> None:
    def outcome(tpp: float) -> str:
        return check("custom", tpp=tpp, io_gb_s=io, on="2023-01-01").us.outcome

    assert not (outcome(low) == "denied" and outcome(low + more) != "denied")


@settings(max_examples=300)
@given(name=IDS, on=DAYS, fact=st.sampled_from(sorted(load_facts())), user=st.sampled_from(["private-company", "military"]))
def test_an_unknown_fact_never_turns_a_block_or_an_unknown_into_allowed(name: str, on: dt.date, fact: str, user: str) -> None:
    item = catalogue_item(name)
    deal = transaction(item, end_user=user)
    before = check_item(item, deal, on, EVIDENCE)
    unknown = load_facts()[fact].unknown
    if load_facts()[fact].of == "item":
        after = check_item(with_facts(item, {fact: unknown}), deal, on, EVIDENCE)
    else:
        hidden = Transaction({**deal.facts, fact: unknown}, deal.given, deal.defaults, deal.counts)
        after = check_item(item, hidden, on, EVIDENCE)
    for gate in ("us", "cn"):
        old, new = before.gate(gate), after.gate(gate)
        assert new.level.low <= old.level.low
        assert new.level.high >= old.level.high
        if old.outcome in ("denied", "unknown"):
            assert new.outcome != "allowed"


@given(tpp=TPP, area=AREA, bandwidth=st.floats(100, 9_000), io=st.floats(10, 2_000), on=DAYS, hide=st.sets(st.integers(0, 4)))
def test_hiding_several_numbers_at_once_only_widens(
    tpp: float, area: float, bandwidth: float, io: float, on: dt.date, hide: set[int]
) -> None:
    numbers: list[tuple[str, Any]] = [
        ("tpp", tpp), ("die_area_mm2", area), ("memory_bandwidth_gb_s", bandwidth), ("interconnect_gb_s", io),
        ("sold_in_us_on_2026_01_15", True),
    ]  # fmt: skip
    whole = check("custom", facts=dict(numbers), exporter="nvidia", on=on)
    part = {name: "unknown" if place in hide else value for place, (name, value) in enumerate(numbers)}
    less = check("custom", facts=part, exporter="nvidia", on=on)
    assert less.us.level.low <= whole.us.level.low <= whole.us.level.high <= less.us.level.high


@pytest.mark.parametrize("rule_id", list(load_rules()))
def test_a_rule_outside_its_dates_has_no_effect(rule_id: str) -> None:
    """Before a rule begins, the outcomes with and without it are the same, and it is not among the findings."""
    rule = load_rules()[rule_id]
    begins = min(step.from_ for step in rule.status)
    day = max(begins - dt.timedelta(days=1), dt.date(2022, 1, 1))
    if day >= begins:
        return
    without = make_book({name: other for name, other in load_rules().items() if name != rule_id})
    for name in ("h200-sxm", "h20", "a800-sxm", "l20", "ascend-910c"):
        item = catalogue_item(name)
        deal = transaction(item, listed_ownership=0.7)
        whole, less = (check_item(item, deal, day, EVIDENCE, book=book) for book in (shipped_book(), without))
        assert (whole.us.level, whole.cn.level, whole.duty["import_duty_rate"]) == (
            less.us.level,
            less.cn.level,
            less.duty["import_duty_rate"],
        )
        assert rule_id not in {one.rule for one in (*whole.us.findings, *whole.cn.findings)}


@settings(max_examples=150)
@given(name=IDS, on=DAYS, known=st.dates(dt.date(2022, 1, 1), dt.date(2026, 10, 9)))
def test_nothing_published_later_is_seen(name: str, on: dt.date, known: dt.date) -> None:
    """Rules whose every step became known later do not appear, and leaving them out of the book changes nothing."""
    seen = {rule_id: rule for rule_id, rule in load_rules().items() if any(step.known <= known for step in rule.status)}
    named = {other for rule in seen.values() for other in rule.check.relaxes}
    book = make_book({rule_id: rule for rule_id, rule in load_rules().items() if rule_id in seen or rule_id in named})
    item = catalogue_item(name)
    deal = transaction(item)
    whole, less = (check_item(item, deal, on, known, book=one) for one in (shipped_book(), book))
    assert {one.rule for one in (*whole.us.findings, *whole.cn.findings)} <= set(seen)
    assert (whole.us.level, whole.cn.level) == (less.us.level, less.cn.level)
    assert whole.duty == less.duty


@pytest.mark.parametrize(
    "on", ["2022-09-10", "2023-06-01", "2024-06-01", "2025-05-01", "2025-12-20", "2026-02-01", "2026-08-20", "2026-12-01"]
)
def test_arrays_give_what_single_checks_give(on: str) -> None:
    generator = np.random.default_rng(7)
    count = 60
    columns = {
        "tpp": generator.uniform(500, 40_000, count),
        "die_mm2": generator.uniform(200, 1_700, count),
        "bandwidth_gb_s": generator.uniform(300, 9_000, count),
        "io_gb_s": generator.uniform(50, 1_500, count),
        "sold_in_us_on_2026_01_15": generator.integers(0, 2, count).astype(float),
    }
    for column in columns.values():
        column[generator.random(count) < 0.15] = np.nan
    many = check_many(columns, on=on, exporter="nvidia")
    for index in range(count):
        numbers = {name: None if np.isnan(column[index]) else float(column[index]) for name, column in columns.items()}
        given_numbers = {name: "unknown" if value is None else value for name, value in numbers.items()}
        flag = given_numbers["sold_in_us_on_2026_01_15"]
        given_numbers["sold_in_us_on_2026_01_15"] = flag if flag == "unknown" else bool(flag)
        one = check("custom", facts=given_numbers, exporter="nvidia", on=on)
        assert (CODES[many.us[index]], CODES[many.cn[index]]) == (one.us.outcome, one.cn.outcome)
        rate = one.duty["import_duty_rate"]
        assert np.isnan(many.duty[index]) if rate is None else many.duty[index] == rate


def test_a_catalogue_item_and_its_numbers_agree_where_nothing_hangs_on_the_name() -> None:
    item, _ = subject_of("h200-sxm", {})
    numbers = {name: item.metric(name) for name in ("tpp", "die_area_mm2", "memory_bandwidth_gb_s", "interconnect_gb_s")}
    for day in ("2023-01-01", "2024-01-01", "2025-05-01", "2026-02-01"):
        given_numbers = check("custom", facts={**numbers, "sold_in_us_on_2026_01_15": True}, exporter="nvidia", on=day)
        assert given_numbers.us.outcome == check("h200-sxm", on=day).us.outcome


def test_the_level_of_an_outcome_is_what_the_outcome_says() -> None:
    for name in item_names():
        result = check(name, on=parse_date("2026-02-01"))
        assert result.us.outcome == outcome_of(result.us.level)
        if result.us.outcome == "unknown":
            assert result.us.would_settle(), name
