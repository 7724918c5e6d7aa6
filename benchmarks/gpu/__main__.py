"""`python -m benchmarks.gpu`: the JAX engine on whatever accelerator JAX finds, against that device's own measured limits.

The engine runs unchanged; only batch sizes grow. Prints runs a second, and the ratio to the device's measured rates of
exponentials and of memory for the counted operations. Not yet run on a GPU: no figure is claimed.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from benchmarks import counting
from benchmarks.__main__ import QUANTITIES, SCENARIO
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.scenario import load_scenario
from countermove.experiments.sweep_jax import batch_of, engine_for


def seconds(work: Any, repeats: int = 5) -> float:
    """Least wall time of some work that ends when its result is on the host."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def limits() -> dict[str, float]:
    """Exponentials a second and bytes a second, measured on the device on arrays far beyond its caches."""
    import jax
    import jax.numpy as jnp

    values = jnp.linspace(0.1, 1.0, 1 << 26, dtype=jnp.float32)
    many = jax.jit(lambda x: jax.lax.fori_loop(0, 64, lambda _, y: jnp.exp(-y), x))
    add = jax.jit(lambda x: x + 1.0)
    many(values).block_until_ready()
    add(values).block_until_ready()
    exponentials = 64 * values.size / seconds(lambda: many(values).block_until_ready())
    return {"exp_per_s": exponentials, "bytes_per_s": 2 * values.nbytes / seconds(lambda: add(values).block_until_ready())}


def main() -> None:
    """Measure and print."""
    import jax

    compiled = compile_scenario(load_scenario(SCENARIO))
    engine = engine_for(QUANTITIES, "single")
    device, found = limits(), {}
    for size in (1024, 16_384, 131_072):
        batch = batch_of(compiled, sampled(compiled, seed=1, draws=size))
        engine.outcomes(batch)

        def work(given: Any = batch) -> Any:
            return engine.outcomes(given)

        found[size] = size / seconds(work, 3)
    first = {name: values[: engine.lanes] for name, values in sampled(compiled, seed=1, draws=engine.lanes).items()}
    counted = counting.count(engine.listed(batch_of(compiled, first)).jaxpr)["transcendental"] / engine.lanes
    best = max(found.values())
    share = best * counted / device["exp_per_s"]
    print(
        json.dumps(
            {
                "device": str(jax.devices()[0]),
                "limits": device,
                "runs_per_s": found,
                "share_of_exp_limit": float(np.round(share, 4)),
            }
        )
    )


if __name__ == "__main__":
    main()
