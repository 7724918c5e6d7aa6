"""A scenario may point at a proposed rule, by file or by text, and carries its text from then on."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.experiments.pipeline import compile_scenario, first_change
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.market.compile import GATE_PRODUCTS

PROPOSAL = """schema: 1
id: lower-line
title: A lower line for the review
from: "2026-11-01"
change:
  us/bis/licensing/review-policy-2026: {performance: 10000}
"""
SCENARIO = """schema: 1
id: with-a-lower-line
extends: h200-rule
whatif: lower-line.yaml
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    (tmp_path / "lower-line.yaml").write_text(PROPOSAL)
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    return load_scenario(tmp_path / "mine.yaml")


def test_the_proposal_closes_washingtons_gate_for_the_h200_from_its_month(scenario: Scenario) -> None:
    gates, before = compile_scenario(scenario).gates, compile_scenario(load_scenario("h200-rule")).gates
    h200 = GATE_PRODUCTS.index("h200-sxm")
    assert (gates.licence[:, 58:, h200, :, 0] == 0.0).all()
    assert (before.licence[:, 58:, h200, :, 0] > 0.0).any()
    assert (gates.licence[:, :58] == before.licence[:, :58]).all()


def test_the_text_travels_with_the_scenario(scenario: Scenario) -> None:
    again = Scenario.from_dict(scenario.to_dict())
    assert again == scenario
    assert "lower line" in again.whatif


def test_scenarios_differ_from_the_month_of_the_proposal(scenario: Scenario) -> None:
    assert first_change(load_scenario("h200-rule"), scenario) == "2026-11"


def test_a_proposal_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    with pytest.raises(InputError, match="does not exist"):
        load_scenario(tmp_path / "mine.yaml")
