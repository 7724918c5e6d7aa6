"""The quantities of a sweep, measured on the months of a run: the same for both engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countermove.experiments.sweep_file import HORIZON
from countermove.experiments.sweep_plan import Quantity


def series_needed(quantities: tuple[Quantity, ...]) -> frozenset[str]:
    """Return the monthly series that the quantities are measured on."""
    from countermove.outcomes import OUTCOMES

    return frozenset(name for quantity in quantities for name in OUTCOMES[quantity.outcome].reads)


def measured(monthly: Mapping[str, Any], quantities: tuple[Quantity, ...]) -> list[Any]:
    """Return each quantity of monthly series, (draw,); works on any arrays that speak NumPy."""
    from countermove.outcomes import OUTCOMES
    from countermove.outcomes.window import Window
    from countermove.quantities.calendar import MONTHS, period_months

    found = []
    for quantity in quantities:
        months = (0, MONTHS) if quantity.period == HORIZON else period_months(quantity.period)
        found.append(OUTCOMES[quantity.outcome].measure(Window(monthly, *months)))
    return found
