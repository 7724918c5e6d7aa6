"""Presets, draws and comparisons with the real market behind them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.experiments.presets import preset_files
from countermove.experiments.run import compare, run
from countermove.experiments.scenario import load_scenario
from countermove.experiments.statistics import LEVELS
from countermove.outcomes import OUTCOMES
from countermove.policy.lever_definitions import load_levers
from countermove.quantities.calendar import MONTHS, month_index


@pytest.mark.parametrize("name", sorted(preset_files()))
def test_every_preset_runs_and_gives_finite_numbers(name: str) -> None:
    document = run(name, draws=32).to_dict()
    assert set(document["outcomes"]) == set(OUTCOMES)
    for found in document["outcomes"].values():
        for point in found["points"]:
            assert all(np.isfinite(value) for value in point.values() if not isinstance(value, str))


def test_the_first_draws_do_not_depend_on_how_many_are_run() -> None:
    long = run("h200-rule+necessity", draws=1100)
    for draws in (1, 70, 1030):
        short = run("h200-rule+necessity", draws=draws)
        for name, periods in short.outcomes.items():
            for period, values in periods.items():
                assert np.array_equal(values, long.outcomes[name][period][:draws]), (name, period, draws)


@pytest.mark.parametrize(
    ("reference", "other", "until"),
    [
        ("no-h200", "h200-rule", "2026-01"),
        ("h200-2026", "h200-rule", "2026-02"),
        ("h200-rule+open", "h200-rule+ban", "2026-01"),
        ("h200-2026", "h200-2026+70bn", "2026-01"),
        ("h200-2026", "no-controls", "2022-10"),
        ("open-h200+open", "all-open+open+70bn", "2026-01"),
    ],
)
def test_the_past_stays_as_it_was_to_the_last_bit(reference: str, other: str, until: str) -> None:
    past = compare([reference, other], draws=64).past
    assert past.identical, past.note
    assert past.until == until


def test_a_lever_that_is_set_late_leaves_all_months_before_alone() -> None:
    later = replace(load_scenario("h200-rule+open").with_levers({"washington.duty": {"2029-01": 0.6}}), id="later")
    comparison = compare(["h200-rule+open", later], draws=64)
    assert comparison.past.identical
    assert comparison.past.until == "2029-01"
    differences = {point.period: point for point in comparison.differences()["later"]["duty_proceeds_usd_bn"]}
    assert differences["2028"].p5 == differences["2028"].p95 == 0.0
    assert differences["2030"].p95 > 0.0


def test_a_ban_ends_h200_deliveries() -> None:
    units = run("open-h200+ban", draws=64).outcome("h200_china_units")
    assert all(np.all(units[year] == 0.0) for year in ("2027", "2028", "2030"))


def test_without_hazards_only_the_readings_of_the_gates_differ_between_draws() -> None:
    still = replace(load_scenario("h200-2026", sets=["hazards=false"]), id="still")
    comparison = compare(["h200-2026", still], draws=64)
    assert comparison.past.identical
    moved = comparison.differences()["still"]["h200_china_units"][-1]
    assert moved.p5 != moved.p95


def test_an_overridden_parameter_reaches_the_market() -> None:
    low, high = (
        run(load_scenario("h200-2026", sets=[f"parameters/gates.cn_transition_rate={rate}"]), draws=64).outcome(
            "h200_china_units"
        )["2028"]
        for rate in (0.01, 12.0)
    )
    assert not np.array_equal(low, high)


def test_older_evidence_gives_another_gate() -> None:
    now = run("h200-2026", draws=64).outcome("h200_china_units")["2027"]
    then = run("h200-2026", draws=64, known="2025-11-30").outcome("h200_china_units")["2027"]
    assert not np.array_equal(now, then)


def test_an_outcome_is_explained_down_to_its_sources() -> None:
    from countermove import api

    chain = api.run("h200-2026", draws=8).explain("smuggled_h100e_cumulative")
    steps = [found["steps"] for found in chain["mechanisms"]]
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert all(found["equation"] for found in chain["mechanisms"])
    assert any(found["literature"] for found in chain["mechanisms"])
    assert {path for found in chain["mechanisms"] for path in found["parameters"]} == {
        found["path"] for found in chain["parameters"]
    }
    assert all(found["basis"] == "assumption" or found["sources"] for found in chain["parameters"])
    json.dumps(chain, allow_nan=False)


def test_the_report_of_a_comparison_is_one_file(tmp_path: Path) -> None:
    from countermove import api

    comparison = api.compare(["no-h200", "h200-rule"], draws=16)
    written = comparison.report(tmp_path)
    assert written == tmp_path / "report.html"
    assert "January 2026 rule" in written.read_text(encoding="utf-8")
    folder = api.write(comparison, tmp_path / "run")
    assert (folder / "report.html").is_file()
    assert api.load_result(folder).to_dict() == comparison.to_dict()


def test_monthly_quantiles_are_kept_when_asked_for() -> None:
    result = run("h200-2026", draws=70, monthly=True)
    median = list(LEVELS).index("median")
    assert result.monthly["duty_proceeds"].shape == (len(LEVELS), MONTHS)
    assert np.all(result.monthly["duty_proceeds"][median, : month_index("2025-08")] == 0.0)
    assert run("h200-2026", draws=70).monthly == {}


def test_levers_are_compiled_once_for_a_scenario_and_once_for_the_status_quo(monkeypatch: pytest.MonkeyPatch) -> None:
    from countermove.policy import levers

    compiled, compile_one = list[str](), levers._compile
    monkeypatch.setattr(levers, "_compile", lambda lever, *given: compiled.append(lever.id) or compile_one(lever, *given))
    levers._compiled.cache_clear()
    run("h200-2026", draws=64)
    assert Counter(compiled) == dict.fromkeys(load_levers(), 1)  # sets nothing, so it is the status quo itself
    compiled.clear()
    run(load_scenario("h200-2026").with_levers({"washington.duty": 0.35}, start="2026-11"), draws=64)
    assert Counter(compiled) == dict.fromkeys(load_levers(), 1)
