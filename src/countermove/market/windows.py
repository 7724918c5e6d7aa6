"""When each offer can be bought and how its price ages, by month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.market.offers import BY_ROUTE
from countermove.market.paths import MONTH
from countermove.quantities.calendar import month_index

Floats = NDArray[np.float64]


def on_offer(route: str, ramp_months: Floats) -> Floats:
    """Share on offer by month, (month, product, draw or 1): a ramp after the start, another before the end.

    What is already sold when the clock starts has no ramp.
    """
    rows = []
    for row in BY_ROUTE[route]:
        start = row.first_month
        up = 1.0 if start == 0.0 else np.clip((MONTH - start)[:, None] / ramp_months, 0.0, 1.0)
        rows.append(up * np.clip((row.last_month - MONTH)[:, None] / ramp_months, 0.0, 1.0))
    return np.stack(rows, axis=1)


def ageing(route: str, yearly: Floats) -> Floats:
    """Price relative to its quoted date, (month, product, draw): falls at `yearly` after it, flat before."""
    dates = np.array([float(month_index(row.price_date)) for row in BY_ROUTE[route] if row.price_date is not None])
    years = np.maximum(MONTH[:, None] - dates, 0.0)[:, :, None] / 12.0
    result: Floats = np.exp(-years * np.atleast_1d(yearly))
    return result


def first_sales(planned: Floats) -> Floats:
    """Month of first sales by domestic product: the launch, or that of earlier models which the product stands for."""
    earlier = [float("inf") if row.earlier is None else float(month_index(row.earlier)) for row in BY_ROUTE["domestic"]]
    return np.minimum(planned, earlier)
