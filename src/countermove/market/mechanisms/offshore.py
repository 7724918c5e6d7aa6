"""Offshore rental: capacity abroad that Chinese users may rent under its own rule; elastic, but not boundless."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.state import State


def rental_offered(world_units: Array, share: Array, on_sale: Array, dt: Array) -> Array:
    """Accelerators that foreign operators would rent to Chinese users a month: ``share x world sales``, thousand packages.

    Elastic up to that share: operators buy for whoever pays, but lenders and landlords bound a single customer group.
    """
    return share * world_units * on_sale * dt


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Offer rental contracts of three years, priced per accelerator for the whole term."""
    return {}, {"rental_offered": rental_offered(x.rental_world_units, p.rental_share, x.rental_on_sale, c.dt)}


MECHANISM = Mechanism(
    name="offshore",
    title="Offshore rental",
    step=step,
    state_reads=(),
    state_writes=(),
    flow_reads=(),
    flow_writes=("rental_offered",),
    parameters=("rental_share",),
    inputs=("rental_world_units", "rental_on_sale"),
    constants=("dt",),
    equation="contracts offered = share x world sales of that class, where the offshore rule lets them",
    sources=("semianalysis-2026-inferencex-specifications",),
)
