"""Cases that a lawyer can read: an item and a transaction, and what the sources say about them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from countermove.evidence.strict_yaml import load
from countermove.policy.checks import check, day_of
from countermove.policy.criteria import NO, YES, Situation
from countermove.policy.items import custom_item
from countermove.policy.references import source_of
from countermove.policy.rule_book import live_rules, shipped_book
from countermove.policy.transactions import transaction

FOLDER = Path(__file__).with_name("cases")
FILES = [path for path in sorted(FOLDER.glob("*.yaml")) if path.name != "golden.yaml"]
GOLDEN = load(FOLDER / "golden.yaml").mapping()
KEYS = {
    "name", "item", "on", "known", "to", "parent", "route", "from", "end_user", "end_use", "quantity", "us_units",
    "exported_units", "tpp", "die", "bandwidth", "io", "fact", "us", "cn", "duty", "revenue_share", "remaining",
    "finding", "source",
}  # fmt: skip
EXPECTED = ("us", "cn", "duty", "revenue_share", "remaining", "finding")
RENAMED = {"from": "departure", "die": "die_mm2", "bandwidth": "bandwidth_gb_s", "io": "io_gb_s"}


def cases() -> list[Any]:
    documents = [(path.stem, load(path).mapping()) for path in FILES]
    return [
        pytest.param({"source": document["source"], **case}, id=f"{name}: {case['name']}")
        for name, document in documents
        for case in document["cases"]
    ]


CASES = cases()


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    stated = {RENAMED.get(key, key): value for key, value in case.items() if key in KEYS - {*EXPECTED, "name", "source", "fact"}}
    result = check(stated.pop("item"), facts=case.get("fact"), **stated)
    seen: dict[str, Any] = {"us": result.us.outcome, "cn": result.cn.outcome}
    rate = result.duty["import_duty_rate"]
    seen["duty"] = "unknown" if rate is None else rate
    seen["revenue_share"] = result.duty["revenue_share_reading"]["rate"]
    seen["remaining"] = result.cap["remaining_units"] if result.cap else None
    findings = {one.rule: one.status for gate in (result.us, result.cn) for one in gate.findings}
    seen["finding"] = {rule: findings.get(rule) for rule in case.get("finding", {})}
    expected = {key: case[key] for key in EXPECTED if key in case}
    assert {key: seen[key] for key in expected} == expected


def test_there_are_at_least_400_distinct_cases_with_sources() -> None:
    given = []
    for parameter in CASES:
        (case,) = parameter.values
        assert set(case) <= KEYS, case["name"]
        assert source_of(case["source"]), f"{case['name']}: unknown source {case['source']}"
        assert any(key in case for key in EXPECTED)
        given.append(str(sorted((key, str(value)) for key, value in case.items() if key not in {"name", "source", *EXPECTED})))
    assert len(CASES) >= 400
    assert len({parameter.id for parameter in CASES}) == len(CASES)
    assert len(set(given)) >= 400, "the same facts with another expectation do not count again"


def golden() -> list[Any]:
    return [
        pytest.param(chip, name, id=f"{chip}: {name}")
        for chip, row in GOLDEN["chips"].items()
        for name in GOLDEN["tests"]
        if row[name] != "-"
    ]


@pytest.mark.parametrize(("chip", "name"), golden())
def test_golden_table(chip: str, name: str) -> None:
    row, test = GOLDEN["chips"][chip], GOLDEN["tests"][name]
    item = custom_item(
        {
            "tpp": row["tpp"],
            "performance_density": row["pd"],
            "memory_bandwidth_gb_s": row["memory"],
            "interconnect_gb_s": row["io"],
            "sold_in_us_on_2026_01_15": True,
            "marketed_since_2026": False,
        }
    )
    facts = {**item.facts, **transaction(item).facts}

    def answer(rule: str) -> str:
        live = next(
            one for one in live_rules(shipped_book(), day_of(test["on"], "on"), dt.date(2026, 11, 21)) if one.rule.id == rule
        )
        truth = live.compiled.tests.truth(Situation(facts, live.values, {}))
        return "yes" if truth == YES else "no" if truth == NO else "unknown"

    if name == "entry-2023":
        a, b = (answer(f"us/bis/advanced-computing/3a090-{paragraph}") for paragraph in "ab")
        found = "a" if a == "yes" else "b" if b == "yes" else "none" if (a, b) == ("no", "no") else "unknown"
    else:
        found = answer(test["rule"])
    assert found == row[name]


def test_the_golden_table_has_ten_chips_and_six_tests() -> None:
    assert (len(GOLDEN["chips"]), len(GOLDEN["tests"])) == (10, 6)
    assert len(golden()) == 54
    assert all(source_of(name) for name in GOLDEN["sources"])
