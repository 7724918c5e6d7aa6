"""Games whose answers stand in textbooks, and random games on which two solvers must agree."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.strategy.equilibria import equilibria, lemke_howson_all, zero_sum_value
from countermove.strategy.normal_form import NormalForm, dominated


def game(rows: Sequence[Sequence[float]], columns: Sequence[Sequence[float]]) -> NormalForm:
    A, B = np.array(rows, dtype=float), np.array(columns, dtype=float)
    return NormalForm(tuple(f"r{i}" for i in range(len(A))), tuple(f"c{j}" for j in range(A.shape[1])), A, B)


def random_game(seed: int, rows: int, columns: int) -> NormalForm:
    generator = np.random.default_rng(seed)
    return game(generator.standard_normal((rows, columns)).tolist(), generator.standard_normal((rows, columns)).tolist())


PENNIES = game([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
SEXES = game([[2, 0], [0, 1]], [[1, 0], [0, 2]])
DILEMMA = game([[3, 0], [5, 1]], [[3, 5], [0, 1]])


def test_matching_pennies_has_one_equilibrium_and_it_mixes_evenly() -> None:
    (only,) = equilibria(PENNIES).equilibria
    assert only.pure is None
    assert np.allclose([only.row, only.column], 0.5)
    assert PENNIES.pure_equilibria() == []


def test_the_battle_of_the_sexes_has_two_pure_equilibria_and_a_mixed_one() -> None:
    found = equilibria(SEXES).equilibria
    assert {one.pure for one in found} == {(0, 0), (1, 1), None}
    mixed = next(one for one in found if one.pure is None)
    assert np.allclose(mixed.row, [2 / 3, 1 / 3])
    assert np.allclose(mixed.column, [1 / 3, 2 / 3])


def test_the_prisoners_dilemma_is_solved_by_dominance() -> None:
    removed, left = dominated(DILEMMA)
    assert {(e.side, e.strategy) for e in removed} == {("row", "r0"), ("column", "c0")}
    assert (left.rows, left.columns) == (("r1",), ("c1",))


def test_a_strategy_can_be_dominated_by_a_mixture_alone() -> None:
    one = game([[4, 0], [0, 4], [1, 1]], [[0, 0], [0, 0], [0, 0]])
    (gone,) = dominated(one)[0]
    assert gone.strategy == "r2"
    assert set(gone.by) == {"r0", "r1"}


def test_iterated_dominance_goes_round_after_round() -> None:
    one = game([[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]])
    assert [(e.strategy, e.round) for e in dominated(one)[0]] == [("c2", 1), ("r1", 2), ("c0", 3)]


def test_rock_paper_scissors_has_value_zero_and_even_mixtures() -> None:
    payoffs = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], dtype=float)
    value, row, column = zero_sum_value(payoffs)
    assert value == pytest.approx(0, abs=1e-9)
    assert np.allclose([row, column], 1 / 3)


def test_a_degenerate_game_does_not_cycle() -> None:
    one = game([[0, 0, 0]] * 3, [[0, 0, 0]] * 3)
    assert lemke_howson_all(one)


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 5), columns=st.integers(1, 5))
def test_whatever_is_called_an_equilibrium_has_no_regret(seed: int, rows: int, columns: int) -> None:
    one = random_game(seed, rows, columns)
    for cap in (200_000, 0):
        found = equilibria(one, support_cap=cap).equilibria
        assert found
        assert all(max(one.regret(e.row, e.column)) < 1e-7 * 10 for e in found)


@given(seed=st.integers(0, 10_000), rows=st.integers(2, 4), columns=st.integers(2, 4))
def test_a_generic_game_has_an_odd_number_of_equilibria_and_lemke_howson_finds_some_of_them(
    seed: int, rows: int, columns: int
) -> None:
    one = random_game(seed, rows, columns)
    every = equilibria(one).equilibria
    assert len(every) % 2 == 1  # Wilson 1971
    for row, column in lemke_howson_all(one):
        assert any(np.allclose(row, e.row, atol=1e-6) and np.allclose(column, e.column, atol=1e-6) for e in every)


@given(seed=st.integers(0, 10_000))
def test_removing_dominated_strategies_loses_no_equilibrium(seed: int) -> None:
    one = random_game(seed, 4, 4)
    left = dominated(one)[1]
    for equilibrium in equilibria(one).equilibria:
        for names, kept, weights in ((one.rows, left.rows, equilibrium.row), (one.columns, left.columns, equilibrium.column)):
            assert all(weight < 1e-9 or name in kept for name, weight in zip(names, weights, strict=True))


@given(seed=st.integers(0, 10_000), scale=st.floats(0.1, 50), shift=st.floats(-5, 5))
def test_equilibria_do_not_hang_on_the_units_of_payoffs(seed: int, scale: float, shift: float) -> None:
    one = random_game(seed, 3, 4)
    other = NormalForm(one.rows, one.columns, one.row_payoffs * scale + shift, one.column_payoffs)
    assert len(equilibria(one).equilibria) == len(equilibria(other).equilibria)


@pytest.mark.slow
def test_gambit_agrees_on_200_random_games() -> None:
    program = shutil.which("gambit-enummixed")
    if program is None:
        pytest.skip("gambit-enummixed is not installed: apt-get install gambit (an optional oracle, never imported)")
    for seed in range(200):
        one = random_game(seed, 3, 3)
        ours = sorted(tuple(np.round([*e.row, *e.column], 4)) for e in equilibria(one).equilibria)
        assert ours == gambit(program, one), seed


def gambit(program: str, one: NormalForm) -> list[tuple[float, ...]]:
    """Return Gambit's equilibria of a game, read from its strategic-form file format."""
    m, n = one.row_payoffs.shape
    body = " ".join(f"{one.row_payoffs[i, j]:.12f} {one.column_payoffs[i, j]:.12f}" for j in range(n) for i in range(m))
    text = f'NFG 1 R "test" {{ "row" "column" }} {{ {m} {n} }}\n{body}\n'
    result = subprocess.run([program, "-q", "-d", "8"], input=text, capture_output=True, text=True, timeout=60, check=True)
    lines = [line.split(",")[1:] for line in result.stdout.splitlines() if line.startswith("NE,")]
    return sorted(tuple(np.round([float(value) for value in line], 4)) for line in lines)
