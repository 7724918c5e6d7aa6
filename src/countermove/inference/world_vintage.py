"""World sales as a date allows: after the last filing known, the last level known times an unknown growth.

The table of NVIDIA's sales outside China and its filed revenue run to the end of 2025 and are given to the model. A
hindcast that simulates later months would read them. What stays given, and cannot be blinded here, is listed in `GIVEN`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.priors import Z95
from countermove.experiments.streams import uniforms
from countermove.inference.prior_entries import PriorEntries, load_entries
from countermove.market.inputs import MarketInputs
from countermove.quantities.calendar import MONTHS, last_day, period_months

Floats = NDArray[np.float64]

FILED = "nvidia-datacenter-revenue"
"""Series whose filings say how far world sales were known."""

LEVEL: Final = "us_h100e_flow"
"""Monthly input that is proportional to world sales in H100 equivalents."""
MOVED: Final = (LEVEL, "us_bandwidth_flow", "world_units", "rental_world_units")
REVENUE: Final = "rest_of_world_revenue"
STREAM: Final = "vintage.world_growth"

GIVEN: Final[tuple[tuple[str, str], ...]] = (
    (
        "launch and end months of chips (data/market/offers.yaml, data/chips)",
        "A product enters when it was really launched; at an early origin it is offered, gated and priced though nobody knew it.",
    ),
    (
        "performance, memory and power of those chips (data/chips, data/hardware)",
        "The performance model reads measurements of all years; the scales of performance are widened instead.",
    ),
    (
        "how world sales split between generations (data/market/nvidia_world_sales.csv)",
        "The level after the last filing is blinded; the split between Hopper and Blackwell, and the levels before, are Epoch's.",
    ),
    (
        "rules and gates (data/rules, data/gates)",
        "The conditional reading takes them as they were; the unconditional one knows them up to the date only.",
    ),
    (
        "months of the memory stockpile and other dates (data/market/hbm_stockpile.yaml, data/market/dates.yaml)",
        "When stacks came in and when ramps began is given; how many came and what was made is replaced.",
    ),
    (
        "the scale of memory controls (supply.hbm_control_slope)",
        "It says what the levers' strictness means, and was set so that the rule of December 2024 stops open imports.",
    ),
    (
        "the structure of the model and its assumptions without sources",
        "They were written in 2026 by people who knew what had happened.",
    ),
)
"""What a hindcast knows of later years all the same, with a sentence each."""


def world_known_until(day: dt.date, ledger: Ledger | None = None) -> int:
    """First month, counted from January 2022, of which no filing was out on `day`; InputError before the first one."""
    rows = (load_ledger() if ledger is None else ledger).series[FILED].rows
    ends = [period_months(row.period)[1] for row in rows if row.known is not None and last_day(row.known) <= day]
    if not ends:
        raise InputError(f"no filing of NVIDIA's data-centre revenue was known on {day}", where=FILED, hint="give a later date")
    return max(ends)


def world_by(
    inputs: MarketInputs, day: dt.date, *, seed: int, first: int = 0, entries: PriorEntries | None = None
) -> MarketInputs:
    """Return the inputs with world sales after the last filing of `day` replaced by growth from the three months before.

    The growth is one factor a year for each draw, log-normal between the file's 5% and 95% points. seed, first: as for the
    draws of `inputs`, so that blocks of one sample continue each other.
    """
    growth = (load_entries() if entries is None else entries).growth
    start = world_known_until(day)
    if start >= MONTHS:
        return inputs
    from scipy.special import ndtri

    low, high = np.log(growth.p5), np.log(growth.p95)
    centre, spread = (low + high) / 2, (high - low) / (2 * Z95)
    rate = centre + spread * ndtri(uniforms(seed, STREAM, inputs.draws, first=first))
    # The last three months share one figure, that of their middle.
    years = (np.arange(start, MONTHS)[:, None] - (start - 2)) / 12.0
    grown = np.exp(years * rate)
    monthly = dict(inputs.monthly)
    level = np.asarray(monthly[LEVEL])
    factor = level[start - 3 : start].mean(axis=0) * grown / level[start:]
    for name in MOVED:
        monthly[name] = _from(np.asarray(monthly[name]), start, factor)
    revenue = np.asarray(monthly[REVENUE])
    later = revenue[start - 3 : start].mean(axis=0) * grown
    monthly[REVENUE] = _joined(revenue, start, later)
    return replace(inputs, monthly=monthly)


def _from(path: Floats, start: int, factor: Floats) -> Floats:
    """A monthly path multiplied by a factor (month, draw) from a month on; classes in the middle are scaled alike."""
    shaped = factor if path.ndim == 2 else factor[:, None, :]
    return _joined(path, start, path[start:] * shaped)


def _joined(path: Floats, start: int, later: Floats) -> Floats:
    """A path up to a month, then another one; draws that agree before are written out."""
    return np.concatenate([np.broadcast_to(path[:start], (start, *later.shape[1:])), later])


def given_lines() -> Sequence[str]:
    """What is known of later years all the same, one line each."""
    return [f"{what}: {sentence}" for what, sentence in GIVEN]
