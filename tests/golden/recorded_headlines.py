"""Headline medians of every preset, as recorded: `python tests/golden/recorded_headlines.py` records them again.

A change here means that results changed: say so in CHANGELOG.md under **Results changed**, with the new fingerprint that this
script prints, and with before and after of what moved.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

RECORD = Path(__file__).with_name("headlines.json")
DRAWS, SEED = 64, 2026
SCENARIOS = (
    "h200-2026",
    "no-h200",
    "h20-only",
    "h200-rule",
    "h200-rule+open",
    "h200-rule+bundled",
    "h200-rule+necessity",
    "h200-rule+ban",
    "open-h200+open",
    "open-h200+ban",
    "open-h200+open+70bn",
    "b30a",
    "all-open",
    "no-controls",
    "stall",
    "no-exports",
    "h200-two-million+open",
    "semianalysis-ledger",
    "semianalysis-hbm-free",
    "bernstein-logic-bound",
)
PERIODS = ("2025", "2026", "2028", "2030")
OUTCOMES = (
    "h200_china_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "domestic_share_money",
    "duty_proceeds_usd_bn",
)


def headlines() -> dict[str, Any]:
    """Scenario -> outcome -> period -> median and mean over the draws."""
    from countermove.experiments.run import run

    found: dict[str, Any] = {}
    for name in SCENARIOS:
        outcomes = run(name, draws=DRAWS, seed=SEED).outcomes
        table = {outcome: {period: _two(outcomes[outcome][period]) for period in PERIODS} for outcome in OUTCOMES}
        table["parity_year_system_decode"] = {"horizon": _two(outcomes["parity_year_system_decode"]["horizon"])}
        found[name] = table
    return found


def _two(values: np.ndarray[Any, Any]) -> list[float]:
    return [float(np.median(values)), float(np.mean(values))]


def fingerprint(text: str) -> str:
    """First ten hexadecimal digits of the record's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


if __name__ == "__main__":
    RECORD.write_text(json.dumps(headlines(), indent=1) + "\n", encoding="utf-8")
    print(f"Results changed: {fingerprint(RECORD.read_text(encoding='utf-8'))}")
