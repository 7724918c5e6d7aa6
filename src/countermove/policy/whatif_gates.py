"""A proposed rule laid over the gates of the market: what it closes, opens, or leaves to review, from its month on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.policy.checks import check_item
from countermove.policy.force import evidence_end
from countermove.policy.gate_products import check_product, load_gate_products
from countermove.policy.gates import LEVER_REVERSAL, GateArrays
from countermove.policy.items import catalogue_item
from countermove.policy.lever_gates import DIRECT
from countermove.policy.rule_book import shipped_book
from countermove.policy.rule_schema import Outcome
from countermove.policy.transactions import transaction
from countermove.policy.whatif import Proposal
from countermove.quantities.calendar import month_fraction, month_index


def apply_whatif(gates: GateArrays, proposal: Proposal, products: Sequence[str], *, known: dt.date | None = None) -> GateArrays:
    """Return gates over which a proposal is laid; the ones given are not changed.

    Only products whose outcome on the proposal's first day differs from that under the shipped rules are touched, on the direct
    route, in all readings: denied or unknown is 0 (unknown is never read as allowed), allowed is 1 without a licence, newly
    reviewable is the proposal's `licensed_share`. The first month is weighted by days. From then on Washington's gate makes no
    transition of its own. Raises InputError where `licensed_share` is needed and missing.
    """
    weight = month_fraction(proposal.start, None)
    licence, needed = gates.licence.copy(), gates.licence_delay.copy()
    cut_off = 0.0
    first = month_index(proposal.start.isoformat()[:7])
    changed = False
    for index, name in enumerate(products):
        outcome = _new_outcome(name, proposal, known or evidence_end())
        if outcome is None:
            continue
        share, asks = _share(outcome, proposal, name)
        before = licence[:, first - 1 if first else 0, index, :, DIRECT]
        if share == 0.0:
            cut_off = max(cut_off, float(before.mean()))
        _blend(licence[:, :, index, :, DIRECT], weight[None, :, None], share)
        _blend(needed[:, :, index], weight[None, :], asks)
        changed = True
    if not changed:
        return gates
    reversal = gates.reversal.copy()
    reversal[first:] = 0.0
    reversal[first] = LEVER_REVERSAL * cut_off
    return gates._replace(
        licence=licence, licence_delay=needed, reversal=reversal, us_pinned_from=min(gates.us_pinned_from, first)
    )


def _new_outcome(name: str, proposal: Proposal, known: dt.date) -> Outcome | None:
    """Return Washington's outcome for a foreign product under the proposal, None where it is that of the shipped rules."""
    product = check_product(name, where="products")
    if load_gate_products().products[product].origin == "cn":
        return None
    item = catalogue_item(product)
    deal = transaction(item)
    before, after = (check_item(item, deal, proposal.start, known, book=book).us for book in (shipped_book(), proposal.book))
    return None if before.level == after.level else after.outcome


def _share(outcome: Outcome, proposal: Proposal, name: str) -> tuple[float, float]:
    """Return the share licensed and whether a licence is needed."""
    if outcome == "allowed":
        return 1.0, 0.0
    if outcome != "reviewable":
        return 0.0, 1.0
    if proposal.licensed_share is None:
        raise InputError(
            f"the proposal makes {name} reviewable but does not say which share is licensed",
            where=f"whatif {proposal.id}",
            hint="write licensed_share: 0.375, or another number from 0 to 1",
        )
    return proposal.licensed_share, 1.0


def _blend(field: NDArray[np.float64], weight: NDArray[np.float64], value: float) -> None:
    """Move a field towards a value by the share of each month's days, in place; whole months take it exactly."""
    np.copyto(field, np.where(weight >= 1.0, value, field + weight * (value - field)))
