"""Counted operations of a compiled program, and the machine's measured rates for them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

TRANSCENDENTAL = {"exp": 1, "log": 1, "log1p": 1, "expm1": 1, "exp2": 1, "pow": 2, "tanh": 1, "erf": 1, "erf_inv": 1, "sqrt": 0}


MOVES = frozenset(
    [
        "broadcast_in_dim",
        "reshape",
        "squeeze",
        "slice",
        "concatenate",
        "transpose",
        "copy",
        "convert_element_type",
        "stack",
        "pad",
        "rev",
        "gather",
        "dynamic_slice",
        "dynamic_update_slice",
        "xla_metadata_value",
    ]
)
"""Operations that work nothing out."""


def count(jaxpr: Any, times: float = 1.0, once: float = 1.0, changing: frozenset[Any] | None = None) -> Counter[str]:
    """Return transcendental and other element operations of a traced program; a power counts as one log and one exp.

    What no round of a loop changes counts once: the compiler takes it out of the loop. `changing` names the inputs that differ
    between rounds (None: all), `times` and `once` how often what hangs on them, and what does not, is worked out.
    """
    found: Counter[str] = Counter()
    moving = set(jaxpr.invars if changing is None else changing)
    for equation in jaxpr.eqns:
        moved = changing is None or any(not hasattr(one, "val") and one in moving for one in equation.invars)
        if moved:
            moving.update(equation.outvars)
        repeat, name = times if moved else once, equation.primitive.name
        values = [v for given in equation.params.values() for v in (given if isinstance(given, list | tuple) else [given])]
        inside = [getattr(v, "jaxpr", v) for v in values if hasattr(v, "jaxpr") or hasattr(v, "eqns")]
        for inner in inside:
            if name == "scan":
                rounds = frozenset(inner.invars[equation.params["num_consts"] :])
                found += count(inner, repeat * equation.params["length"], repeat, rounds)
            else:
                pairs = zip(inner.invars, equation.invars, strict=False)
                within = frozenset(own for own, given in pairs if not hasattr(given, "val") and given in moving)
                found += count(inner, repeat, once, None if changing is None else within)
        if inside:
            continue
        size = float(sum(np.prod(v.aval.shape) for v in equation.outvars)) * repeat
        if name in TRANSCENDENTAL:
            found["transcendental"] += TRANSCENDENTAL[name] * size
        elif name not in MOVES:
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


def aligned(count: int, kind: Any) -> Any:
    """Return an array that begins where a cache line does: others are a third slower, and NumPy's own begin anywhere."""
    room = np.empty(count * np.dtype(kind).itemsize + 64, np.uint8)
    start = -room.ctypes.data % 64
    return room[start : start + count * np.dtype(kind).itemsize].view(kind)


def transcendental_rate(kind: Any) -> float:
    """Exponentials and logarithms a second on one core, with NumPy's vector library on data in the cache."""
    values, out = aligned(8192, kind), aligned(8192, kind)
    values[:] = np.random.default_rng(1).uniform(0.5, 2.0, 8192)

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
