"""Compute: stocks and flows in H100e and in bandwidth, diversion, power and cost."""

from __future__ import annotations

import numpy as np

from countermove.outcomes.outcome import Outcome
from countermove.outcomes.window import share
from countermove.quantities.calendar import month_index

MONTH_OF_2024 = month_index("2024-01")

COMPUTE = (
    Outcome(
        "china_compute_h100e",
        "Compute in use by Chinese users",
        "thousand h100e",
        "stock",
        "Dense 8-bit H100 equivalents installed or rented on all routes.",
        ("installed_h100e",),
        lambda w: w.stock("installed_h100e"),
        "compute",
    ),
    Outcome(
        "us_china_compute_ratio_h100e",
        "US to Chinese compute, H100e",
        "1",
        "ratio",
        "Installed H100e in the US over H100e in use by Chinese users.",
        ("us_h100e", "installed_h100e"),
        lambda w: share(w.stock("us_h100e"), w.stock("installed_h100e")),
        "compute",
    ),
    Outcome(
        "us_china_compute_ratio_bandwidth",
        "US to Chinese compute, memory bandwidth",
        "1",
        "ratio",
        "The same ratio counted in memory bandwidth, which weighs decoding more.",
        ("us_bandwidth", "installed_bandwidth"),
        lambda w: share(w.stock("us_bandwidth"), w.stock("installed_bandwidth")),
        "compute",
    ),
    Outcome(
        "us_china_flow_ratio_h100e",
        "US to Chinese compute added, H100e",
        "1",
        "ratio",
        "H100e added in the US over H100e added for Chinese users in the period.",
        ("us_h100e_added", "added_h100e"),
        lambda w: share(w.flow("us_h100e_added"), w.flow("added_h100e")),
        "compute",
    ),
    Outcome(
        "smuggled_h100e_cumulative",
        "Diverted compute since January 2024",
        "thousand h100e",
        "stock",
        "Cumulated H100e of diverted chips from January 2024.",
        ("smuggled",),
        lambda w: np.maximum(w.stock("smuggled") - w.before("smuggled", MONTH_OF_2024), 0.0),
        "compute",
    ),
    Outcome(
        "us_units_displaced",
        "US units displaced by H200 for China",
        "thousand package",
        "stock",
        "Cumulated American units not made because H200s were made for China.",
        ("us_displaced",),
        lambda w: w.stock("us_displaced"),
        "compute",
    ),
    Outcome(
        "china_power_gw",
        "Power drawn by accelerators in China",
        "gw",
        "stock",
        "All-in facility power of installed direct, grey and domestic accelerators; rented ones draw abroad.",
        ("power",),
        lambda w: w.stock("power"),
        "compute",
    ),
    Outcome(
        "china_cost_premium",
        "Cost premium of Chinese buyers",
        "1",
        "ratio",
        "Money spent per unit of effective work over the price of a new foreign chip's work, less one.",
        ("spent", "work_added", "world_cost_per_work"),
        lambda w: share(1000.0 * w.flow("spent"), w.flow("work_added")) / w.mean("world_cost_per_work") - 1.0,
        "compute",
    ),
)
