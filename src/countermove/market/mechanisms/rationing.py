"""Rationing: nobody gets what was not made; unmet money goes to the next best, then waits.

The second half of the demand mechanism, in its own file because it needs every supply of the month.
"""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.demand import TINY
from countermove.market.mechanisms.foreign_supply import share_leaving
from countermove.market.offers import DOMESTIC, GREY
from countermove.market.state import State


def fill(desired: Array, available: Array, xp: Array) -> Array:
    """Money that finds chips, by offer and segment: each segment gets the same share of what it asked for.

    `desired` (offer, segment, draw) and `available` (offer, draw) in billion USD; the result never exceeds either.
    """
    total = xp.sum(desired, axis=1)
    return desired * xp.minimum(1.0, available / (total + TINY))[:, None, :]


def fill_twice(desired: Array, available: Array, xp: Array) -> Array:
    """Fill, then offer what stayed unmet once to the offers that still have stock, in proportion to preference."""
    first = fill(desired, available, xp)
    unmet = xp.sum(desired - first, axis=0)
    slack = xp.maximum(available - xp.sum(first, axis=1), 0.0)
    liking = desired * (slack / (available + TINY))[:, None, :]
    again = unmet * liking / (xp.sum(liking, axis=0) + TINY)
    return first + fill(again, slack, xp)


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
