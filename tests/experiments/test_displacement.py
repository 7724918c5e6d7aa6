"""Displacement ratios: signs, draws that do not count, and symmetry."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.experiments.displacement import displacements


def outcomes(h200: list[float], domestic: list[float]) -> dict[str, dict[str, np.ndarray]]:
    """Two outcomes of one year."""
    return {"h200_china_units": {"2027": np.array(h200)}, "domestic_units": {"2027": np.array(domestic)}}


def test_each_h200_sold_displaces_what_domestic_sales_lose() -> None:
    [found] = displacements(outcomes([0, 0], [100, 100]), outcomes([10, 20], [95, 90]))["domestic_displaced_per_h200"]
    assert found.median == pytest.approx(0.5)
    assert found.share_of_draws == 1.0


def test_the_order_of_the_scenarios_does_not_matter() -> None:
    one, other = outcomes([0, 5], [100, 90]), outcomes([10, 40], [95, 93])
    assert displacements(one, other) == displacements(other, one)


def test_sales_that_add_domestic_ones_count_as_negative() -> None:
    [found] = displacements(outcomes([0], [100]), outcomes([10], [102]))["domestic_displaced_per_h200"]
    assert found.median == pytest.approx(-0.2)


def test_draws_without_a_difference_in_sales_are_left_out() -> None:
    [found] = displacements(outcomes([0, 0, 0, 0], [9, 9, 9, 9]), outcomes([0, 0.5, 4, 4], [8, 8, 8, 8]))[
        "domestic_displaced_per_h200"
    ]
    assert found.median == pytest.approx(0.25)
    assert found.share_of_draws == 0.5
    assert displacements(outcomes([0], [9]), outcomes([0], [8])) == {}
    assert displacements({}, {}) == {}
