"""Checks per second, single and over arrays, against the two public threshold calculators' own question.

Run: python benchmarks/policy.py
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from countermove.policy.check_arrays import check_many
from countermove.policy.checks import check

ITEMS = 1_000_000
DAYS = ("2023-01-01", "2024-06-01", "2025-06-01", "2026-02-01", "2026-10-09")


def items(count: int) -> dict[str, np.ndarray]:
    """Random accelerators over the whole range of the rules, a tenth of them with an unknown die area."""
    random = np.random.default_rng(2026)
    columns = {
        "tpp": random.uniform(500, 60_000, count),
        "die_mm2": random.uniform(200, 1_700, count),
        "bandwidth_gb_s": random.uniform(300, 9_000, count),
        "io_gb_s": random.uniform(50, 2_000, count),
        "sold_in_us_on_2026_01_15": random.integers(0, 2, count).astype(float),
    }
    columns["die_mm2"][random.random(count) < 0.1] = np.nan
    return columns


def main() -> None:
    """Print both speeds."""
    columns = items(ITEMS)
    for day in DAYS:
        check_many({name: column[:100] for name, column in columns.items()}, on=day, exporter="nvidia")
        started = time.perf_counter()
        check_many(columns, on=day, exporter="nvidia")
        seconds = time.perf_counter() - started
        print(f"arrays, both gates and the duty on {day}: {ITEMS / seconds / 1e6:.1f} million checks/s on one core")
    check("h200-sxm", to="cn", on="2026-02-01")
    times = []
    for _ in range(500):
        started = time.perf_counter()
        check("h200-sxm", to="cn", on="2026-02-01")
        times.append(time.perf_counter() - started)
    print(f"single, all findings with reasons: {statistics.median(times) * 1e3:.2f} ms (median of {len(times)})")


if __name__ == "__main__":
    main()
