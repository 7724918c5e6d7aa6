"""Both gates as arrays: what Washington licenses and Beijing lets in, by reading, month, product, segment and route.

The past comes from the dated rules as known on a date; where it is contested, and beyond the end of the evidence, up to four
readings per government stand side by side. Levers overtake from the first month in which a scenario sets them.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.policy.gate_history import GateHistory, compile_history
from countermove.policy.gate_products import check_product, load_gate_products
from countermove.policy.gate_readings import load_readings, load_segment_shares
from countermove.policy.lever_gates import DIRECT, CnGate, UsGate, apply_cn, apply_us
from countermove.policy.levers import LeverSettings
from countermove.policy.rules import load_rules
from countermove.quantities.axes import ROUTES
from countermove.quantities.calendar import FIRST_YEAR, MONTHS, month_fraction

Array = NDArray[np.float64]

DOMESTIC: Final = ROUTES.index("domestic")

#: Weight of a cut-off that levers make, per unit of the licence share before (assumption: as the largest of history).
LEVER_REVERSAL: Final = 1.0


class GateArrays(NamedTuple):
    """The gates of one scenario. No draw axis: a draw carries the index of its reading.

    Shapes are (variant, month, product, segment, route) for licence, admit, bundle and offshore_share, and (variant, month,
    product) for the delays, ceiling, duty, revenue_share and cap_share. US fields use the US readings, CN fields the Chinese.
    """

    licence: Array
    """Share in [0, 1] of applications that the US side licenses; 1 where no licence is needed, exactly 0 where denied."""
    licence_delay: Array
    """Multiplier of the drawn licence latency: 1 where a licence is needed, 0 where not."""
    admit: Array
    """Share in [0, 1] of demand that the Chinese side lets in; exactly 0 where refused."""
    admit_delay: Array
    """Multiplier of the drawn approval latency: 1 where an approval is needed, 0 where not."""
    bundle: Array
    """USD of domestic chips to be bought per USD of this product; 0 is none."""
    offshore_share: Array
    """Share in [0, 1] of deliveries that must be installed outside the mainland."""
    ceiling: Array
    """Thousand units a year; 1e9 is none."""
    duty: Array
    """Rate on entered value."""
    revenue_share: Array
    """Rate on revenue."""
    cap_share: Array
    """Share of the US aggregate (in the base chosen by the lever); 1e9 is none."""
    us_variants: tuple[str, ...]
    cn_variants: tuple[str, ...]
    us_weights: Array
    """(variant,) probabilities of the readings; they add up to one."""
    cn_weights: Array
    us_next: Array
    """(variant, variant) probabilities of where a gate transition leads; rows add up to one."""
    cn_next: Array
    us_pinned_from: int
    """First month in which levers decide on licences (no transition from then on); MONTHS if never."""
    cn_pinned_from: int
    """First month in which levers decide on imports; MONTHS if never."""
    reversal: Array
    """(month,) weight of US reversals that buyers noticed; the largest of history is 1."""
    stop_notice: Array
    """(month, product) share of a year's demand pulled forward by an announced stop."""
    evidence_ends: float
    """Month coordinate of the last day that the readings cover: from then on a gate may change by itself."""


def compile_gates(levers: LeverSettings, products: Sequence[str], *, known: dt.date | None = None) -> GateArrays:
    """Return the gates of a scenario for the products of the market model.

    `known` leaves out whatever became known later (default: the end of the evidence). Raises InputError for an unknown product
    and for one named twice.
    """
    ids = tuple(check_product(name, where="products") for name in products)
    if len(set(ids)) != len(ids):
        raise InputError("a product is named twice", where="products", hint="name each once")
    us_readings, cn_readings = load_readings("us"), load_readings("cn")
    cut = min(known or us_readings.evidence_until, us_readings.evidence_until)
    us, cn = _us_gate(_history("us", ids, cut)), _cn_gate(_history("cn", ids, cut))
    reversal, stop_notice = _events(ids, cut)
    pinned_from = levers.pinned_from("washington.performance_ceiling", "washington.licence_scope")
    apply_us(us, levers, ids)
    apply_cn(cn, levers, ids)
    _lay_out_routes(us.licence, cn.admit, ids)
    _lever_reversals(reversal, us.licence, pinned_from)
    stop_notice[pinned_from:] = 0.0
    return GateArrays(
        licence=us.licence,
        licence_delay=us.licence_needed,
        admit=cn.admit,
        admit_delay=cn.approval_needed,
        bundle=cn.bundle,
        offshore_share=cn.offshore_share,
        ceiling=cn.ceiling,
        duty=us.duty,
        revenue_share=us.revenue_share,
        cap_share=us.cap_share,
        us_variants=us_readings.names(),
        cn_variants=cn_readings.names(),
        us_weights=us_readings.weights(cut),
        cn_weights=cn_readings.weights(cut),
        us_next=us_readings.transitions(),
        cn_next=cn_readings.transitions(),
        us_pinned_from=pinned_from,
        cn_pinned_from=levers.pinned_from("beijing.import_gate"),
        reversal=reversal,
        stop_notice=stop_notice,
        evidence_ends=month_coordinate(cut),
    )


def month_coordinate(day: dt.date) -> float:
    """Return a day as months since the start of 2022, in tenths: 57.3 for 9 October 2026."""
    return round((day.year - FIRST_YEAR) * 12 + day.month - 1 + day.day / monthrange(day.year, day.month)[1], 1)


#: Fields that hold for a product, whatever the segment and route.
PER_PRODUCT: Final = ("licence_needed", "duty", "revenue_share", "cap_share", "approval_needed", "ceiling")


@lru_cache(maxsize=32)
def _history(government: str, products: tuple[str, ...], known: dt.date) -> GateHistory:
    """Compile and remember a history; fields of `PER_PRODUCT` come without segment and route, (variant, month, product)."""
    found = compile_history("us" if government == "us" else "cn", products, known)
    fields = {name: field[..., 0, DIRECT].copy() if name in PER_PRODUCT else field for name, field in found.fields.items()}
    return GateHistory(fields, found.mandate)


def _us_gate(history: GateHistory) -> UsGate:
    """Copy the history, so that levers can be laid over it."""
    fields = history.fields
    return UsGate(
        licence=fields["licence"].copy(),
        licence_needed=fields["licence_needed"].copy(),
        duty=fields["duty"].copy(),
        revenue_share=fields["revenue_share"].copy(),
        cap_share=fields["cap_share"].copy(),
    )


def _cn_gate(history: GateHistory) -> CnGate:
    """Copy the history; a limit to training admits only the training share of each segment's demand."""
    fields = history.fields
    training = load_segment_shares().training[:, None]
    return CnGate(
        admit=fields["admit"] * (1.0 - fields["training_only"] * (1.0 - training)),
        approval_needed=fields["approval_needed"].copy(),
        bundle=fields["bundle"].copy(),
        offshore_share=fields["offshore_share"].copy(),
        ceiling=fields["ceiling"].copy(),
        mandate=history.mandate,
    )


def _lay_out_routes(licence: Array, admit: Array, products: Sequence[str]) -> None:
    """Close the routes that a product does not take: foreign chips are not domestic, domestic ones take no other route."""
    foreign = load_gate_products().member("foreign", products)
    for field in (licence, admit):
        field[:, :, foreign, :, DOMESTIC] = 0.0
        field[:, :, ~foreign] = 0.0
        field[:, :, ~foreign, :, DOMESTIC] = 1.0


def _events(products: Sequence[str], known: dt.date) -> tuple[Array, Array]:
    """Return (month,) reversals in the month in which they became known, and (month, product) notices of a stop."""
    reversal = np.zeros(MONTHS)
    stop_notice = np.zeros((MONTHS, len(products)))
    groups = load_gate_products()
    for rule in load_rules().values():
        for event in rule.reversal:
            if event.date <= known:
                reversal[(event.date.year - FIRST_YEAR) * 12 + event.date.month - 1] += event.weight
        for notice in rule.stop_notice:
            if notice.known <= known:
                spread = month_fraction(notice.from_, notice.until)
                chosen = groups.expand(notice.products)
                for index, product in enumerate(products):
                    if product in chosen:
                        stop_notice[:, index] += notice.share * spread / spread.sum()
    return reversal, stop_notice


def _lever_reversals(reversal: Array, licence: Array, pinned_from: int) -> None:
    """Where levers decide, history's reversals do not happen; a chip that the levers cut off altogether is one instead."""
    if pinned_from >= MONTHS:
        return
    shares = licence[..., DIRECT].mean(axis=(0, 3))
    cut_off = np.where(shares[1:] == 0.0, shares[:-1], 0.0).max(axis=1)
    reversal[pinned_from:] = LEVER_REVERSAL * np.concatenate([[0.0], cut_off])[pinned_from:]
