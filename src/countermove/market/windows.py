"""When each product is on offer and where its price is quoted, read from data/market/products.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load
from countermove.market.paths import MONTH
from countermove.quantities.calendar import MONTHS, month_index

Floats = NDArray[np.float64]

RAMP_MONTHS = 1.5
"""Months over which a product comes on offer or leaves it."""


@dataclass(frozen=True)
class Offer:
    """One product on one route: months (fractions of the clock) on offer, and the month of its quoted price."""

    start: float
    end: float
    price_month: float


@cache
def product_windows() -> Mapping[str, Mapping[str, Offer]]:
    """Route -> product -> offer window. DataError for a route or month that does not exist."""
    document = load(DATA / "market" / "products.yaml")
    routes: dict[str, dict[str, Offer]] = {}
    for route in ("direct", "grey", "offshore"):
        rows: Mapping[str, Any] = document.data[route]
        routes[route] = {name: _offer(row, document.where(route, name)) for name, row in rows.items()}
    return routes


def _offer(row: Mapping[str, Any], where: str) -> Offer:
    until = row.get("until")
    return Offer(
        float(month_index(row["from"], where=where)),
        float(month_index(until, where=where)) if until is not None else 2.0 * MONTHS,
        float(month_index(row["price_date"], where=where)),
    )


def windows(route: str, names: tuple[str, ...]) -> list[Offer]:
    """The windows of `names` on `route`, in order; DataError with the nearest name for one that is not listed."""
    known = product_windows()[route]
    for name in names:
        if name not in known:
            where = f"market/products.yaml ({route})"
            raise DataError(f"no sales window for {name!r}", where=where, hint=did_you_mean(name, known))
    return [known[name] for name in names]


def on_offer(route: str, names: tuple[str, ...]) -> Floats:
    """Share on offer by month, (month, product, 1): a ramp after the start, another before the end.

    What is already sold when the clock starts has no ramp.
    """
    rows = []
    for window in windows(route, names):
        up = np.ones_like(MONTH) if window.start == 0.0 else np.clip((MONTH - window.start) / RAMP_MONTHS, 0.0, 1.0)
        rows.append(up * np.clip((window.end - MONTH) / RAMP_MONTHS, 0.0, 1.0))
    return np.stack(rows, axis=1)[:, :, None]


def ageing(route: str, names: tuple[str, ...], yearly: Floats) -> Floats:
    """Price relative to its quoted date, (month, product, draw): falls at `yearly` after it, flat before."""
    dates = np.array([window.price_month for window in windows(route, names)])
    years = np.maximum(MONTH[:, None] - dates, 0.0)[:, :, None] / 12.0
    result: Floats = np.exp(-years * np.atleast_1d(yearly))
    return result


@cache
def earlier_models() -> Mapping[str, float]:
    """Domestic product -> month from which the vendor's earlier models, which it stands for, were on sale."""
    document = load(DATA / "market" / "products.yaml")
    rows: Mapping[str, Any] = document.data["domestic"]
    return {name: float(month_index(row["earlier"], where=document.where("domestic", name))) for name, row in rows.items()}
