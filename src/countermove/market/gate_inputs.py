"""The policy room's gate arrays, cut to the offers of the market and spread over draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.market.inputs import Bundle
from countermove.market.offers import FOREIGN_PRODUCTS, H200, OFFSHORE_PRODUCTS
from countermove.market.paths import MONTH, NEXT_TO_NOTHING
from countermove.quantities.axes import ROUTES
from countermove.quantities.calendar import MONTHS

if TYPE_CHECKING:
    from countermove.policy.gates import GateArrays

Floats = NDArray[np.float64]

NO_LIMIT = 1e8


def pick(probability: Floats, uniform: Floats) -> NDArray[np.intp]:
    """Index of the variant that a uniform falls into, (draw,), from cumulated probabilities (variant,) or (variant, draw)."""
    edges = np.cumsum(probability, axis=0)[:-1]
    if edges.ndim == 1:
        edges = edges[:, None]
    result: NDArray[np.intp] = np.sum(uniform >= edges, axis=0)
    return result


def transition(uniform: Floats, rate: Floats | float, pinned_from: int, hazards: bool, evidence_ends: float) -> Floats:
    """Share of the transition completed by month, (month, draw): one smooth step at an exponential waiting time.

    ``T = evidence_ends - 12 ln(1 - u)/rate``; the step is a smoothstep one month wide, exactly 0 before and 1 after. A gate
    that a scenario pins no longer moves by itself.
    """
    if not hazards:
        return np.zeros((MONTHS, uniform.shape[0]))
    when = evidence_ends - 12.0 * np.log1p(-uniform) / np.maximum(rate, NEXT_TO_NOTHING)
    done = np.clip(MONTH[:, None] - when + 0.5, 0.0, 1.0)
    smooth = done * done * (3.0 - 2.0 * done)
    smooth[pinned_from:] = smooth[max(pinned_from - 1, 0)]
    return smooth


def variant_weights(weights: Floats, following: Floats, uniforms: Mapping[str, Floats], side: str, moved: Floats) -> Floats:
    """Weight of each variant by month, (month, variant, draw): one reading per draw, another after its transition."""
    first = pick(weights, uniforms[f"gates.{side}.variant"])
    second = pick(np.take(following, first, axis=0).T, uniforms[f"gates.{side}.destination"])
    number = np.arange(len(weights))[:, None]
    before, after = ((number == chosen).astype(float) for chosen in (first, second))
    mixed: Floats = before[None] * (1.0 - moved[:, None, :]) + after[None] * moved[:, None, :]
    return mixed


def foreign(field: Floats, products: list[int]) -> Floats:
    """(variant, month, product, segment, route) -> (month, variant, foreign, segment) on the direct route."""
    cut = field[..., ROUTES.index("direct")][:, :, products]
    return np.copy(np.moveaxis(cut, 1, 0), order="C")


def by_product(field: Floats, products: list[int]) -> Floats:
    """(variant, month, product) -> (month, variant, foreign)."""
    return np.copy(np.moveaxis(field[:, :, products], 1, 0), order="C")


def cap_applies(cap_share: Floats) -> Floats:
    """1 where a volume cap applies under any reading, (month, foreign, 1); `cap_share` is (month, variant, foreign)."""
    applies: Floats = (cap_share.min(axis=1) < NO_LIMIT).astype(float)[:, :, None]
    return applies


def foreign_cap_share(gates: GateArrays, products: tuple[str, ...]) -> Floats:
    """The volume cap's share of the foreign products, (month, variant, foreign)."""
    return by_product(gates.cap_share, [products.index(name) for name in FOREIGN_PRODUCTS])


class GateReadings(NamedTuple):
    """Which reading of each gate every draw carries: all that its inputs owe to draws."""

    us: Floats
    """Weight of each of Washington's variants, (month, variant, draw)."""
    cn: Floats
    """The same of Beijing's."""
    us_moved: Floats
    """Share of Washington's own transition completed, (month, draw)."""


def gate_readings(gates: GateArrays, p: Bundle, uniforms: Mapping[str, Floats], hazards: bool) -> GateReadings:
    """Spread the variants of both gates over draws."""
    ends = gates.evidence_ends
    us_moved = transition(uniforms["gates.us.transition"], p.us_transition_rate, gates.us_pinned_from, hazards, ends)
    cn_moved = transition(uniforms["gates.cn.transition"], p.cn_transition_rate, gates.cn_pinned_from, hazards, ends)
    us = variant_weights(gates.us_weights, gates.us_next, uniforms, "us", us_moved)
    cn = variant_weights(gates.cn_weights, gates.cn_next, uniforms, "cn", cn_moved)
    return GateReadings(us, cn, us_moved)


def readings_key(gates: GateArrays) -> tuple[object, ...]:
    """Return what the readings hang on apart from the draws: gates of the same key have the same readings."""
    tables = (gates.us_weights, gates.cn_weights, gates.us_next, gates.cn_next)
    return gates.us_pinned_from, gates.cn_pinned_from, gates.evidence_ends, *(np.asarray(table).tobytes() for table in tables)


def gate_inputs(gates: GateArrays, products: tuple[str, ...], p: Bundle, readings: GateReadings) -> Bundle:
    """Monthly gate inputs of the market; `products` names the product axis of the gate arrays."""
    index = [products.index(name) for name in FOREIGN_PRODUCTS]
    rent = [products.index(name) for name in OFFSHORE_PRODUCTS]
    us, cn, us_moved = readings
    licence, admit = foreign(gates.licence, index), foreign(gates.admit, index)
    rental = np.moveaxis(gates.licence[..., ROUTES.index("offshore")][:, :, rent], 1, 0)
    h200 = np.einsum("mv,mvd->md", licence[:, :, H200, 0], us)
    reversal = gates.reversal[:, None] + np.diff(us_moved, axis=0, prepend=0.0) * p.transition_size
    cap = by_product(gates.cap_share, index)
    return Bundle(
        us_weight=us,
        cn_weight=cn,
        licence=licence,
        admit=admit,
        licence_open=(licence > 0.0).astype(float),
        admit_open=(admit > 0.0).astype(float),
        licence_delay=by_product(gates.licence_delay, index),
        admit_delay=by_product(gates.admit_delay, index),
        bundle=foreign(gates.bundle, index),
        offshore_share=foreign(gates.offshore_share, index),
        ceiling=by_product(gates.ceiling, index),
        duty=by_product(gates.duty, index),
        revenue_share=by_product(gates.revenue_share, index),
        cap_share=cap,
        cap_applies=cap_applies(cap),
        rental_open=np.copy(rental, order="C"),
        reversal=np.broadcast_to(reversal, us_moved.shape),
        denial=1.0 - h200,
        stop_notice=gates.stop_notice[:, index][:, :, None],
    )
