"""Prices: list prices are sticky mark-ups that follow cost and scarcity with a lag; the grey price clears."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.demand import TINY
from countermove.market.mechanisms.grey_market import clearing_price, excess_demand_slope
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, OFFSHORE
from countermove.market.state import State


def sticky(price: Array, target: Array, months: Array, dt: Array, xp: Array) -> Array:
    """List price after a partial adjustment: ``ln p' = ln p + (ln target - ln p)(1 - exp(-dt/months))``."""
    return price * (target / price) ** (1.0 - xp.exp(-dt / months))


def unit_cost_index(good_share: Array, reference: Array, die_part: Array, non_yield: Array) -> Array:
    """Unit cost relative to the reference date: ``w Y*/Y + (1 - w) c``; the die part falls with yield, the rest by learning."""
    return die_part * reference / good_share + (1.0 - die_part) * non_yield


def advantage_denying(weight: Array, rival_slack: Array) -> Array:
    """Discount factor of a seller who values that the rival does not learn: ``1 - weight x slack``.

    After the advantage-denying term of Besanko, Doraszelski & Kryukov (2014, AER 104): it pays only as far as a lower
    price takes sales from the rival, that is while domestic supply has slack. Weight 0 is a plain profit maximiser.
    """
    return 1.0 - weight * rival_slack


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Move all prices one month on.

    Domestic list prices are quoted for 2024-2025; costs above those of the quoted date (before it, at a young foundry) are
    not passed on, because most chips of that time came from foreign foundries.
    """
    foreign_target = c.list_price[FOREIGN] * x.ageing * advantage_denying(p.advantage_denying_weight, f.slack)
    foreign = sticky(s.price[FOREIGN], foreign_target, p.price_months, c.dt, xp)
    slope = excess_demand_slope(p.price_elasticity, p.nest_correlation, p.grey_elasticity)
    grey = clearing_price(
        s.price[GREY],
        f.grey_desired,
        f.grey_offered,
        p.clearing_speed,
        slope,
        p.grey_ratio_limit,
        x.world_price,
        p.grey_price_cap,
        c.dt,
        xp,
    )
    rental = sticky(s.price[OFFSHORE], c.list_price[OFFSHORE] * x.rental_ageing, p.price_months, c.dt, xp)

    cost = unit_cost_index(f.die_yield, c.reference_yield, p.die_cost_part, f.non_yield_cost)
    short = 1.0 - xp.clip(f.domestic_fill, 0.0, 1.0)
    wanted = xp.sum(f.desired[DOMESTIC], axis=1)
    scarcity = (short * wanted) / (wanted + TINY)
    target = (
        c.list_price[DOMESTIC]
        * (xp.minimum(cost, 1.0) ** p.cost_pass_through)[c.vendor_index]
        * (1.0 + p.scarcity_premium * scarcity)
    )
    domestic = sticky(s.price[DOMESTIC], target, p.price_months, c.dt, xp)
    return {"price": xp.concatenate([foreign, grey, rental, domestic], axis=0)}, {"unit_cost_index": cost}


MECHANISM = Mechanism(
    name="prices",
    title="Prices",
    step=step,
    state_reads=("price",),
    state_writes=("price",),
    flow_reads=("slack", "grey_desired", "grey_offered", "die_yield", "non_yield_cost", "domestic_fill", "desired"),
    flow_writes=("unit_cost_index",),
    parameters=(
        "advantage_denying_weight",
        "price_months",
        "clearing_speed",
        "grey_ratio_limit",
        "grey_price_cap",
        "price_elasticity",
        "nest_correlation",
        "grey_elasticity",
        "die_cost_part",
        "cost_pass_through",
        "scarcity_premium",
    ),
    inputs=("ageing", "rental_ageing", "world_price"),
    constants=("dt", "list_price", "reference_yield", "vendor_index"),
    equation="ln p' = ln p + (ln target - ln p)(1 - exp(-dt/lag));  target = list x cost^pass x (1 + premium x shortage)",
    sources=("besanko-doraszelski-kryukov-2014",),
)
