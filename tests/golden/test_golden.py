"""Results stand still unless the changelog says that they moved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recorded_headlines import RECORD, SCENARIOS, fingerprint, headlines

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


@pytest.fixture(scope="module")
def now() -> dict[str, dict[str, dict[str, list[float]]]]:
    return headlines()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_headlines_of_a_preset_are_those_recorded(scenario: str, now: dict[str, dict[str, dict[str, list[float]]]]) -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))[scenario]
    for outcome, periods in recorded.items():
        for period, values in periods.items():
            assert now[scenario][outcome][period] == pytest.approx(values, rel=1e-9, abs=1e-12), f"{outcome} {period}"


def test_the_changelog_names_the_record_it_belongs_to() -> None:
    mark = fingerprint(RECORD.read_text(encoding="utf-8"))
    assert mark in CHANGELOG.read_text(encoding="utf-8"), f"say what moved under **Results changed** in CHANGELOG.md, with {mark}"
