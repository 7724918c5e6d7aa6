"""The gate tells a forecaster that knows its limits from one that is too wide, too narrow, or looks ahead."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_worlds import row, spread, walks

from countermove.errors import InputError
from countermove.inference.rolling.document import document
from countermove.inference.rolling.forecaster import Forecast
from countermove.inference.rolling.origins import Origin
from countermove.inference.rolling.run import rolling

WORLDS = range(12)


def judged(forecaster: object, seed: int) -> dict[str, object]:
    found = rolling(forecaster, walks(seed), datings=("stated",))  # type: ignore[arg-type]
    return document(found.rows, found.origins)["pooled"]  # type: ignore[no-any-return]


def unmet(forecaster: object, condition: str) -> int:
    """In how many of the worlds a condition is not met."""
    gates = [judged(forecaster, seed)["gate"] for seed in WORLDS]
    return sum(not one["met"] for gate in gates for one in gate if one["condition"] == condition)  # type: ignore[attr-defined,index]


def test_ranges_of_a_forecaster_that_knows_the_walk_hold_what_they_should() -> None:
    assert unmet(spread(1.0), "90% coverage") <= 2
    assert unmet(spread(1.0), "50% coverage") <= 3


def test_a_narrow_forecaster_fails_by_coverage_and_by_surprises() -> None:
    assert unmet(spread(0.35), "90% coverage") == len(WORLDS)
    assert unmet(spread(0.35), "beyond 99.5%") >= len(WORLDS) - 1


def test_a_wide_forecaster_fails_by_its_score_and_by_half_ranges_that_hold_too_much() -> None:
    assert unmet(spread(4.0), "pooled ratio") == len(WORLDS)
    assert unmet(spread(4.0), "50% coverage") == len(WORLDS)
    assert unmet(spread(4.0), "90% coverage") == 0


def test_a_biased_forecaster_fails_by_its_score() -> None:
    assert unmet(spread(1.0, shift=2.0), "pooled ratio") == len(WORLDS)


def test_a_forecaster_that_sees_the_answer_passes() -> None:
    """So the gate can be passed at all; a fair one cannot beat the reference on a random walk by a tenth.

    It reads the answers behind the judge's back: what the judge shows it holds none.
    """

    def sees(seed: int) -> object:
        answers = {(one.series, one.period): one.value for one in walks(seed)}

        def forecast(found: Origin, folder: object) -> Forecast:
            noise = np.exp(0.2 * np.random.default_rng(3).standard_normal((len(found.asked), 4000)))
            off = np.exp(0.2 * np.random.default_rng(4).standard_normal((len(found.asked), 1)))
            return Forecast(np.array([[answers[one.series, one.period]] for one in found.asked]) * noise * off, {}, {})

        return forecast

    assert sum(bool(judged(sees(seed), seed)["passed"]) for seed in WORLDS) >= len(WORLDS) - 2
    assert sum(bool(judged(spread(1.0), seed)["passed"]) for seed in WORLDS) == 0


def test_one_origin_alone_passes_nothing() -> None:
    found = rolling(spread(1.0), walks(3), datings=("stated",), origins=("2024-12",))  # type: ignore[arg-type]
    pooled = document(found.rows, found.origins)["pooled"]
    unmet_names = {one["condition"] for one in pooled["gate"] if not one["met"]}
    assert "origins with three targets" in unmet_names
    assert not pooled["passed"]


def test_the_verdict_says_what_is_left_without_each_origin() -> None:
    pooled = judged(spread(1.0), 1)
    assert set(pooled["without"]) == {"2023-12", "2024-06", "2024-12", "2025-06", "2026-01"}  # type: ignore[arg-type]
    assert all(one["n"] < pooled["n"] for one in pooled["without"].values())  # type: ignore[attr-defined,operator]


def test_wide_ranges_are_printed_beside_their_coverage() -> None:
    wide, fair = judged(spread(4.0), 1), judged(spread(1.0), 1)
    assert wide["width90"] == pytest.approx(4.0 * fair["width90"], rel=0.05)  # type: ignore[operator]


def test_what_a_forecaster_must_not_return_is_refused_by_name() -> None:
    def short(found: Origin, folder: object) -> Forecast:
        return Forecast(np.ones((1, 10)), {}, {})

    def broken(found: Origin, folder: object) -> Forecast:
        return Forecast(np.full((len(found.asked), 10), np.nan), {}, {})

    with pytest.raises(InputError, match="rows were asked, 1 predicted"):
        rolling(short, walks(1))
    with pytest.raises(InputError, match="walk-0 2023Q4 holds no number|walk-0 2024Q1 holds no number"):
        rolling(broken, walks(1))


def test_rows_that_no_origin_can_use_are_refused() -> None:
    with pytest.raises(InputError, match="nothing was published by 2023-12-31"):
        rolling(spread(1.0), [row("late", "2025Q1", 1.0)])
    with pytest.raises(InputError, match="no row lies within a year after an origin"):
        rolling(spread(1.0), [row("early", "2022Q1", 1.0)])
