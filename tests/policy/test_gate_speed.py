"""Compiling is fast enough for a slider."""

from __future__ import annotations

import time
from collections.abc import Callable

from countermove.policy import gates
from countermove.policy.gate_products import load_gate_products
from countermove.policy.gates import compile_gates
from countermove.policy.levers import compile_levers
from countermove.policy.rules import load_rules

PRODUCTS = tuple(load_gate_products().products)


def fastest(call: Callable[[], object], repeats: int = 7) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def test_gates_compile_within_50_ms_even_without_a_cached_history() -> None:
    levers = compile_levers({"beijing.import_gate": 0.5, "washington.performance_ceiling": 21000})

    def cold() -> None:
        gates._history.cache_clear()
        compile_gates(levers, PRODUCTS)

    cold()
    assert fastest(cold) < 0.050


def test_rules_load_within_150_ms() -> None:
    def cold() -> None:
        load_rules.cache_clear()
        load_rules()

    assert fastest(cold) < 0.150
