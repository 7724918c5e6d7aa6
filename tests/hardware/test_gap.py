"""Generation gaps: months between two launches of equal effective performance, on a log-linear line."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.hardware.gap import Launch, best_at, gap_months, running_best

LAUNCHES = st.lists(st.tuples(st.integers(0, 100), st.floats(0.05, 10)), min_size=1, max_size=8).map(
    lambda pairs: [Launch(float(month), value) for month, value in pairs]
)


def test_the_gap_of_equal_launches_is_the_time_between_them():
    assert gap_months([Launch(10, 0.2), Launch(50, 1.0)], Launch(34, 1.0)) == (16, True)


def test_between_launches_the_logarithm_grows_evenly():
    found = gap_months([Launch(0, 0.25), Launch(24, 1.0)], Launch(0, 0.5))
    assert found.months == pytest.approx(12)


def test_a_vendor_that_was_first_has_a_negative_gap():
    assert gap_months([Launch(20, 1.5)], Launch(34, 1.0)).months == -14


def test_a_target_never_reached_gives_a_lower_bound():
    found = gap_months([Launch(10, 0.2), Launch(50, 0.7)], Launch(34, 1.0))
    assert found == (16, False)


def test_a_weaker_later_product_changes_nothing():
    launches = [Launch(10, 0.2), Launch(50, 1.0)]
    assert gap_months([*launches, Launch(60, 0.5)], Launch(34, 0.9)) == gap_months(launches, Launch(34, 0.9))


def test_nothing_on_sale_before_the_first_launch():
    assert best_at([Launch(10, 0.5)], 9) == 0
    assert best_at([Launch(10, 0.5), Launch(20, 2.0)], 15) == pytest.approx(1.0)


@pytest.mark.parametrize("bad", [[], [Launch(0, 0.0)], [Launch(0, -1.0)]])
def test_impossible_launches_are_refused(bad):
    with pytest.raises(ValueError, match="at least one launch"):
        gap_months(bad, Launch(0, 1.0))


@given(LAUNCHES, st.floats(0.05, 10), st.floats(1.0, 3.0))
def test_a_higher_target_is_never_reached_sooner(launches, target, factor):
    near, far = (gap_months(launches, Launch(0, goal)) for goal in (target, target * factor))
    assert far.months >= near.months - 1e-9 or not far.reached


@given(LAUNCHES, st.floats(0.05, 10), st.floats(0.1, 10))
def test_only_ratios_of_performance_matter(launches, target, factor):
    scaled = [Launch(launch.month, launch.effective * factor) for launch in launches]
    one, other = gap_months(launches, Launch(0, target)), gap_months(scaled, Launch(0, target * factor))
    if one.reached == other.reached:  # equality of floats decides at the very top
        assert one.months == pytest.approx(other.months, abs=1e-6)


@given(LAUNCHES, st.floats(0.06, 9))
def test_the_line_passes_through_the_target_at_the_gap(launches, target):
    found = gap_months(launches, Launch(0, target))
    best = running_best(launches)
    if found.reached and best[0].effective < target:
        assert math.log(best_at(launches, found.months)) == pytest.approx(math.log(target), abs=1e-6)
