"""The two gates: what Washington lets out and what Beijing lets in, for each joint sample's reading of an unknown state.

The policy room compiles both gates for up to four *variants* (readings of a state nobody has confirmed). A draw
carries a probability-free reading: the weight of each variant is 0 or 1, except in the month in which a gate moves.
"""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.state import State


def spread_over_variants(by_variant: Array, weight: Array, xp: Array) -> Array:
    """A gate field for each draw: ``sum_v weight[v] * field[v]``.

    `by_variant` has shape (variant, ...), `weight` (variant, draw) with columns summing to one; the result is
    (..., draw). A field that is exactly zero in every variant stays exactly zero.
    """
    variants = by_variant.shape[0]
    rest = by_variant.shape[1:]
    flat = xp.reshape(by_variant, (variants, -1))
    mixed = flat.T @ weight
    return xp.reshape(mixed, (*rest, weight.shape[-1]))


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Mix the variants of both gates for this month; no state changes."""
    us, cn = x.us_weight, x.cn_weight
    licence = spread_over_variants(x.licence, us, xp)
    admit = spread_over_variants(x.admit, cn, xp)
    open_us = spread_over_variants(x.licence_open, us, xp)
    open_cn = spread_over_variants(x.admit_open, cn, xp)
    flows = {
        "licensed": licence,
        "admitted": admit,
        "gate_open": open_us * open_cn,
        "licence_needed": spread_over_variants(x.licence_delay, us, xp),
        "approval_needed": spread_over_variants(x.admit_delay, cn, xp),
        "bundle": spread_over_variants(x.bundle, cn, xp),
        "abroad": spread_over_variants(x.offshore_share, cn, xp),
        "ceiling": spread_over_variants(x.ceiling, cn, xp),
        "duty": spread_over_variants(x.duty, us, xp),
        "revenue_share": spread_over_variants(x.revenue_share, us, xp),
        "cap_share": spread_over_variants(x.cap_share, us, xp),
        "rental_open": spread_over_variants(x.rental_open, us, xp),
    }
    return {}, flows


MECHANISM = Mechanism(
    name="gates",
    title="Two gates",
    step=step,
    state_reads=(),
    state_writes=(),
    flow_reads=(),
    flow_writes=(
        "licensed",
        "admitted",
        "gate_open",
        "licence_needed",
        "approval_needed",
        "bundle",
        "abroad",
        "ceiling",
        "duty",
        "revenue_share",
        "cap_share",
        "rental_open",
    ),
    parameters=(),
    inputs=(
        "us_weight",
        "cn_weight",
        "licence",
        "admit",
        "licence_open",
        "admit_open",
        "licence_delay",
        "admit_delay",
        "bundle",
        "offshore_share",
        "ceiling",
        "duty",
        "revenue_share",
        "cap_share",
        "rental_open",
    ),
    constants=(),
    equation="field(draw) = sum over variants of weight(variant, draw) x field(variant)",
    sources=(),
)
