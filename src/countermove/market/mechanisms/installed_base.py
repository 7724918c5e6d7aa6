"""Installed base: chips enter service, age in three stages and retire; usable compute, bandwidth and power follow."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.foreign_supply import erlang
from countermove.market.state import State


def usable(units: Array, per_unit: Array, xp: Array) -> Array:
    """Stock of a capability: ``sum over offers of units x capability``; `units` (offer, draw), `per_unit` (offer, 1|draw)."""
    return xp.sum(units * per_unit, axis=0)


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Retire and add vintages (Erlang-3 service life; rental contracts end after their term), then record last year's sales."""
    life = xp.concatenate([c.owned * p.service_life_months + (1.0 - c.owned) * p.rental_months], axis=0)
    installed, retired = erlang(s.installed, f.units, life, c.dt, xp)
    revenue = c.vendor_sum @ f.value[c.domestic_offers]
    fade = xp.exp(-c.dt / 12.0)
    state = {
        "installed": installed,
        "annual_revenue": s.annual_revenue * fade + revenue / c.dt * 12.0 * (1.0 - fade),
    }
    return state, {"retired": retired, "vendor_revenue": revenue}


MECHANISM = Mechanism(
    name="installed_base",
    title="Installed base",
    step=step,
    state_reads=("installed", "annual_revenue"),
    state_writes=("installed", "annual_revenue"),
    flow_reads=("units", "value"),
    flow_writes=("retired", "vendor_revenue"),
    parameters=("service_life_months", "rental_months"),
    inputs=(),
    constants=("dt", "owned", "vendor_sum", "domestic_offers"),
    equation="stock' = stock + deliveries - retirements, retirements an Erlang-3 delay of the service life",
    sources=(),
)
