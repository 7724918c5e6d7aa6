"""Capacity beyond the announced plan: one budget for three pools, sent where the bottleneck is expected, built late."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.foreign_supply import erlang
from countermove.market.state import State


def direction_towards_bottleneck(cover: Array, sharpness: Array, limit: Array, xp: Array) -> Array:
    """Shares of new money by pool (pool, draw): ``cover_k^-n / sum cover^-n``; the scarcer the input, the more money.

    `cover` is what each input alone would allow over what is wanted, held within ``1/limit`` and `limit`.
    """
    pull = xp.clip(cover, 1.0 / limit, limit) ** (-sharpness)
    return pull / xp.sum(pull, axis=0)


def reinvested(money: Array, direction: Array, usual: Array, xp: Array) -> Array:
    """Unplanned money by pool (pool, draw): a surplus goes to the bottleneck, a shortfall is cut from all pools as planned.

    `usual` (pool, 1) is the split of planned spending; a shortfall would hardly be taken from the bottleneck first.
    """
    return xp.maximum(money, 0.0) * direction + xp.minimum(money, 0.0) * usual


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Commit this month's money, move the delivery pipeline, turn what is delivered into capacity.

    ``money = reinvestment x (last year's domestic revenue - the revenue the announced plan assumes) + subsidies + push``.
    Money sent to a pool that does not bind changes nothing; the control multiplier raises the cost of equipment.
    A split fixed by a lever is followed exactly; otherwise the direction follows the expected bottleneck with inertia.
    """
    aim = direction_towards_bottleneck(f.input_cover, p.direction_sharpness, p.cover_limit, xp)
    direction = s.direction + (aim - s.direction) * (1.0 - xp.exp(-c.dt / p.direction_months))
    gap = xp.sum(s.annual_revenue - x.reference_revenue, axis=0) * p.capacity_loop
    market = reinvested(p.reinvestment_share * gap, direction, c.usual_split, xp)
    spending = market + x.fab_subsidy * (x.free_split * direction + (1.0 - x.free_split) * x.pool_split)
    pipeline, delivered = erlang(s.capacity_pipeline, spending * c.dt / 12.0, p.delivery_months, c.dt, xp)
    multiplier = xp.exp(p.control_on_capacity * x.component_controls)
    gained = delivered / (c.pool_cost * multiplier)
    worn = s.capacity_extra * p.capacity_depreciation * c.dt / 12.0
    state = {
        "direction": direction,
        "capacity_pipeline": pipeline,
        "capacity_extra": s.capacity_extra + gained - worn,
    }
    return state, {"capacity_spending": xp.sum(spending, axis=0)}


MECHANISM = Mechanism(
    name="capacity",
    title="Capacity",
    step=step,
    state_reads=("annual_revenue", "direction", "capacity_pipeline", "capacity_extra"),
    state_writes=("direction", "capacity_pipeline", "capacity_extra"),
    flow_reads=("input_cover",),
    flow_writes=("capacity_spending",),
    parameters=(
        "direction_sharpness",
        "cover_limit",
        "direction_months",
        "reinvestment_share",
        "capacity_loop",
        "delivery_months",
        "control_on_capacity",
        "capacity_depreciation",
    ),
    inputs=("reference_revenue", "fab_subsidy", "free_split", "pool_split", "component_controls"),
    constants=("dt", "pool_cost", "usual_split"),
    equation="extra' = extra (1 - d dt/12) + Erlang3(spending)/(unit cost x control multiplier), pools by expected bottleneck",
    sources=("bernstein-2025-12-summary",),
)
