"""A whole hindcast, small: fit to the little that had been published by the end of 2024, predict 2025, score it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

pytest.importorskip("jax", reason="pip install 'countermove[jax]'")

from countermove.errors import InputError
from countermove.inference.hindcast import Hindcast, hindcast, unscored
from countermove.inference.hindcast_text import document, text
from countermove.inference.record import table_hash
from countermove.inference.validation import SHIPPED, outdated, page, recorded_hindcast
from countermove.outcomes.published import published_values


@pytest.fixture(scope="module")
def found() -> Hindcast:
    return hindcast("2024-12", vintage="strict", particles=128, draws=64)


def test_only_what_had_been_published_is_fitted(found: Hindcast) -> None:
    assert found.fit_to == dt.date(2024, 12, 31)
    assert found.rows_used == sum(row.known <= found.fit_to for row in published_values(last=2024))
    assert found.fitted is not None
    assert all(row.known <= found.fit_to for row in found.fitted.targets.rows)


def test_both_readings_of_the_gates_predict_the_same_rows(found: Hindcast) -> None:
    rows = [point.row for point in found.conditional]
    assert rows == [point.row for point in found.unconditional]
    assert all(row.period.startswith("2025") for row in rows)
    h20 = {
        name: [p for p in getattr(found, name) if p.row.period == "2025Q1" and "h20" in p.row.series]
        for name in ("conditional", "unconditional")
    }
    assert h20["conditional"][0].quantiles != h20["unconditional"][0].quantiles


def test_the_document_has_the_fixed_keys_and_is_json(found: Hindcast) -> None:
    body = document(found)
    json.dumps(body, allow_nan=False)
    assert body["fit_to"] == "2024-12-31"
    one = body["series"]["cambricon-revenue-yearly"]
    assert {"n", "coverage90", "crps", "crps_naive", "points"} <= set(one)
    assert {"period", "value", "median", "p5", "p95", "inside"} <= set(one["points"][0])
    assert "conditional" in text(body)


def test_a_year_that_nobody_has_published_is_predicted_without_scores() -> None:
    rows = unscored(published_values(), 2026)
    assert len({row.outcome for row in rows}) == len(rows)
    assert all(row.value != row.value and row.period == "2026" for row in rows)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fit_to": "2019-01"}, "leaves nothing to fit"),
        ({"fit_to": "2024-12", "vintage": "strickt"}, "no vintage named"),
        ({"fit_to": "2024-12", "draws": 0}, "0 draws were asked for"),
        ({"fit_to": "2024-12", "particles": 1}, "1 particles"),
        ({"fit_to": "2026-01", "score": published_values(last=2024)}, "every value is about the time to"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_work(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        hindcast(**options)  # type: ignore[arg-type]


def test_the_shipped_hindcasts_are_recorded_and_on_the_page() -> None:
    whole = page()
    for fit_to, vintage in SHIPPED:
        body = recorded_hindcast(fit_to, vintage)
        assert body is not None
        assert f"fit to {body['fit_to']}, vintage {vintage}" in whole


def test_a_page_beside_another_calibration_says_so(tmp_path: Path) -> None:
    (tmp_path / "posterior.npz").write_bytes(b"one")
    body = {**(recorded_hindcast("2024-12", "latest") or {}), "table": table_hash(tmp_path)}
    path = tmp_path / "hindcast-2024-12-latest.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    assert outdated(tmp_path) == []
    assert "another calibration" not in page(tmp_path)
    (tmp_path / "posterior.npz").write_bytes(b"another")
    assert outdated(tmp_path) == ["hindcast 2024-12 latest"]
    assert "Recorded beside another calibration" in page(tmp_path)
    path.write_text(json.dumps({name: value for name, value in body.items() if name != "table"}), encoding="utf-8")
    assert outdated(tmp_path) == ["hindcast 2024-12 latest"]


def test_the_hindcast_of_2025_is_covered_and_better_than_naive_on_most_series() -> None:
    body = recorded_hindcast("2024-12", "latest")
    assert body is not None
    one = body["summary"]["conditional"]
    assert 0.8 <= one["coverage90"] <= 0.98
    assert one["series_better"] > one["series_compared"] / 2
