"""Closed forms of the theory that the game leans on.

They are small and exact, and check both the solvers and the signs that we report.

Demand is linear throughout, p = a - b q, with constant costs; two firms, one of each country, sell in a third market or in
the rival's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Duopoly:
    """Two quantities and the profits that go with them, before any tax or subsidy is paid back."""

    home: float
    foreign: float
    home_profit: float
    foreign_profit: float


def cournot(intercept: float, home_cost: float, foreign_cost: float) -> Duopoly:
    """Return Cournot's duopoly at p = a - q_h - q_f: q_h = (a - 2 c_h + c_f) / 3 (Cournot 1838); both firms must be active."""
    home, foreign = (intercept - 2 * home_cost + foreign_cost) / 3, (intercept - 2 * foreign_cost + home_cost) / 3
    price = intercept - home - foreign
    return Duopoly(home, foreign, (price - home_cost) * home, (price - foreign_cost) * foreign)


def stackelberg(intercept: float, leader_cost: float, follower_cost: float) -> Duopoly:
    """Return the leader's and the follower's quantities at p = a - q_l - q_f.

    Q_l = (a - 2 c_l + c_f) / 2 (von Stackelberg 1934).
    """
    leader = (intercept - 2 * leader_cost + follower_cost) / 2
    follower = (intercept - follower_cost - leader) / 2
    price = intercept - leader - follower
    return Duopoly(leader, follower, (price - leader_cost) * leader, (price - follower_cost) * follower)


def brander_spencer_subsidy(intercept: float, home_cost: float, foreign_cost: float) -> float:
    """Return the best export subsidy under Cournot, s = (a - 2 c_h + c_f) / 4 > 0 (Brander & Spencer 1985).

    It moves the home firm to where a Stackelberg leader would be; a tax is a negative subsidy.
    """
    return (intercept - 2 * home_cost + foreign_cost) / 4


def cournot_welfare(intercept: float, home_cost: float, foreign_cost: float, subsidy: float) -> float:
    """Return the exporter's welfare under Cournot: profit less subsidy paid, with the subsidy lowering the firm's cost."""
    found = cournot(intercept, home_cost - subsidy, foreign_cost)
    return found.home_profit - subsidy * found.home


def bertrand(intercept: float, substitution: float, home_cost: float, foreign_cost: float) -> tuple[float, float]:
    """Return prices under q_h = a - p_h + g p_f with 0 < g < 1: p_h = (2 (a + c_h) + g (a + c_f)) / (4 - g^2)."""
    g = substitution
    return (
        (2 * (intercept + home_cost) + g * (intercept + foreign_cost)) / (4 - g * g),
        (2 * (intercept + foreign_cost) + g * (intercept + home_cost)) / (4 - g * g),
    )


def bertrand_welfare(intercept: float, substitution: float, home_cost: float, foreign_cost: float, tax: float) -> float:
    """Return the exporter's welfare under Bertrand: profit plus tax, the tax per unit raising the firm's cost."""
    home, foreign = bertrand(intercept, substitution, home_cost + tax, foreign_cost)
    return (home - home_cost) * (intercept - home + substitution * foreign)


def eaton_grossman_tax(intercept: float, substitution: float, home_cost: float, foreign_cost: float) -> float:
    """Return the best export tax under Bertrand, which is positive (Eaton & Grossman 1986).

    With p_h = P + 2 t / (4 - g^2), the first-order condition of `bertrand_welfare` is linear in the tax; it is solved from
    two points of its derivative.
    """
    slope = 2 / (4 - substitution**2)
    base, foreign = bertrand(intercept, substitution, home_cost, foreign_cost)
    rise = substitution / (4 - substitution**2)
    # W(t) = (P + slope t - c)(a - P - slope t + g (F + rise t)); W'(t) = 0 is linear in t.
    k = -slope + substitution * rise
    quantity = intercept - base + substitution * foreign
    return -(slope * quantity + k * (base - home_cost)) / (2 * slope * k)


@dataclass(frozen=True)
class LimitPricing:
    """Milgrom & Roberts (1982) with two cost types: the prices of a separating equilibrium and whether entry is deterred."""

    low_price: float
    high_price: float
    distorts: bool


def limit_pricing(intercept: float, low_cost: float, high_cost: float, entry_loss: float, discount: float) -> LimitPricing:
    """Return the least-cost separating prices of an incumbent whose cost is private; p = a - q, and entry costs it `entry_loss`.

    The high type gains at most discount x entry_loss by passing for low; the low type prices just so low that this does not pay:
    profit_high(monopoly) - profit_high(p) = discount x entry_loss, or its own monopoly price where that already suffices.
    """
    monopoly = {cost: (intercept + cost) / 2 for cost in (low_cost, high_cost)}
    stake = discount * entry_loss
    # A price p costs the high type (p - p_high)^2 against its monopoly price, because profit is quadratic in the price.
    tempting = monopoly[high_cost] - np.sqrt(stake)
    return LimitPricing(float(min(monopoly[low_cost], tempting)), float(monopoly[high_cost]), bool(tempting < monopoly[low_cost]))
