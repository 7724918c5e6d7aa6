"""What would change the answer: drivers that are really drivers, sides that are really sides, and the page that shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countermove.cli.app import app  # noqa: F401  (registers the schemas of all commands)
from countermove.cli.documents import DOCUMENTS
from countermove.desk.disagreements import disagreements, held
from countermove.desk.what_matters import HEADLINES, explained, what_matters
from countermove.desk.what_matters_text import text
from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.evidence.priors import Fixed
from countermove.experiments import pipeline
from countermove.experiments.scenario import load_scenario
from countermove.reports.build.outcomes import HEADLINE
from countermove.reports.what_matters import render, write_what_matters

SWITCHED = ("supply.hbm_domestic_2026", "parameters/prices.ascend_realisation", "us.us_share")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return what_matters(draws=256, switch_draws=64, only=SWITCHED)


def test_the_headlines_are_those_of_the_report(document: dict[str, Any]) -> None:
    assert HEADLINES == HEADLINE
    assert list(document["headlines"]) == list(HEADLINES)
    DOCUMENTS["what-matters"].model_validate(document)


def test_drivers_are_parameters_in_order_of_strength_and_explain_a_share(document: dict[str, Any]) -> None:
    known = load_ledger().parameters
    for one in document["headlines"].values():
        strength = [abs(driver["correlation"]) for driver in one["drivers"]]
        assert strength == sorted(strength, reverse=True)
        assert all(driver["path"].removeprefix("parameters/") in known for driver in one["drivers"])
        assert one["explained"] <= 1.0
    assert document["headlines"]["us_china_compute_ratio_h100e"]["explained"] > 0.5


def test_the_growth_of_world_sales_drives_the_ratio_of_compute_upwards(document: dict[str, Any]) -> None:
    first = document["headlines"]["us_china_compute_ratio_h100e"]["drivers"][0]
    assert first["path"] == "parameters/us.growth_later"
    assert first["correlation"] > 0


def test_both_gates_move_h200_revenue_and_neither_moves_the_date_of_parity(document: dict[str, Any]) -> None:
    gates = {name: [gate["share"] for gate in one["gates"]] for name, one in document["headlines"].items()}
    assert min(gates["h200_china_revenue_usd_bn"]) > 0.05
    assert max(gates["parity_year_chip_decode"]) < 0.1


def test_the_memory_conflict_is_shown_with_its_sides_and_the_names_of_their_sources(document: dict[str, Any]) -> None:
    (memory,) = [one for one in document["conflicts"] if one["path"] == "parameters/supply.hbm_domestic_2026"]
    assert memory["kind"] == "mixture"
    assert [side["made_by"] for side in memory["sides"]] == [["SemiAnalysis"], ["Bloomberg"], ["Bloomberg"]]
    revenue = [side["medians"]["domestic_ai_chip_revenue_usd_bn"] for side in memory["sides"]]
    assert revenue == sorted(revenue)
    assert all(side["sources"] for side in memory["sides"])


def test_conflicts_come_in_the_order_of_what_they_move(document: dict[str, Any]) -> None:
    shares = [one["largest"]["share"] for one in document["conflicts"]]
    assert shares == sorted(shares, reverse=True)
    for one in document["conflicts"]:
        medians = [side["medians"][one["largest"]["outcome"]] for side in one["sides"]]
        assert max(medians) > min(medians)


def test_a_positive_response_to_denial_means_less_research_when_gates_open(document: dict[str, Any]) -> None:
    found = document["denial"]["outcomes"]["domestic_research_usd_bn"]["open_minus_scenario"]
    assert found["low"]["median"] > found["mid"]["median"] > found["high"]["median"]
    points = document["denial"]["points"]
    assert points["low"] == pytest.approx(-points["high"])
    assert points["mid"] == pytest.approx(0.0, abs=1e-12)


def test_every_disagreement_has_two_sides_or_more_with_different_makers_or_readings() -> None:
    ledger = load_ledger()
    for one in disagreements(ledger.parameters, ledger):
        assert len(one.sides) >= 2
        assert len({side.words for side in one.sides}) == len(one.sides)
        assert all(side.made_by for side in one.sides), one.parameter.id
        if one.kind == "range":
            assert not set(one.sides[0].made_by) & set(one.sides[1].made_by)


def test_holding_a_parameter_changes_it_alone() -> None:
    compiled = pipeline.compile_scenario(load_scenario("h200-2026"))
    before = pipeline.sampled(compiled, seed=3, draws=64)
    after = pipeline.sampled(held(compiled, "supply.huawei_packages_2025", Fixed(kind="fixed", value=800)), seed=3, draws=64)
    assert np.all(after["supply.huawei_packages_2025"] == 800)
    assert all(np.array_equal(before[name], after[name]) for name in before if name != "supply.huawei_packages_2025")


def test_a_regression_explains_all_of_a_copy_and_next_to_nothing_of_noise() -> None:
    dice = np.random.default_rng(1)
    values = dice.normal(size=500)
    ranks = np.argsort(np.argsort(values)).astype(float)
    assert explained(values, [ranks]) == pytest.approx(1.0)
    assert abs(explained(values, [dice.normal(size=500) for _ in range(8)])) < 0.05
    assert explained(values, []) == 0.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"period": "2040"}, "no year '2040'"),
        ({"draws": 8}, "too few"),
        ({"switch_draws": 8}, "too few"),
        ({"only": ("supply.hbm_domestic_206",)}, "did you mean 'supply.hbm_domestic_2026'"),
        ({"scenario": "h200-206"}, "did you mean 'h200-2026'"),
    ],
)
def test_a_wrong_option_is_refused_before_any_work(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        what_matters(**options)


def test_the_text_the_page_and_the_document_show_the_same_conflicts(document: dict[str, Any], tmp_path: Path) -> None:
    printed, page = text(document), render(document)
    for one in document["conflicts"]:
        assert one["label"].split()[0] in printed
        assert one["path"].removeprefix("parameters/") in page
    assert "denial spurs R&amp;D" in page
    assert "<script" not in page
    written = write_what_matters(document, tmp_path)
    assert written.name == "what-matters.html"
    assert json.loads((tmp_path / "what-matters.json").read_text(encoding="utf-8")) == json.loads(json.dumps(document))
