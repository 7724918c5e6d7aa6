"""Wrong lever settings: one or two lines that say what, where, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from countermove.errors import InputError
from countermove.policy.levers import compile_levers

PLACE = "my.yaml"

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown lever": (
        {"washington.dutty": 0.25},
        "my.yaml (levers.washington.dutty): unknown lever 'washington.dutty'\n  did you mean 'washington.duty'?",
    ),
    "unknown part": (
        {"beijing.import_gate": {"value": 0.5, "cieling": 200}},
        "my.yaml (levers.beijing.import_gate): beijing.import_gate has no part 'cieling'\n  did you mean 'ceiling'?",
    ),
    "out of range": (
        {"beijing.subsidy": 70},
        "my.yaml (levers.beijing.subsidy): 70 is outside 0 to 50 usd_bn/year\n  give 0 to 50 usd_bn/year",
    ),
    "negative": (
        {"washington.performance_ceiling": -1},
        "my.yaml (levers.washington.performance_ceiling): -1 is outside 0 to 250000 tpp or none\n  give 0 to 250000 tpp or none",
    ),
    "share given as a percentage number": (
        {"washington.duty": 25},
        "my.yaml (levers.washington.duty): 25 is outside 0 to 1\n  give 0 to 1; shares are fractions: 0.25 for 25%",
    ),
    "share given as a percentage text": (
        {"washington.duty": "25%"},
        "my.yaml (levers.washington.duty): '25%' is a percentage\n  shares are fractions: write 0.25",
    ),
    "impossible month": (
        {"washington.duty": {"2026-13": 0.25}},
        "my.yaml (levers.washington.duty): '2026-13' is not a month\n  write it as 2026-02",
    ),
    "before the clock": (
        {"washington.duty": {"2021-12": 0.25}},
        "my.yaml (levers.washington.duty): month 2021-12 is outside the model's clock\n  use 2022-01 to 2032-12",
    ),
    "after the clock": (
        {"washington.duty": {"2033-01": 0.25}},
        "my.yaml (levers.washington.duty): month 2033-01 is outside the model's clock\n  use 2022-01 to 2032-12",
    ),
    "text for a number": (
        {"washington.duty": "low"},
        "my.yaml (levers.washington.duty): text 'low' where a number is expected\n  give 0 to 1, unquoted",
    ),
    "quoted number": (
        {"washington.duty": "0.25"},
        "my.yaml (levers.washington.duty): text '0.25' where a number is expected\n  give 0 to 1, unquoted",
    ),
    "truth value": (
        {"washington.duty": True},
        "my.yaml (levers.washington.duty): true where a number is expected\n  give 0 to 1",
    ),
    "list": (
        {"washington.duty": [0.1, 0.2]},
        "my.yaml (levers.washington.duty): a list where a number is expected\n  give 0 to 1",
    ),
    "nothing": (
        {"washington.duty": None},
        "my.yaml (levers.washington.duty): nothing where a number is expected\n  give 0 to 1",
    ),
    "not a number": (
        {"washington.duty": float("nan")},
        "my.yaml (levers.washington.duty): nan is not a finite number\n  give 0 to 1",
    ),
    "empty": (
        {"washington.duty": {}},
        "my.yaml (levers.washington.duty): an empty setting\n  give a number: 0 to 1",
    ),
    "unknown choice": (
        {"beijing.import_gate": {"value": 0.5, "workload": "trainin"}},
        "my.yaml (levers.beijing.import_gate.workload): unknown workload 'trainin'\n  did you mean 'training'?",
    ),
    "number for a choice": (
        {"washington.duty": {"value": 0.25, "reading": 1}},
        "my.yaml (levers.washington.duty.reading): 1 where a word is expected\n  one of: duty, revenue_share",
    ),
    "misspelt word": (
        {"washington.volume_cap": "non"},
        "my.yaml (levers.washington.volume_cap): text 'non' where a number is expected\n  did you mean 'none'?",
    ),
    "unknown product": (
        {"washington.performance_ceiling": {"value": 21000, "exclude": "h200-sxn"}},
        "my.yaml (levers.washington.performance_ceiling.exclude): unknown product 'h200-sxn'\n  did you mean 'h200-sxm'?",
    ),
    "part without the lever": (
        {"beijing.import_gate": {"ceiling": 200}},
        "my.yaml (levers.beijing.import_gate): part 'ceiling' is set without the lever's value\n  add value: 0 to 1",
    ),
    "months beside parts": (
        {"beijing.import_gate": {"value": 0.5, "2026-02": 1}},
        "my.yaml (levers.beijing.import_gate): the month 2026-02 stands beside parts\n  write {2026-02: {value: ..., part: ...}}",
    ),
    "split that does not add up": (
        {"beijing.subsidy": {"value": 10, "vendor": 1, "user": 1, "fab": 1}},
        "my.yaml (levers.beijing.subsidy): the shares vendor 1, user 1, fab 1 add up to 3 in 2022-01\n  make them add up to 1",
    ),
    "set twice": (
        {"washington.duty": 0.1, "levers.washington.duty": 0.2},
        "my.yaml (levers.washington.duty): washington.duty is set twice\n  keep one",
    ),
}


@pytest.mark.parametrize("case", WRONG, ids=list(WRONG))
def test_a_wrong_setting_gets_a_message_that_helps(case: str) -> None:
    settings, message = WRONG[case]
    with pytest.raises(InputError) as caught:
        compile_levers(settings, where=PLACE)
    assert str(caught.value) == message


def test_a_date_before_the_scenarios_start_is_refused() -> None:
    with pytest.raises(InputError, match="2025-01 is before the start 2026-02"):
        compile_levers({"washington.duty": {"2025-01": 0.1}}, start="2026-02")


def test_settings_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(InputError, match="a list where a mapping of levers is expected"):
        compile_levers([0.25])  # type: ignore[arg-type]


def test_the_place_may_be_found_per_lever() -> None:
    with pytest.raises(InputError, match=r"^file.yaml:7: 2 is outside 0 to 1"):
        compile_levers({"washington.duty": 2}, where=lambda lever: "file.yaml:7")
