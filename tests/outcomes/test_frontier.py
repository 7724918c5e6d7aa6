"""Months behind and years of parity, against frontiers made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.outcomes.frontier import NOT_REACHED, US_FRONTIER, gap_months, parity_year, reached_by_us, us_levels
from countermove.quantities.axes import WORKLOADS
from countermove.quantities.calendar import MONTHS

VIEWS = ("chip", "system")


def frontier(levels: list[float] | np.ndarray, draws: int = 1) -> np.ndarray:
    """(month, workload, draw) with the same level in every workload."""
    return np.broadcast_to(np.asarray(levels, dtype=float)[:, None, None], (len(levels), len(WORKLOADS), draws)).copy()


def flat(level: float) -> np.ndarray:
    return frontier(np.full(MONTHS, level))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_domestic_h200_lags_by_the_months_since_the_h200s_launch(view: str, workload: str) -> None:
    months, logs = us_levels(view)
    h200 = US_FRONTIER.index("h200-sxm")
    assert np.allclose(logs[h200], 0.0), "levels are relative to one H200"
    behind = gap_months(flat(1.0), 60, view, workload)
    assert behind[0] == pytest.approx(60 - months[h200])


@pytest.mark.parametrize("view", VIEWS)
def test_a_chip_as_good_as_the_a100_lags_by_the_months_since_the_a100(view: str) -> None:
    months, logs = us_levels(view)
    for index, workload in enumerate(WORKLOADS):
        level = float(np.exp(logs[0, index]))
        assert gap_months(flat(level), 84, view, workload)[0] == pytest.approx(84 - months[0], abs=1e-6)


def test_between_two_launches_the_line_is_straight_in_logs() -> None:
    months, logs = us_levels("chip")
    middle = float(np.exp(0.5 * (logs[0, 0] + logs[1, 0])))
    assert reached_by_us(np.array([middle]), "chip", 0)[0] == pytest.approx(0.5 * (months[0] + months[1]))


@given(st.floats(0.01, 20.0), st.floats(1.01, 3.0), st.sampled_from(VIEWS), st.sampled_from(WORKLOADS))
def test_a_better_chip_is_never_further_behind(level: float, better: float, view: str, workload: str) -> None:
    gaps = [gap_months(flat(value), 100, view, workload)[0] for value in (level, level * better)]
    assert gaps[1] <= gaps[0]
    assert -60.0 <= gaps[1] <= gaps[0] <= 180.0


def test_the_gap_grows_by_a_month_a_month_while_nothing_new_appears() -> None:
    gaps = [gap_months(flat(0.7), end, "chip", "decode")[0] for end in range(36, 120)]
    assert np.allclose(np.diff(gaps), 1.0)


def test_nothing_on_sale_is_as_far_behind_as_can_be_said() -> None:
    assert gap_months(flat(0.0), 132, "chip", "training")[0] == 180.0


def test_parity_is_dated_between_the_month_ends_around_it() -> None:
    levels = np.concatenate([np.full(60, 0.5), np.full(MONTHS - 60, 2.0)])
    # From one half at the end of month 59 to two at the end of month 60: in logs, parity is half way.
    assert parity_year(frontier(levels), "decode")[0] == pytest.approx(2022 + 60.5 / 12)


def test_parity_at_a_month_end_is_that_month_end() -> None:
    levels = np.concatenate([np.full(30, 0.25), np.full(MONTHS - 30, 1.0)])
    assert parity_year(frontier(levels), "prefill")[0] == pytest.approx(2022 + 31 / 12)


def test_a_parity_that_is_not_reached_is_dated_2033() -> None:
    assert NOT_REACHED == 2033.0
    assert parity_year(flat(0.999), "training")[0] == 2033.0
    assert parity_year(flat(0.0), "training")[0] == 2033.0


def test_a_parity_that_holds_from_the_start_is_dated_at_the_start() -> None:
    assert parity_year(flat(1.5), "decode")[0] == pytest.approx(2022 + 1 / 12)


def test_the_first_crossing_counts_even_if_it_is_lost_again() -> None:
    levels = np.full(MONTHS, 0.5)
    levels[20], levels[100:] = 1.2, 3.0
    assert parity_year(frontier(levels), "decode")[0] < 2024.0


def test_draws_and_workloads_are_dated_apart() -> None:
    series = frontier(np.full(MONTHS, 0.5), draws=2)
    series[70:, WORKLOADS.index("decode"), 1] = 2.0
    assert parity_year(series, "training").tolist() == [2033.0, 2033.0]
    dates = parity_year(series, "decode")
    assert dates[0] == 2033.0
    assert dates[1] == pytest.approx(2022 + 70.5 / 12)


@given(st.floats(0.05, 0.9), st.floats(0.005, 0.1), st.floats(0.5, 2.0))
def test_a_steady_rise_meets_its_level_at_the_computed_date(start: float, growth: float, level: float) -> None:
    month_ends = np.arange(1, MONTHS + 1)
    series = frontier(start * np.exp(growth * month_ends))
    expected = 2022 + np.log(level / start) / growth / 12
    found = parity_year(series, "decode", level)[0]
    if expected > 2033.0:
        assert found == 2033.0
    elif expected > 2022 + 1 / 12:
        assert found == pytest.approx(expected, abs=1e-9)
    else:
        assert found == pytest.approx(2022 + 1 / 12)
