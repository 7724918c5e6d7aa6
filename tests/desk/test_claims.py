"""The table of claims: complete rows, evidence that resolves, odds that are what they say."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from countermove import api
from countermove.cli.documents import DOCUMENTS
from countermove.desk.answers import answer, probability_words
from countermove.desk.checks import read_checks, run_scenarios
from countermove.desk.claims import find_case, runs_of
from countermove.desk.claims_text import lines
from countermove.desk.paired import PAIRED
from countermove.errors import DataError

ASKED = ["C2", "C3", "C7", "C8", "C9", "C10", "C12", "C13", "C14", "C15", "C19", "C21"]
"""Rows that the model must be able to give odds for."""


def row(table: dict[str, Any], number: str) -> dict[str, Any]:
    return next(found for found in table["claims"] if found["id"] == number)


def test_the_document_has_the_published_keys_and_all_rows(claims_table: dict[str, Any]) -> None:
    DOCUMENTS["claims"].model_validate(claims_table)
    json.dumps(claims_table, allow_nan=False)
    assert claims_table["case"] == "h200-2026"
    assert [found["id"] for found in claims_table["claims"]] == [f"C{number}" for number in range(1, 25)]
    for found in claims_table["claims"]:
        assert {"id", "claim", "made_by", "status", "for", "against", "model"} <= set(found)
        assert found["for"]


def test_the_evidence_of_every_row_has_a_grade_a_date_and_sources(claims_table: dict[str, Any]) -> None:
    for found in claims_table["claims"]:
        for claim in (*found["for"], *found["against"]):
            assert claim["grade"] in "ABCD"
            assert claim["known"]
            assert claim["sources"]
            addresses = [source["url"] for source in claim["sources"] if source["url"]]
            assert addresses or claim["grade"] in "CD", (found["id"], claim["id"])


@pytest.mark.parametrize("number", ASKED)
def test_the_model_gives_odds_where_it_must(claims_table: dict[str, Any], number: str) -> None:
    model = row(claims_table, number)["model"]
    assert model["says"] == "odds"
    assert any(check["odds"] is not None for check in model["checks"])
    for check in model["checks"]:
        assert check["odds"] is None or 0.0 <= check["odds"] <= 1.0
        assert f"({claims_table['draws']:,} draws)" in check["statement"]
        assert check["scenario"] in check["statement"]
        if check["odds"] is not None:
            assert check["statement"].startswith(f"probability {probability_words(check['odds'])} that ")
            assert check["p5"] <= check["median"] <= check["p95"]


def test_rows_that_the_model_cannot_judge_say_so(claims_table: dict[str, Any]) -> None:
    silent = [found["id"] for found in claims_table["claims"] if found["model"] is None]
    assert silent == ["C23", "C24"]
    text = "\n".join(lines(claims_table))
    assert text.count("cannot judge this") == 2
    assert "not in this version yet: countermove walk" not in text
    assert "not in this version yet:" in "\n".join(lines(claims_table, commands=()))


def test_odds_are_shares_of_draws(claims_table: dict[str, Any]) -> None:
    check = row(claims_table, "C8")["model"]["checks"][0]
    draws = api.run("h200-2026", draws=claims_table["draws"]).outcome("h200_china_revenue_usd_bn")["2026"]
    assert check["odds"] == np.mean(draws < 1)
    assert (probability_words(0.0), probability_words(0.934), probability_words(1.0)) == ("below 0.01", "0.93", "above 0.99")
    assert "that H200 revenue in China stays below $1bn in 2026 under h200-2026 (64 draws)" in check["statement"]


def test_differences_are_paired_draw_by_draw(claims_table: dict[str, Any]) -> None:
    check = row(claims_table, "C2")["model"]["checks"][0]
    comparison = api.compare([check["than"], check["scenario"]], draws=claims_table["draws"])
    without, with_ = (found.outcome(check["outcome"])[check["period"]] for found in comparison.results)
    assert check["median"] == pytest.approx(float(np.median(with_ - without)))
    assert check["odds"] == np.mean(with_ - without < 0)


def test_with_the_loops_off_sales_leave_domestic_performance_alone(claims_table: dict[str, Any]) -> None:
    checks = [check for check in row(claims_table, "C3")["model"]["checks"] if check["loops"] == "off"]
    performance = [check for check in checks if check["outcome"].startswith(("domestic_frontier", "parity_year"))]
    assert len(performance) == 2
    for check in performance:
        assert check["p5"] == check["p95"] == 0.0
        assert check["odds"] == 0.0


def test_an_unknown_gate_stays_spread_over_its_readings(claims_table: dict[str, Any]) -> None:
    gate = row(claims_table, "C18")["model"]["gates"][0]
    assert sum(reading["weight"] for reading in gate["readings"]) == pytest.approx(1.0)
    assert all(reading["weight"] < 1 for reading in gate["readings"])
    assert gate["spells"][-1]["state"].startswith("unknown")
    assert gate["spells"][-1]["until"] is None


def test_each_scenario_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def counted(scenario: Any, **_: Any) -> Any:
        names.append(scenario.id)
        raise StopIteration

    monkeypatch.setattr("countermove.desk.checks.run", counted)
    with pytest.raises(StopIteration):
        api.claims("h200-2026", draws=4)
    assert len(runs_of("h200-2026")) == len(set(runs_of("h200-2026")))
    assert 10 <= len(runs_of("h200-2026")) <= 24


def test_what_became_known_later_is_left_out() -> None:
    early = api.claims("h200-2026", known="2026-01-10", simulate=False)
    late = api.claims("h200-2026", simulate=False)
    count = [sum(len(found[side]) for found in table["claims"] for side in ("for", "against")) for table in (early, late)]
    assert 0 < count[0] < count[1]
    assert row(early, "C1")["model"]["gates"][0]["spells"][-1]["from"] == "2026-01-11"


def test_before_the_clock_nothing_was_known() -> None:
    found = api.claims("h200-2026", known="2021-05-01", rows=["C18"], simulate=False)
    assert "Nothing was known" in row(found, "C18")["model"]["gates"][0]["statement"]
    assert row(found, "C18")["for"] == []


def test_the_delay_of_compute_is_that_of_the_experiments_room() -> None:
    path = {str(year): np.array([2.0 ** (year - 2022)] * 2) for year in range(2022, 2033)}
    half = {year: values * np.array([0.5, 1.0]) for year, values in path.items()}
    later, _ = PAIRED["china_compute_delay_months"].draws("2028", {"china_compute_h100e": path}, {"china_compute_h100e": half})
    assert later == pytest.approx([12.0, 0.0])


def test_a_lever_changes_the_scenario_and_not_what_it_is_compared_with() -> None:
    checks = read_checks(
        {
            "checks": [
                {
                    "outcome": "duty_proceeds_usd_bn",
                    "scenario": "open-h200+open",
                    "than": "open-h200+open",
                    "period": "2027",
                    "below": 0,
                    "levers": {"washington.duty": 0.0},
                    "label": "without a charge",
                }
            ]
        },
        where="test",
    )
    found = answer(checks[0], run_scenarios(checks, draws=32))
    assert found["odds"] == 1.0
    assert "under open-h200+open, without a charge, than under open-h200+open" in found["statement"]


BROKEN = [
    ({"outcome": "h200_china_unit", "scenario": "h200-2026", "period": "2026"}, "did you mean 'h200_china_units'?"),
    ({"outcome": "h200_china_units", "scenario": "h200-2026", "period": "2026Q1"}, "no period '2026Q1'"),
    (
        {"outcome": "parity_year_chip_decode", "scenario": "h200-2026", "period": "2026"},
        "did you mean 'horizon'?|one of: horizon",
    ),
    ({"outcome": "h200_china_units", "scenario": "h200-2026", "period": "2026", "abov": 1}, "unknown key 'abov'"),
    ({"outcome": "h200_china_units", "scenario": "h200-2026", "period": "2026", "above": "1"}, "above is '1'"),
    ({"outcome": "h200_china_units", "scenario": "h200-2026", "period": "2026", "above": 1, "below": 2}, "both above and below"),
    ({"outcome": "domestic_displaced_per_h200", "scenario": "h200-2026", "period": "2026"}, "compares two scenarios"),
    ({"outcome": "h200_china_units", "scenario": "h200-2026"}, "needs period"),
    ({"outcome": "h200_china_units", "scenario": "h200-2026", "period": "2026", "loops": "none"}, "loops is 'none'"),
    (
        {"outcome": "h200_china_units", "scenario": "h200-2026", "period": "2026", "levers": {"washington.duty": 0}},
        "changes need a label",
    ),
    ("h200_china_units", "needs outcome, scenario and period"),
]


@pytest.mark.parametrize(("entry", "message"), BROKEN, ids=[message for _, message in BROKEN])
def test_a_broken_check_is_named_with_its_place(entry: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_checks({"checks": [entry]}, where="cases.yaml:7")
    assert any(part in str(caught.value) for part in message.split("|"))
    assert "cases.yaml:7 (model.checks.0)" in str(caught.value)


def test_the_command_prints_the_table_and_one_json_document(command, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = command("claims", "h200-2026", "--rows", "c8,C23", "-n", "32", "--sources")
    assert (code, err) == (0, "")
    assert out.startswith("h200-2026: The NVIDIA H200 and China, January 2026\n")
    assert "https://" in out
    assert "C8 " in out
    assert "C23 " in out
    assert "C9 " not in out
    code, out, _ = command("claims", "h200-2026", "--rows", "C8", "-n", "32", "--json")
    assert [found["id"] for found in json.loads(out)["claims"]] == ["C8"]
    code, out, _ = command("claims", "h200-2026", "--no-model")
    assert code == 0
    assert "draws of" not in out
    assert len(find_case("h200-2026").claims) == out.count("said by")
