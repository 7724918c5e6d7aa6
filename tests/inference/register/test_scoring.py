"""Scores of the register against samples, the reference, and values that it did not predict."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from countermove.inference.register.entry import LEVELS, Conditions, Entry, Known, Prediction
from countermove.inference.register.scoring import document, pinball, scores
from countermove.inference.register.text import text
from countermove.inference.rolling.reference import Past, reference, scale
from countermove.inference.scores import crps
from countermove.outcomes.published import Published

VALUES = (1.8, 1.7, 1.9, 2.9)


def entry(sample: np.ndarray) -> Entry:
    quantiles = tuple(float(q) for q in np.quantile(sample, LEVELS))
    return Entry(
        name="2026-11-30-test",
        made_on=dt.date(2026, 11, 30),
        model="test",
        data_hash="d",
        model_hash="m",
        conditions=Conditions(scenario="s", market_series_to="2025Q4", policy_to="2026-10", fitted=True, draws=8, seed=1),
        predictions=(Prediction(series="cambricon_revenue_cny_bn", period="2026Q2", unit="cny_bn", quantiles=quantiles),),
        known={
            "cambricon_revenue_cny_bn quarter": Known(source="x", periods=("2025Q2", "2025Q3", "2025Q4", "2026Q1"), values=VALUES)
        },
    )


def published(value: float, period: str = "2026Q2", outcome: str = "cambricon_revenue_cny_bn") -> Published:
    return Published(outcome, outcome, period, value, value, value, False, dt.date(2026, 8, 1))


@pytest.mark.parametrize("value", [-2.5, 0.0, 0.7, 4.0])
def test_the_score_of_kept_quantiles_is_that_of_the_whole_sample(value: float) -> None:
    sample = np.random.default_rng(0).standard_normal(100_000)
    assert pinball(np.quantile(sample, LEVELS), value) == pytest.approx(crps(sample, value), rel=0.03)


def test_scores_are_in_logarithms_over_the_scale_beside_the_reference() -> None:
    sample = np.exp(1.0 + 0.3 * np.random.default_rng(1).standard_normal(50_000))
    found = scores(entry(sample), [published(3.4)])["cambricon_revenue_cny_bn"]
    past = Past((13, 14, 15, 16), tuple(math.log(v) for v in VALUES))
    assert found["crps"] == pytest.approx(crps(np.log(sample), math.log(3.4)) / scale(past, 1), rel=0.03)
    assert found["crps_reference"] == pytest.approx(reference(past, 1).crps(math.log(3.401)) / scale(past, 1), rel=1e-4)
    assert found["coverage90"] == 1.0


def test_a_wild_prediction_scores_worse_than_a_sure_one_that_is_right() -> None:
    random = np.random.default_rng(2).standard_normal(20_000)
    sure, wild = (scores(entry(3.0 * np.exp(sd * random)), [published(3.0)]) for sd in (0.1, 2.0))
    assert sure["cambricon_revenue_cny_bn"]["crps"] < wild["cambricon_revenue_cny_bn"]["crps"]


def test_a_value_of_nothing_is_scored_beside_the_smallest_amount_told_apart() -> None:
    nothing = scores(entry(np.full(1000, 1e-13)), [published(0.0)])["cambricon_revenue_cny_bn"]
    some = scores(entry(np.full(1000, 1.0)), [published(0.0)])["cambricon_revenue_cny_bn"]
    assert nothing["crps"] == pytest.approx(0.0, abs=1e-6)
    assert some["crps"] > 1.0
    assert some["compared"] == 1


def test_values_that_an_entry_does_not_predict_are_left_out_and_said() -> None:
    one = entry(np.linspace(1.0, 2.0, 100))
    body = document([one], [published(1.0, "2028Q1"), published(1.0, outcome="huawei_ascend_packages")])
    assert body["scores"] == {"2026-11-30-test": {}}
    assert "none of the values given" in text(body)
    assert body["unmatched"] == ["cambricon_revenue_cny_bn 2028Q1", "huawei_ascend_packages 2026Q2"]
    assert "Not predicted by any entry: cambricon_revenue_cny_bn 2028Q1" in text(body)


def test_the_document_has_the_fixed_keys() -> None:
    body = document([entry(np.linspace(1.0, 2.0, 100))])
    keys = {"made_on", "data_hash", "model_hash", "series", "period", "unit", "p5", "p25", "median", "p75", "p95"}
    assert keys <= set(body["register"][0])
    assert body["scores"] is None
    assert "1 predictions, made on 2026-11-30" in text(body)


def test_an_empty_register_says_how_to_begin() -> None:
    assert "--record NAME" in text(document([]))
