"""Let levers overtake the gates: from the first month that a scenario sets a lever, it decides, alike in all readings.

Months before that are not touched. Each lever moves its own fields: a duty that is set says nothing about licences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.policy.gate_history import NO_LIMIT
from countermove.policy.gate_products import gate_performance, load_gate_products
from countermove.policy.gate_readings import load_segment_shares
from countermove.policy.lever_definitions import find_lever
from countermove.policy.levers import LeverSettings
from countermove.quantities.axes import ROUTES, SEGMENTS

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DIRECT = ROUTES.index("direct")
OFFSHORE = ROUTES.index("offshore")

#: Stops of the import gate's scale: full bundling, and full necessity review.
BUNDLED = 1.0 / 3.0
NECESSITY = 2.0 / 3.0


@dataclass(frozen=True, eq=False, slots=True)
class UsGate:
    """Washington's fields while levers are laid over them, changed in place.

    licence: (variant, month, product, segment, route); the rest (variant, month, product).
    """

    licence: Array
    licence_needed: Array
    duty: Array
    revenue_share: Array
    cap_share: Array


@dataclass(frozen=True, eq=False, slots=True)
class CnGate:
    """Beijing's fields while levers are laid over them, changed in place.

    admit, bundle, offshore_share, mandate: (variant, month, product, segment, route); the rest (variant, month, product).
    """

    admit: Array
    approval_needed: Array
    bundle: Array
    offshore_share: Array
    ceiling: Array
    mandate: Array


def apply_us(gate: UsGate, levers: LeverSettings, products: Sequence[str]) -> None:
    """Lay Washington's levers over its fields."""
    foreign = load_gate_products().member("foreign", products)
    controlled = (gate.licence_needed[0] > 0.0) & foreign
    _licences(gate, levers, products, foreign, controlled)
    _volume_cap(gate, levers, products, controlled)
    _charge(gate, levers, controlled)
    pinned = levers.pinned["washington.offshore_access"]
    gate.licence[..., OFFSHORE][:, pinned] = levers.value("washington.offshore_access")[pinned][None, :, None, None]


def _licences(gate: UsGate, levers: LeverSettings, products: Sequence[str], foreign: Mask, controlled: Mask) -> None:
    """Set who is licensed where the ceiling or the licence scope is set.

    A chip under the ceiling that no rule of the day controls stays free; one that a rule controls is licensed at the scope;
    one at or above the ceiling is denied. Without a ceiling nothing needs a licence, unless a scope below one is set as well.
    Where only the scope is set, it applies to the chips that may be licensed under the rules of the day.
    """
    by_ceiling = levers.pinned["washington.performance_ceiling"]
    by_scope = levers.pinned["washington.licence_scope"]
    pinned = by_ceiling | by_scope
    if not pinned.any():
        return
    scope = levers.value("washington.licence_scope")
    ceiling = levers.value("washington.performance_ceiling")
    none = by_ceiling & (ceiling >= find_lever("washington.performance_ceiling").main.high)
    performance = np.full(len(products), np.inf)
    if by_ceiling.any():
        performance[foreign] = gate_performance([products[int(index)] for index in np.flatnonzero(foreign)])
    under = (performance[None, :] < ceiling[:, None]) | none[:, None]
    under &= ~_named(levers, "washington.performance_ceiling", "exclude", products)
    # Which chips may be licensed under the rules of the day is read from the first reading: revoking is a matter of the scope.
    reviewable = gate.licence[0, :, :, :, DIRECT].max(axis=2) > 0.0
    allowed = np.where(by_ceiling[:, None], under, reviewable) & foreign
    refused = _named(levers, "washington.licence_scope", "deny", products) & pinned[:, None]
    # No ceiling and no application refused: nothing needs a licence any more.
    free = none & (~by_scope | (scope >= 1.0))
    needs = ~free[:, None] & (controlled | (none[:, None] & foreign))
    share = np.where(allowed & ~refused, np.where(needs, scope[:, None], 1.0), 0.0)
    gate.licence[..., DIRECT][:, pinned] = share[pinned][None, :, :, None]
    gate.licence_needed[:, pinned] = (needs | (foreign & ~allowed) | (refused & foreign))[pinned].astype(np.float64)[None]


def _volume_cap(gate: UsGate, levers: LeverSettings, products: Sequence[str], controlled: Mask) -> None:
    """Set the cap on controlled chips; a ceiling that makes more chips licensable brings them under the cap of the day.

    Chips made for China are left out: they are not sold in the United States, and a share of nothing would forbid them.
    """
    groups = load_gate_products()
    made_for_china = groups.member("made-for-china-2022", products) | groups.member("made-for-china-2023", products)
    capped = controlled & ~made_for_china
    cap = levers.value("washington.volume_cap")
    pinned = levers.pinned["washington.volume_cap"]
    gate.cap_share[:, pinned] = np.where(capped, cap[:, None], NO_LIMIT)[pinned][None]
    ceiling = levers.value("washington.performance_ceiling")
    by_ceiling = levers.pinned["washington.performance_ceiling"] & ~pinned
    none = ceiling >= find_lever("washington.performance_ceiling").main.high
    licensed = capped & (gate.licence[0, :, :, :, DIRECT].max(axis=2) > 0.0) & ~none[:, None]
    gate.cap_share[:, by_ceiling] = np.where(licensed, cap[:, None], NO_LIMIT)[by_ceiling][None]


def _charge(gate: UsGate, levers: LeverSettings, controlled: Mask) -> None:
    """Set the charge on controlled chips in the reading chosen: a duty on entered value, or a share of revenue."""
    pinned = levers.pinned["washington.duty"]
    if not pinned.any():
        return
    rate = np.where(controlled, levers.value("washington.duty")[:, None], 0.0)
    as_duty = np.array([reading == "duty" for reading in levers.choice("washington.duty", "reading")])[:, None]
    gate.duty[:, pinned] = np.where(as_duty, rate, 0.0)[pinned][None]
    gate.revenue_share[:, pinned] = np.where(as_duty, 0.0, rate)[pinned][None]


def apply_cn(gate: CnGate, levers: LeverSettings, products: Sequence[str]) -> None:
    """Lay Beijing's import gate over its fields, for the chips in its scope."""
    pinned = levers.pinned["beijing.import_gate"]
    if not pinned.any():
        return
    groups = load_gate_products()
    everything = np.array([scope == "all" for scope in levers.choice("beijing.import_gate", "scope")])
    scope = np.where(everything[:, None], groups.member("foreign", products), groups.member("advanced", products))
    cells = pinned[:, None] & scope
    strictness = levers.value("beijing.import_gate")
    admit, bundle = _admission(levers, strictness)
    own = _own_strictness(levers)
    mandate = np.where(own[None, :, None, :], 1.0, gate.mandate[:, :, :, :, DIRECT])
    gate.admit[..., DIRECT] = _where(cells, np.minimum(admit[:, None, :], mandate), gate.admit[..., DIRECT])
    gate.bundle[..., DIRECT] = _where(cells, bundle[:, None, :], gate.bundle[..., DIRECT])
    abroad = np.array([place == "offshore" for place in levers.choice("beijing.import_gate", "location")], dtype=np.float64)
    gate.offshore_share[..., DIRECT] = _where(cells, abroad[:, None, None], gate.offshore_share[..., DIRECT])
    need = np.clip((strictness - BUNDLED) / (NECESSITY - BUNDLED), 0.0, 1.0)
    gate.approval_needed[:] = np.where(cells, need[:, None], gate.approval_needed)
    gate.ceiling[:] = np.where(cells, levers.value("beijing.import_gate", "ceiling")[:, None], gate.ceiling)


def admitted_share(strictness: Array, necessity: Array) -> Array:
    """Return the admitted share at a strictness: 1 up to the bundled stop, then down to `necessity`, then to 0 at a ban.

    Piecewise linear and never rising; exactly 0 at 1. Both arguments broadcast.
    """
    towards_review = np.clip((strictness - BUNDLED) / (NECESSITY - BUNDLED), 0.0, 1.0)
    towards_ban = np.clip((strictness - NECESSITY) / (1.0 - NECESSITY), 0.0, 1.0)
    share: Array = (1.0 - towards_review * (1.0 - necessity)) * (1.0 - towards_ban)
    return np.where(strictness >= 1.0, 0.0, share)


def bundle_fraction(strictness: Array, mode: str) -> Array:
    """Return the part of the full bundle ratio that applies: a tent over the bundled stop, or all or none by mode."""
    if mode == "necessity":
        return np.zeros_like(strictness)
    if mode == "auto":
        rising = np.clip(strictness / BUNDLED, 0.0, 1.0)
        fading = np.clip((NECESSITY - strictness) / (NECESSITY - BUNDLED), 0.0, 1.0)
        return rising * fading
    return ((strictness > 0.0) & (strictness < 1.0)).astype(np.float64)


def _admission(levers: LeverSettings, strictness: Array) -> tuple[Array, Array]:
    """Return admitted share and bundle ratio by (month, segment)."""
    shares = load_segment_shares()
    per_segment = np.stack([_segment_strictness(levers, strictness, segment) for segment in SEGMENTS], axis=1)
    admit = admitted_share(per_segment, shares.necessity)
    training = np.array([limit == "training" for limit in levers.choice("beijing.import_gate", "workload")])
    admit = admit * np.where(training[:, None], shares.training, 1.0)
    ratio = levers.value("beijing.import_gate", "bundle_ratio")[:, None]
    modes = np.array(levers.choice("beijing.import_gate", "mode"))
    fraction = np.zeros_like(per_segment)
    for mode in set(modes):
        chosen = modes == mode
        fraction[chosen] = bundle_fraction(per_segment[chosen], str(mode))
    return admit, ratio * fraction


def _segment_strictness(levers: LeverSettings, strictness: Array, segment: str) -> Array:
    own = levers.value("beijing.import_gate", segment.replace("-", "_"))
    return np.where(own >= 0.0, own, strictness)


def _own_strictness(levers: LeverSettings) -> Mask:
    """Return (month, segment) True where a segment has a strictness of its own, which sets the dated mandates aside."""
    return np.stack([levers.value("beijing.import_gate", segment.replace("-", "_")) >= 0.0 for segment in SEGMENTS], axis=1)


def _where(cells: Mask, new: Array, old: Array) -> Array:
    """Choose by (month, product) between arrays of (variant, month, product, segment)."""
    return np.where(cells[None, :, :, None], new, old)


def _named(levers: LeverSettings, lever: str, part: str, products: Sequence[str]) -> Mask:
    """Return (month, product) True where a part names the product."""
    return np.array([[product in names for product in products] for names in levers.products(lever, part)], dtype=np.bool_)
