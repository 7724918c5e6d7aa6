"""Counted operations of a compiled program, and the machine's measured rates for them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

TRANSCENDENTAL = {"exp": 1, "log": 1, "log1p": 1, "expm1": 1, "exp2": 1, "pow": 2, "tanh": 1, "erf": 1, "erf_inv": 1, "sqrt": 0}


def count(jaxpr: Any, times: float = 1.0) -> Counter[str]:
    """Return transcendental and other element operations of a traced program; a power counts as one log and one exp."""
    found: Counter[str] = Counter()
    for equation in jaxpr.eqns:
        name = equation.primitive.name
        inner = [
            v
            for v in equation.params.values()
            for v in (v if isinstance(v, list | tuple) else [v])
            if hasattr(v, "jaxpr") or hasattr(v, "eqns")
        ]
        if inner:
            repeat = times * (equation.params["length"] if name == "scan" else 1)
            for part in inner:
                found += count(getattr(part, "jaxpr", part), repeat)
            continue
        size = float(sum(np.prod(v.aval.shape) for v in equation.outvars)) * times
        if name in TRANSCENDENTAL:
            found["transcendental"] += TRANSCENDENTAL[name] * size
        elif name not in (
            "broadcast_in_dim",
            "reshape",
            "squeeze",
            "slice",
            "concatenate",
            "transpose",
            "copy",
            "convert_element_type",
        ):
            found["other"] += size
    return found


def cpu_seconds(work: Callable[[], Any], repeats: int = 3) -> float:
    """Least processor time of some work, over repeats: other jobs on the machine weigh least on it."""
    best = float("inf")
    for _ in range(repeats):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def transcendental_rate(kind: Any) -> float:
    """Exponentials and logarithms a second on one core, with NumPy's vector library on data in the cache."""
    values = np.random.default_rng(1).uniform(0.5, 2.0, 8192).astype(kind)
    out = np.empty_like(values)

    def work() -> None:
        for _ in range(500):
            np.exp(values, out=out)
            np.log(values, out=out)

    return 1000 * values.size / cpu_seconds(work, 7)


def memory_rate() -> float:
    """Bytes a second of a triad a = b + c on one core, far beyond the cache."""
    b, c = np.ones(16_000_000), np.ones(16_000_000)
    a = np.empty_like(b)
    return 3 * a.nbytes / cpu_seconds(lambda: np.add(b, c, out=a), 5)
