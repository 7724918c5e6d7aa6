"""Rationing: nobody gets what was not made; unmet money goes to the next best, then waits.

The second half of the demand mechanism, in its own file because it needs every supply of the month.
"""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.demand import TINY
from countermove.market.mechanisms.foreign_supply import share_leaving
from countermove.market.offers import DOMESTIC, GREY
from countermove.market.state import State


def served_share(asked: Array, available: Array, xp: Array) -> Array:
    """Share of what was asked for that finds chips, ``min(1, available/asked)``; money in billion USD, (offer, draw)."""
    return xp.minimum(1.0, available / (asked + TINY))


def fill_twice(desired: Array, available: Array, xp: Array) -> Array:
    """Money that finds chips, by offer and segment: each segment gets the same share of what it asked for.

    What stays unmet is then offered once to the offers that still have stock, in proportion to preference. `desired` (offer,
    segment, draw) and `available` (offer, draw) in billion USD; no offer gives more than it has, no segment pays more than it
    asked for in all. Both rounds are shares of `desired`: ``paid = desired (served + second x unmet/liked)``.
    """
    asked = xp.sum(desired, axis=1)
    served = served_share(asked, available, xp)
    unmet = xp.sum(desired * (1.0 - served)[:, None, :], axis=0)
    slack = xp.maximum(available - asked * served, 0.0)
    spare = slack / (available + TINY)
    liked = xp.sum(desired * spare[:, None, :], axis=0)
    each = unmet / (liked + TINY)  # of a dollar that an offer with all its stock left is wanted for, by segment
    again = spare * xp.sum(desired * each, axis=1)
    second = spare * served_share(again, slack, xp)
    return desired * (served[:, None, :] + second[:, None, :] * each)


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Settle the month: deliveries and payments by offer, stocks drawn down, money that waits."""
    others = slice(GREY.start, DOMESTIC.stop)
    stock = s.package_inventory + f.domestic_made
    rental = xp.broadcast_to(f.rental_offered, f.rental_offered.shape[:1] + stock.shape[-1:])  # all draws may agree on it
    units_there = xp.concatenate([f.grey_offered, rental, stock], axis=0)
    price = s.price[others]
    paid = fill_twice(f.desired[others], units_there * price / 1000.0, xp)
    units = 1000.0 * xp.sum(paid, axis=1) / price
    sold_home = units[DOMESTIC.start - GREY.start :]

    asked = xp.sum(f.desired[others], axis=0)
    unmet = asked - xp.sum(paid, axis=0)
    held = s.deferred - f.returned_to_market
    given_up = held * share_leaving(p.deferral_months, c.dt, xp)
    inventory = xp.maximum(stock - sold_home, 0.0)
    delivered = xp.concatenate([f.foreign_units, units], axis=0)
    spent = xp.concatenate([xp.sum(f.foreign_paid, axis=1), xp.sum(paid, axis=1)], axis=0)
    value = xp.concatenate([f.foreign_value, xp.sum(paid, axis=1)], axis=0)
    state = {
        "deferred": held - given_up + f.waiting + unmet + f.given_up,
        "package_inventory": inventory,
        "smuggled": s.smuggled + xp.sum(delivered[GREY] * c.h100e[GREY], axis=0),
    }
    flows = {
        "units": delivered,
        "value": value,
        "spent": spent,
        "paid_by_segment": xp.sum(f.foreign_paid, axis=0) + xp.sum(paid, axis=0),
        "unmet": unmet,
        "abandoned": given_up,
        "grey_desired": 1000.0 * xp.sum(f.desired[GREY], axis=1) / s.price[GREY],
        "domestic_fill": sold_home / (1000.0 * xp.sum(f.desired[DOMESTIC], axis=1) / s.price[DOMESTIC] + TINY),
    }
    return state, flows


MECHANISM = Mechanism(
    name="rationing",
    title="Demand: rationing and waiting",
    step=step,
    state_reads=("package_inventory", "price", "deferred", "smuggled"),
    state_writes=("deferred", "package_inventory", "smuggled"),
    flow_reads=(
        "domestic_made",
        "grey_offered",
        "rental_offered",
        "desired",
        "returned_to_market",
        "foreign_units",
        "foreign_paid",
        "foreign_value",
        "waiting",
        "given_up",
    ),
    flow_writes=(
        "units",
        "value",
        "spent",
        "paid_by_segment",
        "unmet",
        "abandoned",
        "grey_desired",
        "domestic_fill",
    ),
    parameters=("deferral_months",),
    inputs=(),
    constants=("dt", "h100e"),
    equation="paid = desired x min(1, available/desired); unmet goes once to offers with stock, then to deferred demand",
    sources=(),
)
