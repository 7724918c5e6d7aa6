"""The cost of a choice in months is read off two paths of the same growth."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.experiments.delay import delays, months_later


def test_a_path_that_doubles_yearly_and_is_half_as_high_is_twelve_months_later() -> None:
    reference = np.array([[1.0], [2.0], [4.0], [8.0]])
    assert months_later(reference / 2.0, reference)[:, 0] == pytest.approx([12.0, 12.0, 12.0, 12.0])


def test_the_same_path_is_not_later() -> None:
    path = np.array([[1.0], [3.0], [4.0]])
    assert months_later(path, path)[:, 0] == pytest.approx([0.0, 0.0, 0.0])


def test_a_higher_path_is_earlier() -> None:
    reference = np.array([[1.0], [2.0], [4.0]])
    assert (months_later(reference * 1.5, reference)[1:] < 0.0).all()


def test_a_standing_path_is_cut_at_five_years() -> None:
    reference = np.array([[1.0], [2.0], [40.0]])
    assert months_later(np.ones_like(reference), reference)[2, 0] == 60.0


def test_delays_need_years() -> None:
    quarters = {"china_compute_h100e": {"2026Q1": np.ones(3), "2026Q2": np.ones(3)}}
    assert delays(quarters, quarters) == []
