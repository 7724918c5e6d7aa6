"""The logit path: its defining equation, known examples, and large games."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.strategy.normal_form import NormalForm
from countermove.strategy.quantal import LAMBDAS, QuantalPoint, quantal_path, softmax


def game(rows: object, columns: object) -> NormalForm:
    A, B = np.array(rows, dtype=float), np.array(columns, dtype=float)
    return NormalForm(tuple(map(str, range(len(A)))), tuple(map(str, range(A.shape[1]))), A, B)


def is_fixed_point(one: NormalForm, point: QuantalPoint, tolerance: float = 1e-7) -> bool:
    row = softmax(point.precision * one.row_payoffs @ point.column)
    column = softmax(point.precision * point.row @ one.column_payoffs)
    return bool(np.abs(row - point.row).max() < tolerance and np.abs(column - point.column).max() < tolerance)


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 6), columns=st.integers(1, 6))
def test_every_point_answers_the_other_side_logistically(seed: int, rows: int, columns: int) -> None:
    generator = np.random.default_rng(seed)
    one = game(generator.standard_normal((rows, columns)), generator.standard_normal((rows, columns)))
    path = quantal_path(one)
    assert path.stopped is None
    assert [p.precision for p in path.points] == pytest.approx(list(LAMBDAS))
    assert all(is_fixed_point(one, point) for point in path.points)


def test_at_lambda_zero_everything_is_equally_likely_and_later_the_only_equilibrium_is() -> None:
    one = game([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    path = quantal_path(one, (0.0, 50.0))
    assert np.allclose(path.points[0].row, 0.5)
    assert path.points[-1].row[1] > 1 - 1e-9


def test_the_games_of_mckelvey_and_palfrey_with_asymmetric_pennies_bend_the_own_payoff_effect() -> None:
    # Nash: the row player mixes evenly whatever its own payoff is; logit: a higher one draws it (McKelvey & Palfrey 1995).
    one = game([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    point = quantal_path(one, (1.0,)).points[0]
    assert point.row[0] > 0.5
    assert point.column[0] < 0.5
    # The closed conditions of a 2 x 2 game: log odds = lambda x payoff difference.
    q, p = point.column[0], point.row[0]
    assert np.log(p / (1 - p)) == pytest.approx(9 * q - (1 - q), abs=1e-8)
    assert np.log(q / (1 - q)) == pytest.approx((1 - p) - p, abs=1e-8)


def test_the_path_passes_turning_points_and_ends_at_the_risk_dominant_equilibrium() -> None:
    one = game([[4, 0], [3, 2]], [[4, 3], [0, 2]])
    path = quantal_path(one)
    assert path.stopped is None
    assert path.points[-1].row[1] > 0.99


def test_a_large_game_converges_at_every_lambda() -> None:
    generator = np.random.default_rng(2)
    one = game(generator.standard_normal((100, 100)), generator.standard_normal((100, 100)))
    path = quantal_path(one, (0.0, 1.0, 3.0))
    assert path.stopped is None
    assert all(is_fixed_point(one, point) for point in path.points)


def test_a_path_that_cannot_go_on_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("countermove.strategy.quantal.MOST_STEPS", 3)
    path = quantal_path(game([[3, 0], [5, 1]], [[3, 5], [0, 1]]), (0.0, 50.0))
    assert len(path.points) == 1
    assert path.stopped is not None
    assert "lambda" in path.stopped
