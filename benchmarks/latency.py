"""Print how long the steps of one run take, each as the best of several, beside a fixed loop that shows how busy the machine is.

python -m benchmarks.latency
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

REPEATS = 5


def best(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Least seconds of several calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def process(code: str) -> float:
    """Least wall seconds of a fresh interpreter running `code`, less those of one that does nothing."""

    def run(text: str) -> float:
        return best(lambda: subprocess.run([sys.executable, "-c", text], check=True, stdout=subprocess.DEVNULL))

    return run(code) - run("pass")


def exponentials_per_second() -> float:
    """Rate of NumPy's float64 exp on an array that stays in cache."""
    values = np.linspace(-1.0, 1.0, 4096)
    return 4096 * 200 / best(lambda: [np.exp(values) for _ in range(200)])


def month_loop() -> list[tuple[str, str]]:
    """Seconds and counted transcendental operations of 256 draws over all months on NumPy."""
    from countermove.experiments.pipeline import compile_scenario, sampled
    from countermove.experiments.scenario import load_scenario
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate

    compiled = compile_scenario(load_scenario("h200-2026"))
    values = sampled(compiled, seed=2026, draws=256)
    inputs = compile_market(values, compiled.gates, compiled.levers)
    seconds = best(lambda: simulate(inputs), 3)
    counted = counted_operations(inputs)
    rate = exponentials_per_second()
    return [
        ("compile 256 draws", f"{best(lambda: compile_market(values, compiled.gates, compiled.levers), 3) * 1e3:.0f} ms"),
        ("256 draws x 132 months, NumPy float64", f"{seconds * 1e3:.0f} ms (goal 300 ms)"),
        ("transcendental operations in it (exp, log, power)", f"{counted / 1e6:.1f} million"),
        ("the same at the machine's exp rate", f"{counted / rate * 1e3:.0f} ms ({rate / 1e6:.0f} M exp/s)"),
    ]


class _Counting:
    """A stand-in for NumPy that counts the elements given to transcendental functions; a power counts as two."""

    def __init__(self) -> None:
        self.elements = 0

    def __getattr__(self, name: str) -> object:
        real = getattr(np, name)
        if name not in ("exp", "log", "log2", "expm1", "log1p"):
            return real

        def counted(*values: object, **options: object) -> object:
            result = real(*values, **options)
            self.elements += np.size(result)
            return result

        return counted


def counted_operations(inputs: object) -> int:
    """Elements through exp and log in all months; powers written with `**` are not seen and are left out."""
    from countermove.market.inputs import Bundle, MarketInputs
    from countermove.market.model import Model
    from countermove.market.observe import observe
    from countermove.quantities.calendar import MONTHS

    assert isinstance(inputs, MarketInputs)
    counting, model, state = _Counting(), Model(), inputs.initial
    p, c = Bundle(inputs.parameters), Bundle(inputs.constants)
    for month in range(MONTHS):
        x = Bundle({name: values[month] for name, values in inputs.monthly.items()})
        state, flows = model.month(state, p, c, x, counting)
        observe(state, p, c, x, flows, counting)
    return counting.elements


def live_moves() -> list[tuple[str, str]]:
    """A lever move as the app answers it: 8 outcomes x 132 months x 5 quantiles; needs JAX."""
    from importlib.util import find_spec

    from benchmarks.live import LIVE_DRAWS, live

    if find_spec("jax") is None:
        return [("live move", "JAX is not installed")]
    found = {draws: live(draws, calls=50) for draws in LIVE_DRAWS}
    return [
        (f"live move, {draws} draws, p50 and p99", f"{times['p50_ms']:.0f}, {times['p99_ms']:.0f} ms")
        for draws, times in found.items()
    ]


def main() -> None:
    """Print the table."""
    rows = [
        ("a loop of a million additions (busy machines are slower)", f"{best(lambda: sum(range(1_000_000))) * 1e3:.0f} ms"),
        ("import countermove", f"{process('import countermove') * 1e3:.0f} ms (goal 300 ms)"),
        ("load parameters", f"{process('from countermove.evidence.ledger import load_parameters as f; f()') * 1e3:.0f} ms"),
        ("load rules", f"{process('from countermove.policy.rules import load_rules as f; f()') * 1e3:.0f} ms"),
        *month_loop(),
        *live_moves(),
        ("countermove run h200-2026 --draws 1000 --json, whole process", f"{process(WHOLE):.2f} s (goal 3 s)"),
    ]
    for name, figure in rows:
        print(f"{name:65s} {figure}")


RUN = ["countermove", "run", "h200-2026", "--draws", "1000", "--json"]
WHOLE = f"import sys; from countermove.cli.app import main; sys.argv = {RUN!r}; main()"

if __name__ == "__main__":
    main()
