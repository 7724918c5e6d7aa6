"""How long a lever move takes as the app answers it: a course of a world, then bands of its outcomes."""

from __future__ import annotations

import time

from countermove.experiments.live import World
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.scenario import load_scenario
from countermove.experiments.statistics import quantiles
from countermove.outcomes import outcome
from countermove.outcomes.periods import measured

SCENARIO = "h200-2026"
LIVE = (
    "h200_china_revenue_usd_bn",
    "china_compute_h100e",
    "domestic_ai_chip_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "domestic_share_money",
    "us_china_compute_ratio_h100e",
    "gap_months_system_decode",
    "china_shortage_share",
)
LIVE_DRAWS = (64, 256, 512)
"""Draws of the app's answer to a move, of the one that follows, and twice as many."""


def live(draws: int, calls: int = 100, start: str = "2026-11") -> dict[str, float]:
    """Wall time of what the app runs for a lever change, warm, with JAX: the course, then bands of eight monthly outcomes.

    The course departs in the month that the move changes; `cpu_ms` is processor time of all cores, which other jobs on the
    machine move less.
    """
    opened = time.perf_counter()
    base = load_scenario(SCENARIO)
    compiled = compile_scenario(base)
    sample = sampled(compiled, seed=1, draws=draws)
    world = World(compiled, sample, World(compiled, sample).program())
    opened = time.perf_counter() - opened
    walls, cpus = [], []
    for call in range(calls + 3):
        wall, cpu = time.perf_counter(), time.process_time()
        monthly = world.course(compile_scenario(base.with_levers({"washington.duty": 0.25 + call * 1e-3}, start=start)))
        for name in LIVE:
            quantiles(measured(outcome(name).measure, monthly, 1, draws))
        walls.append(1e3 * (time.perf_counter() - wall))
        cpus.append(1e3 * (time.process_time() - cpu))
    walls, cpus = sorted(walls[3:]), sorted(cpus[3:])
    return {
        "p50_ms": walls[calls // 2],
        "p99_ms": walls[min(calls - 1, int(0.99 * calls))],
        "least_ms": walls[0],
        "cpu_ms": cpus[0],
        "open_s": opened,
    }
