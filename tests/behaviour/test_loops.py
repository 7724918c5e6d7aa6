"""The loops from the market back to performance have switches; with all off, H200 sales leave Chinese chips as they are."""

from __future__ import annotations

import numpy as np
import pytest
from market_runs import BOX, Month, box, changed, compiled, inputs, walk

LOOPS = ("research_loop", "capacity_loop", "learning_loop", "software_loop")
PERFORMANCE = ("knowledge", "programme_clock", "performance_factor", "software", "cumulative_wafers")


def months(preset: str, **switches: float) -> list[Month]:
    return list(walk(inputs(compiled(preset), changed(box(), **switches))))


@pytest.fixture(scope="module")
def cut() -> tuple[list[Month], list[Month]]:
    """Without and with H200 sales, all loops off."""
    off = dict.fromkeys(LOOPS, 0.0)
    return months("no-h200", **off), months("open-h200+open", **off)


def test_h200s_are_sold_in_one_of_the_two(cut: tuple[list[Month], list[Month]]) -> None:
    none, some = (sum(m.flows.units[6] for m in run) for run in cut)
    assert np.all(none == 0.0)
    assert np.all(some > 1.0)


def test_with_all_loops_off_h200_sales_leave_domestic_performance_alone_to_the_last_bit(
    cut: tuple[list[Month], list[Month]],
) -> None:
    for one, other in zip(*cut, strict=True):
        for name in PERFORMANCE:
            assert np.array_equal(getattr(one.after, name), getattr(other.after, name)), (name, one.number)
        for name in ("launched", "research_spending", "die_yield", "non_yield_cost", "capacity_spending", "wafer_capacity"):
            assert np.array_equal(one.flows[name], other.flows[name]), (name, one.number)


def test_with_all_loops_off_h200_sales_still_take_money_from_domestic_chips(cut: tuple[list[Month], list[Month]]) -> None:
    sold = [sum(m.flows.vendor_revenue.sum(axis=0) for m in run) for run in cut]
    assert np.median(sold[1] - sold[0]) < 0.0


TOUCHED = {
    "research_loop": "knowledge",
    "capacity_loop": "capacity_extra",
    "learning_loop": "cumulative_output",
    "software_loop": "software",
}


@pytest.mark.parametrize("loop", LOOPS)
def test_each_loop_alone_carries_h200_sales_to_its_own_stock(loop: str) -> None:
    switches = dict.fromkeys(LOOPS, 0.0) | {loop: 1.0}
    one, other = months("no-h200", **switches)[-1], months("open-h200+open", **switches)[-1]
    moved = np.abs(getattr(one.after, TOUCHED[loop]) - getattr(other.after, TOUCHED[loop])).reshape(-1, BOX).max(axis=0)
    assert np.mean(moved > 1e-9) > 0.5
