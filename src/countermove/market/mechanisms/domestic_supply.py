"""Domestic supply: the scarcest of good logic dies, HBM stacks and packaging slots sets the packages made."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.demand import TINY
from countermove.market.mechanisms.foreign_supply import erlang
from countermove.market.state import State

NEARLY_ALL = 0.999
"""A vendor that makes this share of what it aims at lacks nothing: rounding may keep it from all."""


def leontief(dies: Array, stacks: Array, slots: Array, xp: Array) -> Array:
    """Packages possible from each input alone, then the least: ``min(dies, stacks, slots)`` (Leontief 1941)."""
    return xp.minimum(xp.minimum(dies, stacks), slots)


def production_mix(launched: Array, successor: Array, has_successor: Array, handover: Array, vendor_sum: Array) -> Array:
    """Share of a vendor's lines on each of its products, (domestic, draw); sums to one per vendor once any is launched.

    A product's weight is its launch ramp, less the ramp of its successor times `handover`.
    """
    weight = launched * (1.0 - handover * has_successor * launched[successor])
    total = vendor_sum.T @ (vendor_sum @ weight)
    return weight / (total + TINY)


def ration(pool: Array, needs: Array, xp: Array) -> Array:
    """Share out a common pool in proportion to need; nobody gets more than asked. `pool` (draw,), `needs` (vendor, draw)."""
    return needs * xp.minimum(1.0, pool / (xp.sum(needs, axis=0) + TINY))


def fed_with_memory(need: Array, pool: Array, own: Array, has_own: Array, xp: Array) -> tuple[Array, Array]:
    """Share of a vendor's need of stacks that is met, and the part that its own memory meets, thousand stacks (vendor, draw).

    Own memory first, for vendors that have it (`has_own`, (vendor, 1)), then the common pool in proportion to what is left.
    The share says something about packages that take stacks alone: where none are needed it means nothing.
    """
    from_own = xp.minimum(need * has_own, own)
    from_pool = ration(pool, need - from_own, xp)
    return xp.minimum((from_own + from_pool) / (need + TINY), 1.0), from_own


def memory_cover(there: Array, need: Array, stacked: Array, stackless: Array, wish: Array, ample: Array) -> Array:
    """What memory alone would allow over what is wanted, (draw,).

    `there` and `need` in thousand stacks, (draw,). `stacked` are the packages that dies, slots and orders allow of products that
    take stacks; `stackless` those ordered that need none, which count as covered `ample` times, as those that need no die do.
    `wish` is all that is ordered. All thousand packages, (draw,).
    """
    return (there / (need + TINY) * stacked + ample * stackless) / wish


def hbm_inflow(extra: Array, imports: Array, domestic: Array, in_house: Array, floor: Array, xp: Array) -> tuple[Array, Array]:
    """HBM stacks arriving a month in the common pool (imports, CXMT) and in Huawei's own, thousand stacks, (draw,).

    Capacity beyond plan (`extra`, thousand stacks a month, may be negative) is shared between the two makers as
    their plans are, and never takes more than ``1 - floor`` of the plan away.
    """
    planned = domestic + in_house
    made = xp.maximum(planned + extra, floor * planned)
    own_share = in_house / (planned + TINY)
    return imports + made * (1.0 - own_share), made * own_share


def inputs_at_hand(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> dict[str, Array]:
    """Dies, stacks and slots that can be used this month, with the pipelines moved on."""
    wafers = xp.maximum(x.wafers + s.capacity_extra[0], p.capacity_floor * x.wafers)
    good = wafers * p.accelerator_wafer_share * c.wafer_split * c.dies_per_wafer * f.die_yield * c.dt
    pipeline, arrived = erlang(s.die_pipeline, good, p.foundry_months, c.dt, xp)
    pool, own = hbm_inflow(s.capacity_extra[1], x.hbm_imports, x.hbm_domestic, x.hbm_in_house, p.capacity_floor, xp)
    planned = xp.sum(x.packaging, axis=0)
    scale = xp.maximum(1.0 + s.capacity_extra[2] / (planned + 1.0), p.capacity_floor)
    return {
        "wafers": wafers,
        "good_dies": good,
        "pipeline": pipeline,
        "dies": s.die_stock + arrived + x.die_imports * c.dt,
        "pool": s.hbm_pool + pool * c.dt,
        "own": s.hbm_in_house + own * c.dt,
        "slots": x.packaging * scale * c.dt,
        "hbm_made": (pool - x.hbm_imports + own) * c.dt,
    }


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Make packages: dies leave the foundry after a lag, HBM is shared by need, lines slow down when stock piles up.

    HBM limits the products that take it; dies and slots that they leave idle are not moved to others in the same month.
    """
    price = s.price[c.domestic_offers]
    ordered = c.vendor_sum @ (1000.0 * xp.sum(f.desired[c.domestic_offers], axis=1) / price)
    expected = s.expected_orders + (ordered / c.dt - s.expected_orders) * (1.0 - xp.exp(-c.dt / p.order_months))
    stock = c.vendor_sum @ s.package_inventory
    target = expected * p.stock_months
    aim = xp.maximum(expected * c.dt + (target - stock) * (1.0 - xp.exp(-c.dt / p.restock_months)), 0.0)

    have = inputs_at_hand(s, p, c, x, f, xp)
    mix = production_mix(f.launched, c.successor, c.has_successor, p.handover, c.vendor_sum)
    from_dies = have["dies"] / (c.vendor_sum @ (mix * c.dies_per_package) + TINY)
    # A vendor that has launched nothing yet makes nothing: its mix is zero, and the dies of no package are no limit.
    possible = mix * leontief(from_dies, have["slots"], aim, xp)[c.vendor_index]
    takes_stacks = c.hbm_stacks > 0.0
    stacked = xp.where(takes_stacks, possible, 0.0)
    need = c.vendor_sum @ (stacked * c.hbm_stacks)
    fed, own_used = fed_with_memory(need, have["pool"], have["own"], c.has_own_hbm, xp)
    # Product by product: one that takes no stacks is not held up by those its vendor lacks for another.
    products = xp.where(takes_stacks, possible * fed[c.vendor_index], possible)
    made = c.vendor_sum @ products
    used = need * fed
    own_used = xp.minimum(own_used, used)
    dies_used = c.vendor_sum @ (products * c.dies_per_package)

    wish = xp.sum(aim, axis=0) + TINY
    stackless = xp.sum(aim * (1.0 - c.vendor_sum @ xp.where(takes_stacks, mix, 0.0)), axis=0)
    ample = p.surplus_counted
    memory = memory_cover(have["pool"] + have["own"], xp.sum(need, axis=0), xp.sum(stacked, axis=0), stackless, wish, ample)
    logic = xp.sum(xp.minimum(from_dies, aim * ample), axis=0) / wish
    state = {
        "die_pipeline": have["pipeline"],
        "die_stock": xp.maximum(have["dies"] - dies_used, 0.0),
        "hbm_pool": xp.maximum(have["pool"] - xp.sum(used - own_used, axis=0), 0.0),
        "hbm_in_house": xp.maximum(have["own"] - xp.sum(own_used, axis=0), 0.0),
        "expected_orders": expected,
        "cumulative_wafers": s.cumulative_wafers + have["wafers"] * c.dt,
        "cumulative_output": s.cumulative_output + made,
    }
    flows = {
        "domestic_made": products,
        "made_by_vendor": made,
        "input_cover": xp.stack([logic, memory, xp.sum(have["slots"], axis=0) / wish]),
        "good_dies": have["good_dies"],
        "hbm_made": have["hbm_made"],
        "wafer_capacity": have["wafers"],
        "dies_used": dies_used,
        "hbm_used": used,
        "slack": xp.sum(xp.where(made >= aim * NEARLY_ALL, made, 0.0), axis=0) / (xp.sum(made, axis=0) + TINY),
    }
    return state, flows


MECHANISM = Mechanism(
    name="domestic_supply",
    title="Domestic supply",
    step=step,
    state_reads=(
        "price",
        "expected_orders",
        "package_inventory",
        "die_pipeline",
        "die_stock",
        "hbm_pool",
        "hbm_in_house",
        "capacity_extra",
        "cumulative_wafers",
        "cumulative_output",
    ),
    state_writes=(
        "die_pipeline",
        "die_stock",
        "hbm_pool",
        "hbm_in_house",
        "expected_orders",
        "cumulative_wafers",
        "cumulative_output",
    ),
    flow_reads=("desired", "launched", "die_yield"),
    flow_writes=(
        "domestic_made",
        "made_by_vendor",
        "input_cover",
        "good_dies",
        "hbm_made",
        "wafer_capacity",
        "dies_used",
        "hbm_used",
        "slack",
    ),
    parameters=(
        "accelerator_wafer_share",
        "foundry_months",
        "capacity_floor",
        "order_months",
        "stock_months",
        "restock_months",
        "handover",
        "surplus_counted",
    ),
    inputs=("wafers", "die_imports", "hbm_imports", "hbm_domestic", "hbm_in_house", "packaging"),
    constants=(
        "dt",
        "domestic_offers",
        "vendor_sum",
        "vendor_index",
        "successor",
        "has_successor",
        "dies_per_package",
        "hbm_stacks",
        "has_own_hbm",
        "wafer_split",
        "dies_per_wafer",
    ),
    equation="packages = min(good dies/dies each, HBM stacks/stacks each where any, packaging slots, orders + restocking)",
    sources=("semianalysis-2025-09-08-ascend-ramp", "leontief-1941-structure"),
)
