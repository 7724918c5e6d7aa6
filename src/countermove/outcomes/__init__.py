"""Outcomes: what people argue about, measured on a trajectory by year, by quarter or at the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.errors import InputError, did_you_mean
from countermove.outcomes.catalogue import ALL
from countermove.outcomes.outcome import Outcome
from countermove.outcomes.window import Floats, Window
from countermove.quantities.calendar import MONTHS, period_months, quarters, years

if TYPE_CHECKING:
    from countermove.market.simulate import Trajectory

__all__ = ["HORIZON", "OUTCOMES", "Outcome", "measure", "outcome"]

OUTCOMES: dict[str, Outcome] = {item.id: item for item in ALL}
HORIZON = "horizon"
STEPS = ("year", "quarter")


def outcome(name: str) -> Outcome:
    """The outcome called `name`; InputError with the nearest id otherwise."""
    if name not in OUTCOMES:
        raise InputError(f"no outcome named {name!r}", where="outcome", hint=did_you_mean(name, OUTCOMES))
    return OUTCOMES[name]


def measure(trajectory: Trajectory, step: str = "year") -> dict[str, dict[str, Floats]]:
    """Every outcome by period and draw: outcome -> period ("2026", "2026Q1" or "horizon") -> (draw,).

    Dates are measured once, over the whole run, under the period "horizon". InputError for a step other than year or quarter.
    """
    if step not in STEPS:
        raise InputError(f"no step {step!r}", where="periods", hint=did_you_mean(step, STEPS))
    names = years() if step == "year" else quarters()
    whole = Window(trajectory.monthly, 0, MONTHS)
    windows = {name: Window(trajectory.monthly, *period_months(name)) for name in names}
    found: dict[str, dict[str, Floats]] = {}
    for item in ALL:
        if item.kind == "date":
            found[item.id] = {HORIZON: item.measure(whole)}
        else:
            found[item.id] = {name: item.measure(window) for name, window in windows.items()}
    return found
