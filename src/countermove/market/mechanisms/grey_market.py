"""Grey market: diverted chips arrive where shortage lifts the price, within what can be diverted, against enforcement."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.offers import GREY
from countermove.market.state import State


def diverted_flow(level: Array, wedge: Array, elasticity: Array, deterrence: Array, divertible: Array, xp: Array) -> Array:
    """Diverted chips offered a month, thousand packages, (grey, draw).

    ``flow = min(level x wedge^elasticity x exp(-deterrence), divertible)`` after the smuggling-as-wedge models of
    Bhagwati & Hansen (1973, QJE 87). `wedge` is the grey price over its usual premium on the world price; `divertible`
    caps it by a share of world sales, so that a wider wedge cannot conjure chips that were never made.
    """
    return xp.minimum(level * wedge**elasticity * xp.exp(-deterrence), divertible)


def clearing_price(
    price: Array,
    desired: Array,
    offered: Array,
    speed: Array,
    slope: Array,
    limit: Array,
    world: Array,
    cap: Array,
    dt: Array,
    xp: Array,
) -> Array:
    """Grey price after one step towards clearing, within 1 to `cap` times the world price.

    ``d ln p/dt = speed x ln(desired/offered)``. The ratio itself falls by `slope` per log point of price, so the exact step
    is ``ln p' = ln p + ln(desired/offered) (1 - exp(-speed slope dt)) / slope``, which approaches the clearing price
    without overshooting, however elastic the two sides are. The ratio is held within ``1/limit`` and `limit`.
    """
    ratio = xp.clip((desired + 1e-6) / (offered + 1e-6), 1.0 / limit, limit)
    return xp.clip(price * ratio ** ((1.0 - xp.exp(-speed * slope * dt)) / slope), world, cap * world)


def excess_demand_slope(price_elasticity: Array, nest_correlation: Array, grey_elasticity: Array) -> Array:
    """Fall of log desired over offered chips per log point of the grey price: ``1 + b/(1 - sigma) + supply elasticity``.

    The first two terms are units wanted at fixed inclusive value of the nest, the third what shortage draws in.
    """
    return 1.0 + price_elasticity / (1.0 - nest_correlation) + grey_elasticity


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Offer diverted chips at last month's wedge; the price that clears is found one step at a time."""
    wedge = s.price[GREY] / (x.world_price * (1.0 + p.grey_premium))
    deterrence = p.enforcement_effect * x.enforcement + p.grey_enforcement_effect * x.grey_enforcement
    level = x.grey_level * p.grey_scale
    offered = (
        diverted_flow(level, wedge, p.grey_elasticity, deterrence, p.divertible_share * x.world_units, xp) * x.grey_on_sale * c.dt
    )
    return {}, {"grey_offered": offered}


MECHANISM = Mechanism(
    name="grey_market",
    title="Grey market",
    step=step,
    state_reads=("price",),
    state_writes=(),
    flow_reads=(),
    flow_writes=("grey_offered",),
    parameters=(
        "grey_premium",
        "enforcement_effect",
        "grey_enforcement_effect",
        "grey_scale",
        "grey_elasticity",
        "divertible_share",
    ),
    inputs=("world_price", "enforcement", "grey_enforcement", "grey_level", "world_units", "grey_on_sale"),
    constants=("dt",),
    equation="flow = min(level x (grey price/usual)^elasticity x exp(-enforcement), divertible share x world sales)",
    sources=("bhagwati-hansen-1973", "epoch-diversion-and-resale"),
)
