"""The world outside China, given: NVIDIA's sales by class and quarter to 2025, then growth with its own range."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.data_tree import DATA
from countermove.market.dates import month_coordinate, span
from countermove.market.inputs import Bundle
from countermove.market.offer_rows import CLASSES, WorldClass
from countermove.market.paths import MONTH, mid_year
from countermove.quantities.calendar import MONTHS, period_months

Floats = NDArray[np.float64]

_CLASS_OF: dict[str, WorldClass] = {"H100": "hopper", "B200": "blackwell", "B300": "blackwell"}
CHINA_ONLY = ("A800", "H800", "H20")
LAST_QUARTER = "2025Q4"
"""The last quarter of the table of world sales."""
EVIDENCE_END = float(period_months(LAST_QUARTER)[-1])
"""Month coordinate of that quarter's end."""


def date_of_last_rate() -> float:
    """Month coordinate of the middle of the last quarter with data: the date of its sales rate and of its price."""
    return month_coordinate(f"mid {LAST_QUARTER}")


@cache
def world_sales() -> tuple[Floats, Floats]:
    """Monthly sales to the end of 2025: (month, class) thousand packages and (month,) thousand H100e of all parts.

    A quarter is spread evenly over its months. The China-only parts are left out: the model makes them itself.
    """
    units = np.zeros((MONTHS, len(CLASSES)))
    h100e = np.zeros(MONTHS)
    with Path(DATA / "market" / "nvidia_world_sales.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["chip"] in CHINA_ONLY:
                continue
            first, last = period_months(row["quarter"])
            h100e[first:last] += float(row["thousand_h100e"]) / (last - first)
            family = _CLASS_OF.get(row["chip"])
            if family is not None:
                units[first:last, CLASSES.index(family)] += float(row["thousand_units"]) / (last - first)
    return units, h100e


def world_h100e(p: Bundle) -> Floats:
    """World sales of NVIDIA, thousand H100e a month (month, draw): data to 2025, then yearly growth.

    ``sales(t) = sales of 2025 x growth`` at mid-2026, joined log-linearly to the last quarter's rate.
    """
    _, history = world_sales()
    last_year = float(history[slice(*period_months("2025"))].sum()) / 12.0
    last_rate = float(history[slice(*period_months(LAST_QUARTER))].mean())
    start, middle = date_of_last_rate(), mid_year(2026)
    at_middle = last_year * np.atleast_1d(p.growth_2026)
    early = last_rate * (at_middle / last_rate) ** np.clip((MONTH[:, None] - start) / (middle - start), 0.0, 1.0)
    later = np.exp(np.log(np.atleast_1d(p.growth_later)) * np.maximum(MONTH[:, None] - middle, 0.0) / 12.0)
    future = early * later
    result: Floats = np.where(MONTH[:, None] < EVIDENCE_END, history[:, None], future)
    return result


def rubin_share(p: Bundle) -> Floats:
    """Rubin's part of world H100e sales, (month, draw): nothing before its first volumes, then rising linearly."""
    start, end = span("rubin_world")
    result: Floats = np.atleast_1d(p.rubin_share_2028) * np.clip((MONTH[:, None] - start) / (end - start), 0.0, 1.0)
    return result


def class_units(p: Bundle, h100e: Floats, per_unit: Floats) -> Floats:
    """World sales by class, thousand packages a month (month, class, draw).

    After 2025 the Hopper class fades, Rubin rises, Blackwell takes the rest. `per_unit`: H100e by class.
    """
    history, _ = world_sales()
    rubin = rubin_share(p)
    since = np.maximum(MONTH - EVIDENCE_END, 0.0)[:, None]
    hopper = np.atleast_1d(p.hopper_share_2026) * np.exp(-since / np.atleast_1d(p.hopper_fade_months))
    shares = np.stack(np.broadcast_arrays(hopper, np.maximum(1.0 - rubin - hopper, 0.0), rubin), axis=1)
    future = shares * h100e[:, None, :] / per_unit[None, :, None]
    result: Floats = np.where(MONTH[:, None, None] < EVIDENCE_END, history[:, :, None], future)
    return result


@cache
def datacenter_revenue() -> Floats:
    """NVIDIA's reported data-centre revenue, billion USD a month (month,), quarters spread evenly; 0 after the last report."""
    monthly = np.zeros(MONTHS)
    with Path(DATA / "series" / "nvidia-datacenter-revenue.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            first, last = period_months(row["period"])
            monthly[first:last] = float(row["value"]) / (last - first)
    return monthly


#: Chips of NVIDIA's legal sales to China: series of units (thousand), and the list price that values them.
CHINA_SERIES = {
    "epoch-legal-units-a100-sxm": "price_a100",
    "epoch-legal-units-a800-sxm": "price_a100",
    "epoch-legal-units-h800-sxm": "price_h800",
    "epoch-legal-units-h20": "price_h20",
}


def china_part(p: Bundle) -> Floats:
    """The part of that revenue which came from China, billion USD a month (month, draw): Epoch's units at list prices."""
    total = np.zeros((MONTHS, 1))
    for name, price in CHINA_SERIES.items():
        with Path(DATA / "series" / f"{name}.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                first, last = period_months(row["period"])
                units = np.zeros((MONTHS, 1))
                units[first:last] = float(row["value"]) / (last - first)
                total = total + units * np.atleast_1d(p[price]) / 1000.0
    return total


def rest_of_world_revenue(p: Bundle, h100e: Floats) -> Floats:
    """NVIDIA's data-centre revenue outside China, billion USD a month (month, draw).

    To 2025 the reported revenue less China's part (low-end cards for China stay in it); later world sales at a falling
    price per H100e.
    """
    reported = np.maximum(datacenter_revenue()[:, None] - china_part(p), 0.0)
    later = h100e * usd_per_h100e(p) / 1000.0
    result: Floats = np.where(MONTH[:, None] < EVIDENCE_END, reported, later)
    return result


def usd_per_h100e(p: Bundle) -> Floats:
    """NVIDIA data-centre revenue per H100e sold, million USD per thousand (month, draw): a price falling with age."""
    years = np.maximum(MONTH[:, None] - date_of_last_rate(), 0.0) / 12.0
    result: Floats = np.atleast_1d(p.revenue_per_h100e) * np.exp(-np.atleast_1d(p.price_decline) * years)
    return result
