"""Runs and comparisons: bands, common random numbers, a shared past, and the documents they give."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from countermove import api
from countermove.errors import InputError
from countermove.experiments.result import Comparison, Result
from countermove.experiments.run import compare, run
from countermove.experiments.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("toy")


def test_the_first_draws_do_not_depend_on_how_many_are_run() -> None:
    long = run("h200-2026", draws=2500)
    for draws in (1, 3, 70, 1024, 1030):
        short = run("h200-2026", draws=draws)
        for name, periods in short.outcomes.items():
            for period, values in periods.items():
                assert np.array_equal(values, long.outcomes[name][period][:draws]), (name, period, draws)


def test_a_run_repeats_to_the_last_bit() -> None:
    one, two = (run("h200-rule+ban", draws=300, seed=5) for _ in range(2))
    assert one.to_dict() == two.to_dict()
    assert run("h200-rule+ban", draws=300, seed=6).to_dict()["outcomes"] != one.to_dict()["outcomes"]


def test_the_document_has_the_fixed_keys_and_holds_only_finite_numbers() -> None:
    document = run("h200-2026", draws=200).to_dict()
    assert {"scenario", "version", "seed", "draws", "outcomes"} <= set(document)
    assert document["scenario"] == "h200-2026"
    assert document["draws"] == 200
    assert document["outcomes"]["sales"]["unit"] == "usd_bn"
    points = document["outcomes"]["sales"]["points"]
    assert [point["period"] for point in points] == [str(year) for year in range(2022, 2033)]
    for point in points:
        assert {"period", "median", "p5", "p25", "p75", "p95", "mcse"} <= set(point)
        assert point["p5"] <= point["p25"] <= point["median"] <= point["p75"] <= point["p95"]
        assert point["mcse"] >= 0
    json.dumps(document, allow_nan=False)


def test_dates_come_with_their_censored_share() -> None:
    result = run("h200-2026", draws=500)
    [point] = result.quantiles()["parity"]
    assert point.period == "horizon"
    assert point.censored_share is not None
    assert point.censored_share == pytest.approx(float(np.mean(result.outcomes["parity"]["horizon"] >= 2033)))


def test_quarters_are_reported_when_asked_for() -> None:
    periods = set(run("h200-2026", draws=10, periods=("year", "quarter")).outcomes["sales"])
    assert {"2026", "2026Q1"} <= periods
    assert set(run("h200-2026", draws=10, periods=("quarter",)).outcomes["sales"]).isdisjoint({"2026"})


def test_the_horizon_cuts_the_reported_periods() -> None:
    scenario = load_scenario("h200-2026", sets=["horizon=2028-12"])
    assert max(run(scenario, draws=10).outcomes["sales"]) == "2028"


def test_a_comparison_pairs_draws_and_shares_the_past() -> None:
    comparison = compare(["no-h200", "no-h200+ban"], draws=1500)
    assert comparison.past.identical
    assert comparison.past.until == "2026-01"
    reference, banned = comparison.results
    for year in ("2022", "2025"):
        assert np.array_equal(reference.outcomes["sales"][year], banned.outcomes["sales"][year])
    differences = comparison.differences()["no-h200+ban"]["sales"]
    point = next(point for point in differences if point.period == "2027")
    paired = banned.outcomes["sales"]["2027"] - reference.outcomes["sales"]["2027"]
    assert point.median == pytest.approx(float(np.median(paired)))
    assert point.share_positive == 0.0
    before = next(point for point in differences if point.period == "2025")
    assert before.median == before.p5 == before.p95 == 0.0
    assert before.share_positive == 0.5


def test_pairing_narrows_the_difference() -> None:
    reference = load_scenario("no-h200")
    taxed = replace(reference.with_levers({"washington.duty": 0.3}), id="taxed")
    point = next(p for p in compare([reference, taxed], draws=2000).differences()["taxed"]["sales"] if p.period == "2028")
    one, other = (
        run(scenario, draws=2000, seed=seed).outcomes["sales"]["2028"] for scenario, seed in ((reference, 1), (taxed, 2))
    )
    unpaired = np.quantile(other - one, [0.05, 0.95])
    assert point.p95 - point.p5 < 0.2 * (unpaired[1] - unpaired[0])


def test_the_past_ends_where_the_levers_first_differ() -> None:
    later = load_scenario("no-h200", sets=["levers.washington.duty={2029-03: 0.9}"])
    renamed = load_scenario("no-h200").with_levers({"washington.duty": {"2029-03": 0.9}})
    comparison = compare([load_scenario("no-h200"), replace(renamed, id="later")], draws=100)
    assert later.levers == renamed.levers
    assert comparison.past.until == "2029-03"
    assert comparison.past.identical


def test_an_overridden_parameter_explains_a_changed_past() -> None:
    pinned = replace(load_scenario("h200-2026", sets=["parameters/demand.size=1.5"]), id="pinned")
    past = compare(["h200-2026", pinned], draws=100).past
    assert not past.identical
    assert "override" in past.note


def test_a_past_that_differs_without_a_reason_is_called_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    from countermove.experiments import pipeline

    honest = pipeline.simulate_draws

    def leaking(compiled: pipeline.Compiled, **options: object) -> object:
        trajectory = honest(compiled, **options)  # type: ignore[arg-type]
        if compiled.scenario.id == "h200-rule":
            trajectory.monthly["stock"][3, 0] += 1e-12
        return trajectory

    monkeypatch.setattr(pipeline, "simulate_draws", leaking)
    past = compare(["no-h200", "h200-rule"], draws=100).past
    assert not past.identical
    assert "stock" in past.note
    assert "bug" in past.note


def test_compare_gives_the_same_numbers_as_separate_runs() -> None:
    comparison = compare(["no-h200", "h200-rule+open"], draws=1100)
    for result in comparison.results:
        alone = run(result.scenario.id, draws=1100)
        assert all(
            np.array_equal(values, alone.outcomes[name][period])
            for name, by_period in result.outcomes.items()
            for period, values in by_period.items()
        )


def test_the_comparison_document_holds_levels_and_differences() -> None:
    document = compare(["no-h200", "h200-rule", "h200-rule+ban"], draws=50).to_dict()
    assert document["scenario"] == "no-h200"
    assert [other["scenario"] for other in document["comparisons"]] == ["h200-rule", "h200-rule+ban"]
    assert document["past"]["identical"] is True
    assert "share_positive" in document["comparisons"][0]["differences"]["sales"]["points"][0]
    assert "share_positive" not in document["outcomes"]["sales"]["points"][0]


def test_progress_counts_the_draws_of_all_scenarios() -> None:
    seen: list[tuple[int, int]] = []
    compare(["no-h200", "h200-rule"], draws=1500, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 3000)
    assert seen[-1] == (3000, 3000)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"draws": 0}, "0 draws"),
        ({"draws": -5}, "-5 draws"),
        ({"draws": 1.5}, "1.5 draws"),
        ({"draws": True}, "True draws"),
        ({"seed": -1}, "seed is -1"),
        ({"periods": ("month",)}, "no period length named 'month'"),
        ({"engine": "numpi"}, "did you mean 'numpy'"),
        ({"dt": 0.3}, "time step is 0.3"),
        ({"known": "2026-13"}, "not a date"),
        ({"known": "0001-01"}, "outside the evidence"),
    ],
)
def test_impossible_options_are_refused_before_any_work(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run("h200-2026", **({"draws": 10} | options))


@pytest.mark.parametrize(("names", "message"), [(["no-h200"], "two scenarios or more"), (["no-h200", "no-h200"], "named twice")])
def test_a_comparison_needs_two_different_scenarios(names: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compare(names, draws=10)


def test_an_unknown_outcome_gives_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'sales'"):
        run("h200-2026", draws=10).outcome("sale")


def test_a_scenario_runs_itself() -> None:
    result = api.load("h200-2026").with_levers({"washington.duty": 0.1}).run(draws=20)
    assert isinstance(result, Result)
    assert result.draws == 20
    assert isinstance(result, api.Result)
    assert isinstance(compare(["no-h200", "h200-rule"], draws=5), Comparison)
    assert isinstance(api.compare(["no-h200", "h200-rule"], draws=5).results[1], api.Result)


def test_xarray_holds_every_draw() -> None:
    result = run("h200-2026", draws=30)
    dataset = result.to_xarray()
    assert dataset["sales"].sel(period="2027").values.tolist() == result.outcomes["sales"]["2027"].tolist()
    assert dataset["sales"].attrs["units"] == "usd_bn"
