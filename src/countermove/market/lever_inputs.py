"""Levers that act inside the market rather than at a gate, as departures from the status quo that plans assume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.market.inputs import Bundle
from countermove.market.state import POOLS
from countermove.quantities.calendar import MONTHS

if TYPE_CHECKING:
    from countermove.policy.levers import LeverSettings

Floats = NDArray[np.float64]


def lever_inputs(levers: LeverSettings, status_quo: LeverSettings, p: Bundle, market: Floats) -> Bundle:
    """Monthly inputs from the levers, (month, 1) or (month, draw).

    Announced capacity, R&D and prices already contain the status quo of subsidies and controls, so those enter as
    differences from it. `market` is legal demand, billion USD a year (month, draw), to turn user subsidies into a rate.
    """

    def change(lever: str, part: str | None = None) -> Floats:
        return levers.value(lever, part) - status_quo.value(lever, part)

    subsidy = "beijing.subsidy"
    push = "beijing.capacity_push"
    money = levers.value(subsidy)
    usual = status_quo.value(subsidy)

    def granted(part: str) -> Floats:
        return money * levers.value(subsidy, part) - usual * status_quo.value(subsidy, part)

    extra_capacity = change(push)[:, None] * p.status_quo_spending
    equipment = levers.value("washington.component_controls", "equipment")
    strict = levers.value("washington.component_controls")
    strictness = np.where(equipment < 0.0, strict, equipment) - status_quo.value("washington.component_controls")
    split = np.stack([levers.value(push, name) for name in POOLS], axis=1)
    free = np.array([float(word == "auto") for word in levers.choice(push, "direction")])
    rate = np.clip(granted("user")[:, None] / (p.subsidised_share * market), -0.9, 0.9)
    return Bundle(
        mandate=levers.value("beijing.procurement_mandate")[:, None],
        user_subsidy=rate,
        vendor_subsidy=granted("vendor")[:, None],
        fab_subsidy=granted("fab")[:, None] + extra_capacity,
        free_split=free[:, None],
        pool_split=split[:, :, None],
        component_controls=strictness[:, None],
        enforcement=change("washington.enforcement")[:, None],
        grey_enforcement=change("beijing.grey_enforcement")[:, None],
        new_year=np.array([float(month % 12 == 0) for month in range(MONTHS)])[:, None],
    )
