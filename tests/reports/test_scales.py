"""Axes have round ticks, cover what they show, and labels keep their distance."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.reports.figures.scales import log_ticks, month_position, nice_ticks, period_position, spread, value_axis
from countermove.reports.model import OutcomeNote

finite = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)
COUNT = OutcomeNote("x", "X", "cards", "compute", "flow", "count", "")
PERCENT = OutcomeNote("x", "X", "share", "compute", "flow", "percent", "")


@given(finite, st.floats(min_value=1e-3, max_value=1e9))
def test_ticks_cover_the_range_with_few_round_steps(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low + 1e-6 * step
    assert ticks[-1] >= low + span - 1e-6 * step
    assert 2 <= len(ticks) <= 9


@given(st.floats(min_value=1e-6, max_value=1e6), st.floats(min_value=1.01, max_value=1e6))
def test_logarithmic_ticks_cover_the_range(low: float, factor: float) -> None:
    ticks = log_ticks(low, low * factor)
    assert ticks[0] <= low * 1.000001
    assert ticks[-1] >= low * factor * 0.999999


@given(st.lists(finite, min_size=1, max_size=30))
def test_every_value_lies_on_the_axis(values: list[float]) -> None:
    axis = value_axis(values, COUNT)
    slack = 1e-8 * (axis.high - axis.low)  # ticks ignore what no pixel could show
    assert all(axis.low - slack <= v <= axis.high + slack for v in values)
    assert len(set(axis.labels)) == len(axis.labels)


def test_only_the_top_tick_carries_the_unit() -> None:
    assert value_axis([0, 0.93], PERCENT).labels == ("0", "25", "50", "75", "100%")


def test_stocks_sit_at_the_end_of_a_period_and_flows_in_its_middle() -> None:
    assert period_position("2026", "stock") == 2027.0
    assert period_position("2026", "flow") == 2026.5
    assert period_position("2026Q1", "ratio") == pytest.approx(2026.125)
    assert month_position("2026-10") == 2026.75


@given(st.lists(st.floats(min_value=0, max_value=300), min_size=1, max_size=8))
def test_labels_keep_their_gap_their_order_and_the_frame(wanted: list[float]) -> None:
    placed = spread(wanted, 20.0, 0.0, 300.0)
    ordered = sorted(placed)
    assert all(b - a >= 20.0 - 1e-6 for a, b in pairwise(ordered))
    assert min(placed) >= -1e-6
    assert max(placed) <= 300.0 + 1e-6
    ranks = sorted(range(len(wanted)), key=lambda i: wanted[i])
    assert [placed[i] for i in ranks] == pytest.approx(ordered)


def test_labels_that_have_room_stay_where_they_want_to_be() -> None:
    assert spread([250.0, 10.0, 120.0], 20.0, 0.0, 300.0) == pytest.approx([250.0, 10.0, 120.0])


def test_ticks_of_a_tiny_range_differ_from_each_other() -> None:
    ticks = nice_ticks(0.0, 1e-13)
    assert len(set(ticks)) == len(ticks) > 1
    assert ticks[0] <= 0.0
    assert ticks[-1] >= 1e-13
