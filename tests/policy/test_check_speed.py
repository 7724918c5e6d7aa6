"""Checks are fast enough for a sweep and for a slider."""

from __future__ import annotations

import time

import numpy as np

from countermove.policy.check_arrays import check_many
from countermove.policy.checks import check


def test_a_million_items_a_second_on_one_core() -> None:
    random = np.random.default_rng(1)
    count = 300_000
    columns = {
        "tpp": random.uniform(500, 60_000, count),
        "die_mm2": random.uniform(200, 1_700, count),
        "bandwidth_gb_s": random.uniform(300, 9_000, count),
        "io_gb_s": random.uniform(50, 2_000, count),
    }
    check_many(columns, on="2026-02-01", exporter="nvidia")
    times = []
    for _ in range(5):
        started = time.process_time()
        check_many(columns, on="2026-02-01", exporter="nvidia")
        times.append(time.process_time() - started)
    assert count / min(times) > 1_000_000


def test_one_check_takes_less_than_a_millisecond_after_import() -> None:
    check("h200-sxm", to="cn", on="2026-02-01")
    times = []
    for _ in range(200):
        started = time.process_time_ns()
        check("h200-sxm", to="cn", on="2026-02-01")
        times.append(time.process_time_ns() - started)
    # The best of many: other work on the machine must not decide.
    assert min(times) < 1_000_000
