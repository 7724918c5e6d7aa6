"""Closed forms: the best export subsidy and tax, leadership, limit pricing, the sign of protection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.strategy.closed_forms import (
    bertrand_welfare,
    brander_spencer_subsidy,
    cournot,
    cournot_welfare,
    eaton_grossman_tax,
    limit_pricing,
    stackelberg,
)
from countermove.strategy.equilibria import equilibria
from countermove.strategy.normal_form import NormalForm
from countermove.strategy.orders import commitment, orders
from countermove.strategy.protection import net_value

COSTS = st.floats(0.5, 2.0)


@given(home=COSTS, foreign=COSTS)
def test_under_cournot_the_best_policy_is_a_subsidy_that_makes_a_leader(home: float, foreign: float) -> None:
    subsidy = brander_spencer_subsidy(10, home, foreign)
    assert subsidy > 0
    assert cournot(10, home - subsidy, foreign).home == pytest.approx(stackelberg(10, home, foreign).home)
    best = cournot_welfare(10, home, foreign, subsidy)
    assert best >= max(cournot_welfare(10, home, foreign, subsidy + d) for d in (-0.1, 0.1)) - 1e-12


@given(home=COSTS, foreign=COSTS, substitution=st.floats(0.1, 0.9))
def test_under_bertrand_the_best_policy_is_a_tax(home: float, foreign: float, substitution: float) -> None:
    tax = eaton_grossman_tax(10, substitution, home, foreign)
    assert tax > 0
    best = bertrand_welfare(10, substitution, home, foreign, tax)
    assert best >= max(bertrand_welfare(10, substitution, home, foreign, tax + d) for d in (-0.05, 0.05)) - 1e-12


def quantities() -> NormalForm:
    """Cournot on a grid of quantities that holds both Cournot's 3 and the leader's 4.5 (a = 10, c = 1)."""
    grid = np.arange(0, 9.01, 0.25)
    price = np.maximum(10 - grid[:, None] - grid[None, :], 0.0)
    own = (price - 1) * grid[:, None]
    names = tuple(f"{q:g}" for q in grid)
    return NormalForm(names, names, own, own.T.copy())


def test_the_simultaneous_game_plays_cournot_and_the_leader_plays_stackelberg() -> None:
    one = quantities()
    found = [(float(one.rows[i]), float(one.columns[j])) for i, j in one.pure_equilibria()]
    assert (3.0, 3.0) in found
    leader = commitment(one, "row")
    assert float(one.rows[leader.strategy]) == pytest.approx(4.5, abs=0.26)
    assert leader.leader_value[1] >= stackelberg(10, 1, 1).home_profit - 0.2


@given(seed=st.integers(0, 5_000))
def test_a_mixed_commitment_is_worth_at_least_a_pure_one_and_any_equilibrium(seed: int) -> None:
    generator = np.random.default_rng(seed)
    one = NormalForm(("a", "b", "c"), ("x", "y", "z"), generator.standard_normal((3, 3)), generator.standard_normal((3, 3)))
    found = equilibria(one).equilibria
    leader = commitment(one, "row")
    assert leader.mixed_value >= leader.leader_value[1] - 1e-7
    assert all(leader.mixed_value >= float(e.row @ one.row_payoffs @ e.column) - 1e-7 for e in found)


def test_ties_of_the_follower_make_the_value_of_commitment_a_range() -> None:
    one = NormalForm(("a",), ("x", "y"), np.array([[0.0, 2.0]]), np.array([[1.0, 1.0]]))
    result = orders(one, equilibria(one).equilibria)
    assert result.first["row"].leader_value == (0.0, 2.0)
    assert result.value_of_commitment["row"] == (-2.0, 2.0)


def test_a_low_cost_incumbent_prices_below_its_monopoly_price_only_where_it_must() -> None:
    tempted = limit_pricing(10, 1, 2, entry_loss=4, discount=0.9)
    assert tempted.distorts
    assert tempted.low_price < (10 + 1) / 2
    # The high-cost type is just not tempted: what it would lose today equals what deterring entry is worth.
    assert (tempted.high_price - tempted.low_price) ** 2 == pytest.approx(0.9 * 4)
    assert not limit_pricing(10, 1, 8, entry_loss=0.1, discount=0.9).distorts


@given(gain=st.floats(0.01, 10), cost=st.floats(0.01, 10), value=st.floats(0.1, 5), surplus=st.floats(0.1, 5))
def test_protection_pays_more_the_more_there_is_to_learn_and_less_the_more_it_costs(
    gain: float, cost: float, value: float, surplus: float
) -> None:
    # The sign of Melitz (2005): up in the learning potential, down in today's cost.
    here = net_value(np.array([gain]), np.array([cost]), value, surplus)[0]
    assert net_value(np.array([gain * 1.1]), np.array([cost]), value, surplus)[0] > here
    assert net_value(np.array([gain]), np.array([cost * 1.1]), value, surplus)[0] < here
