"""Validation and assumptions give what is recorded, and say so where nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from countermove.inference.record import recorded_fit
from countermove.inference.validation import SHIPPED, recorded_hindcast
from countermove.reproductions.page import recorded
from countermove.web import validation as room

SUMMARY = {"n": 1, "coverage90": 1.0, "series_better": 1, "series_compared": 1, "against": {"last": {"better": 1, "compared": 1}}}


def document(*, predicted: bool) -> dict[str, Any]:
    """A hindcast of one series as the recorder writes it."""
    point = {"period": "2025", "value": None if predicted else 600.0, "p5": 300.0, "p25": 400.0, "median": 500.0, "p75": 600.0,
             "p95": 700.0, "inside": None if predicted else True, "naive": {"last": 250.0}}  # fmt: skip
    series = {"outcome": "ascend_910c_packages", "n": 0 if predicted else 1, "coverage90": None if predicted else 1.0,
              "crps": None if predicted else 40.0, "crps_naive": {"last": 350.0}, "points": [point]}  # fmt: skip
    nothing = {"n": 0, "coverage90": None, "series_better": None, "series_compared": 0, "against": {}}
    summary = nothing if predicted else SUMMARY
    found = {"huawei-ascend-910c-yearly-reports": series}
    return {"made": "2026-11-22", "version": "0.1.0", "fit_to": "2024-12-31", "vintage": "latest", "rows_used": 40,
            "share_undated": 0.25, "parameters_fitted": 60, "priors_replaced": ["one", "two"], "foreknown": ["one"],
            "summary": {"conditional": summary, "unconditional": summary}, "series": found, "unconditional": found}  # fmt: skip


def test_the_fit_is_the_recorded_one_series_by_series(client: Any) -> None:
    fit, stored = client.get("/api/validation").json()["fit"], recorded_fit()
    assert stored is not None
    assert (fit["inside"], fit["points"], fit["coverage"]) == (
        stored["inside_90"],
        stored["published_values"],
        stored["coverage_90"],
    )
    rows = [row for series in fit["series"] for row in series["rows"]]
    assert len(rows) == fit["points"]
    assert sum(row["inside"] for row in rows) == fit["inside"] == sum(series["inside"] for series in fit["series"])
    assert all(len(row["predictive"]) == 3 for row in rows)
    assert fit["parameters"] == len(stored["parameters"])


def test_every_shipped_hindcast_is_listed_recorded_or_not(client: Any) -> None:
    found = client.get("/api/validation").json()["hindcasts"]
    assert [(one["fit_to"], one["vintage"]) for one in found] == list(SHIPPED)
    for one in found:
        assert one["recorded"] is (recorded_hindcast(one["fit_to"], one["vintage"]) is not None)
        assert len(one["readings"]) == (2 if one["recorded"] else 0)


@pytest.mark.parametrize("predicted", [False, True])
def test_a_recorded_hindcast_comes_with_scores_and_a_prediction_without(
    client: Any, monkeypatch: pytest.MonkeyPatch, predicted: bool
) -> None:
    monkeypatch.setattr(room, "recorded_hindcast", lambda _fit_to, _vintage: document(predicted=predicted))
    one = client.get("/api/validation").json()["hindcasts"][0]
    assert (one["day"], one["priors_replaced"]) == ("2024-12-31", 2)
    conditional, unconditional = one["readings"]
    assert (conditional["name"], unconditional["name"]) == ("conditional", "unconditional")
    (series,) = conditional["series"]
    assert series["points"][0]["inside"] is (None if predicted else True)
    assert (series["crps"] is None) is predicted
    assert conditional["against"] == ([] if predicted else [{"name": "last", "better": 1, "compared": 1}])


def test_without_a_calibration_the_page_says_so(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "recorded_fit", lambda: None)
    assert client.get("/api/validation").json()["fit"] is None


def test_reproductions_are_the_recorded_ones_with_verdicts_and_gaps(client: Any) -> None:
    found, stored = client.get("/api/validation").json()["reproductions"], recorded()
    assert (found["passed"], found["tested"]) == (stored["passed"], stored["tested"])
    assert {tier["name"] for tier in found["tiers"]} == {"exact", "bracketed", "claim-only"}
    assert [one["verdict"] for one in found["entries"]] == [one["verdict"] for one in stored["reproductions"]]
    assert sum(len(one["gaps"]) for one in found["entries"]) == sum(len(one["gaps"]) for one in stored["reproductions"])
    assert all(one["sources"] for one in found["entries"])


def test_assumptions_carry_prior_posterior_and_what_was_learnt(client: Any) -> None:
    stored = recorded_fit()
    assert stored is not None
    assumed = client.get("/api/assumptions").json()["assumptions"]
    assert all(one["prior_quantiles"] == sorted(one["prior_quantiles"]) for one in assumed)
    assert all(one["fitted_quantiles"] == sorted(one["fitted_quantiles"]) for one in assumed)
    learnt = {one["path"].removeprefix("parameters/"): one["contraction"] for one in assumed if one["contraction"] is not None}
    assert learnt == {one["name"]: one["contraction"] for one in stored["parameters"]}
    assert all(one["leans"] for one in assumed if one["contraction"] is not None)


def test_the_address_with_json_gives_the_same(client: Any) -> None:
    assert client.get("/api/validation").json() == client.get("/api/validation.json").json()
