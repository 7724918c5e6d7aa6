"""Bounds of coverage by simulation, against the figures that were specified and against exact cases."""

from __future__ import annotations

import pytest

from countermove.errors import InputError
from countermove.inference.rolling.bounds import SPECIFIED, Asked, all_quarters, bounds


@pytest.mark.parametrize("series", SPECIFIED)
def test_the_simulation_finds_the_specified_bounds(series: int) -> None:
    found, (least90, least50, most50) = bounds(all_quarters(series)), SPECIFIED[series]
    assert found.least90 == pytest.approx(least90, abs=0.021)
    assert (found.least50, found.most50) == pytest.approx((least50, most50), abs=0.021)


def test_more_series_leave_less_to_luck() -> None:
    few, many = bounds(all_quarters(2)), bounds(all_quarters(8))
    assert many.least90 > few.least90
    assert many.most50 - many.least50 < few.most50 - few.least50


def test_one_target_bounds_nothing() -> None:
    found = bounds([Asked(0, 1, 2)])
    assert (found.least90, found.least50, found.most50) == (0.0, 0.0, 1.0)


def test_targets_before_what_is_known_and_no_targets_are_refused() -> None:
    with pytest.raises(InputError, match="lies before what is known"):
        bounds([Asked(0, 3, 3)])
    with pytest.raises(InputError, match="no target to bound"):
        bounds([])
