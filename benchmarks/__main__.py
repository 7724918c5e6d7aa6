"""One command: `python -m benchmarks [--pysd PYTHON] [--out FILE]`. Every pair is measured in turns, and ratios are printed.

Times are processor seconds of one core, least of several rounds, because other jobs may share the machine; latencies are wall
times.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("COUNTERMOVE_DEVICES", "1")

import numpy as np

from benchmarks import counting, stock_flow
from benchmarks.live import LIVE_DRAWS, live
from countermove.ema import one_experiment
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.scenario import load_scenario
from countermove.experiments.sweep_chunk import _with_numpy as with_numpy
from countermove.experiments.sweep_file import DEFAULT_OUTCOMES
from countermove.experiments.sweep_jax import batch_of, engine_for
from countermove.experiments.sweep_plan import Quantity
from countermove.outcomes import OUTCOMES

SCENARIO = "h200-2026"
QUANTITIES = tuple(Quantity(name, "horizon" if OUTCOMES[name].kind == "date" else "2032") for name in DEFAULT_OUTCOMES)
SERIES = ("units", "value", "installed_h100e", "us_h100e", "vendor_revenue", "nvidia_china", "frontier_system", "spent")


def market(sizes: tuple[int, ...]) -> dict[str, Any]:
    """Runs a core-second of our model: JAX float32 at several batch sizes, NumPy, and one experiment at a time.

    The machine's rate of exponentials and logarithms is measured in the same turns, because it moves with what else runs.
    """
    compiled = compile_scenario(load_scenario(SCENARIO))
    engine = engine_for(QUANTITIES, "single")
    draws = sampled(compiled, seed=1, draws=max(sizes))
    given = {size: batch_of(compiled, {name: values[:size] for name, values in draws.items()}) for size in sizes}

    def jax_runs(size: int) -> Any:
        return engine.outcomes(given[size])

    experiment = one_experiment(SCENARIO, outcomes=DEFAULT_OUTCOMES)
    block = {name: values[:1024] for name, values in draws.items()}
    experiment(demand_price_elasticity=2.0)
    found: dict[str, list[float]] = {}
    for size in sizes:
        jax_runs(size)  # compile
    for _ in range(3):  # in turns, so that a slow minute hits all of them
        for size in sizes:
            found.setdefault(f"jax_{size}", []).append(counting.cpu_seconds(lambda s=size: jax_runs(s), 1) / size)  # type: ignore[misc]
        found.setdefault("numpy_1024", []).append(counting.cpu_seconds(lambda: with_numpy(compiled, block, QUANTITIES), 1) / 1024)
        found.setdefault("one_at_a_time", []).append(counting.cpu_seconds(lambda: experiment(demand_price_elasticity=2.0), 1))
        found.setdefault("sampling", []).append(counting.cpu_seconds(lambda: sampled(compiled, seed=2, draws=8192), 1) / 8192)
        for kind in (np.float32, np.float64):
            found.setdefault(f"transcendental_{kind.__name__}", []).append(1.0 / counting.transcendental_rate(kind))
    rates = {name: 1.0 / min(times) for name, times in found.items()}
    limits = {f"{kind}_per_s": rates.pop(f"transcendental_{kind}") for kind in ("float32", "float64")}
    first = {name: values[: engine.lanes] for name, values in draws.items()}
    counted = counting.count(engine.listed(batch_of(compiled, first)).jaxpr)
    per_run = {name: number / engine.lanes for name, number in counted.items()}
    return {"runs_per_core_second": rates, "operations_per_run": per_run, "limit": limits}


def latency(calls: int = 20) -> dict[str, float]:
    """The same without a compiled program: monthly quantiles of eight series over 512 draws, whole runs on NumPy, in process."""
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate

    times = []
    for call in range(calls):
        started = time.perf_counter()
        scenario = load_scenario(SCENARIO).with_levers({"washington.duty": 0.25 + call * 1e-3})
        compiled = compile_scenario(scenario)
        inputs = compile_market(sampled(compiled, seed=1, draws=512), compiled.gates, compiled.levers)
        monthly = simulate(inputs, keep=SERIES.__contains__).monthly
        for name in SERIES:
            np.sort(monthly[name].reshape(132, -1, 512).sum(axis=1), axis=1)[:, [25, 127, 255, 383, 485]]
        times.append(time.perf_counter() - started)
    ordered = sorted(times[2:])
    return {"p50_ms": 1e3 * ordered[len(ordered) // 2], "p99_ms": 1e3 * ordered[-1]}


def cold_start() -> float:
    """Wall seconds from an empty process to a first answer of 100 draws."""
    code = "import countermove; countermove.load('h200-2026').run(draws=100).quantiles()"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def stocks(pysd: str | None) -> dict[str, Any]:
    """The same stock-flow model in our form, and in PySD under EMA Workbench, in turns."""
    lanes, chunks = stock_flow.LANES, 128
    p = stock_flow.sample(chunks * lanes)
    cast = {name: values.astype(np.float32).reshape(chunks, lanes) for name, values in p.items()}
    run = stock_flow.with_jax(chunks)
    run(cast).block_until_ready()
    ours, theirs, version = [], [], None
    middle = {name: np.array([0.5 * (low + high)]) for name, (low, high) in stock_flow.PARAMETERS.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stocks.mdl"
        path.write_text(stock_flow.vensim())
        for _ in range(3):
            ours.append(counting.cpu_seconds(lambda: run(cast).block_until_ready()) / (chunks * lanes))
            if pysd is not None:
                command = [pysd, str(Path(__file__).parent / "pysd_side.py"), str(path), "8"]
                said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
                np.testing.assert_allclose(stock_flow.with_numpy(middle)[:, 0], said["final"], rtol=1e-9)
                theirs.append(said["cpu_s"] / said["runs"])
                version = said["pysd"]
    found: dict[str, Any] = {"ours_runs_per_core_second": 1 / min(ours)}
    if theirs:
        found |= {"pysd_under_ema_runs_per_core_second": 1 / min(theirs), "pysd": version, "ratio": min(theirs) / min(ours)}
    return found


def main() -> None:
    """Measure, print ratios and write a dated file."""
    options = argparse.ArgumentParser(prog="python -m benchmarks")
    options.add_argument("--pysd", help="interpreter that has pysd and ema_workbench<3; without it that pair is left out")
    options.add_argument("--sizes", default="1024,8192", help="batch sizes of the JAX engine")
    options.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / f"{datetime.date.today()}.json")
    given = options.parse_args()
    sizes = tuple(int(size) for size in given.sizes.split(","))
    ours = market(sizes)
    limit: dict[str, float] = ours.pop("limit")
    document: dict[str, Any] = {
        "date": str(datetime.date.today()),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "system": platform.system(), "load": os.getloadavg()[0]},
        "versions": {name: _version(name) for name in ("numpy", "jax", "jaxlib")} | {"python": platform.python_version()},
        "limit": limit | {"memory_bytes_per_s": counting.memory_rate()},
        "market": ours,
        "live": {str(draws): live(draws) for draws in LIVE_DRAWS}
        | {"cores": float(len(os.sched_getaffinity(0))), "load": os.getloadavg()[0]},
        "latency": latency(),
        "cold_first_answer_s": cold_start(),
        "stock_flow": stocks(given.pysd),
    }
    rates, counted = document["market"]["runs_per_core_second"], document["market"]["operations_per_run"]["transcendental"]
    ratios = {
        f"share_of_transcendental_ceiling_{name}": rates[name] * counted / limit["float32_per_s"]
        for name in rates
        if name[:3] == "jax"
    }
    ratios["share_of_transcendental_ceiling_numpy_1024"] = rates["numpy_1024"] * counted / limit["float64_per_s"]
    ratios["jax_over_one_at_a_time"] = max(rates[name] for name in rates if name[:3] == "jax") / rates["one_at_a_time"]
    ratios["numpy_over_one_at_a_time"] = rates["numpy_1024"] / rates["one_at_a_time"]
    if "ratio" in document["stock_flow"]:
        ratios["stock_flow_over_pysd_under_ema"] = document["stock_flow"]["ratio"]
    ratios["live_numpy_over_jax"] = document["latency"]["p50_ms"] / document["live"]["512"]["p50_ms"]
    document["ratios"] = ratios
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(document, indent=1) + "\n")
    for name, value in ratios.items():
        print(f"{name:52} {value:,.4g}")
    for name, value in rates.items():
        print(f"{name + ', runs a core-second':52} {value:,.1f}")
    print(f"{'transcendentals a run':52} {counted:,.0f}")
    for name, times in (
        *((f"live move, {draws} draws, JAX", document["live"][str(draws)]) for draws in LIVE_DRAWS),
        ("whole runs, 512 draws, NumPy", document["latency"]),
    ):
        print(f"{name + ', p50, p99 (ms)':52} {times['p50_ms']:.0f}, {times['p99_ms']:.0f}")
    for draws in LIVE_DRAWS:
        print(f"{f'processor time of a live move, {draws} draws (ms)':52} {document['live'][str(draws)]['cpu_ms']:.0f}")
    print(f"{'first answer of a cold process (s)':52} {document['cold_first_answer_s']:.2f}")


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def _version(name: str) -> str:
    from importlib.metadata import version

    return version(name)


if __name__ == "__main__":
    main()
