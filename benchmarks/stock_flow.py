"""A stock-flow model of 64 states x 132 months that every tool can express: ours, and as a Vensim file for PySD.

Sixteen products with price, capacity, backlog and experience: demand falls with price, shipments are the lesser of backlog and
capacity, cost falls with experience, prices follow cost and shortage, capacity follows backlog.
"""

from __future__ import annotations

from typing import Any

import numpy as np

PRODUCTS, MONTHS = 16, 132
LANES = 128
"""Draws stepped together: 64 stocks of as many lie in the first cache."""
PARAMETERS = {
    "elasticity": (0.8, 2.0),
    "learning": (0.1, 0.4),
    "scarcity": (0.0, 0.3),
    "price lag": (2.0, 12.0),
    "markup": (1.0, 1.5),
    "investment": (0.02, 0.1),
    "depreciation": (0.005, 0.02),
    "growth": (0.0, 0.4),
}
STOCKS = ("price", "capacity", "backlog", "experience")


def sample(draws: int, seed: int = 1) -> dict[str, Any]:
    """Uniform draws of every parameter."""
    generator = np.random.default_rng(seed)
    return {name: generator.uniform(low, high, draws) for name, (low, high) in PARAMETERS.items()}


def step(state: tuple[Any, ...], month: Any, p: dict[str, Any], base: Any, xp: Any) -> tuple[Any, ...]:
    """One month, all stocks (product, draw)."""
    price, capacity, backlog, experience = state
    demand = base * xp.exp(p["growth"] * month / 12.0 - p["elasticity"] * xp.log(price))
    shipped = xp.minimum(backlog, capacity)
    cost = xp.exp(-p["learning"] * xp.log(experience / 10.0))
    target = p["markup"] * cost * (1.0 + p["scarcity"] * backlog / (capacity + 1.0))
    return (
        price + (target - price) / p["price lag"],
        capacity + (backlog - capacity) * p["investment"] - p["depreciation"] * capacity,
        backlog + demand - shipped,
        experience + shipped,
    )


def start(draws: int, xp: Any, kind: Any) -> tuple[Any, ...]:
    """Stocks before the first month."""
    one = xp.ones((PRODUCTS, draws), dtype=kind)
    first = 1.0 + 0.1 * np.arange(PRODUCTS, dtype=kind)[:, None]
    return one, one * first, one, one * 10.0


def base_demand(kind: Any) -> Any:
    """Demand at price 1 by product."""
    return (0.5 + 0.1 * np.arange(PRODUCTS, dtype=kind))[:, None]


def with_numpy(p: dict[str, Any]) -> Any:
    """Final experience, (product, draw)."""
    state = start(len(p["growth"]), np, np.float64)
    for month in range(MONTHS):
        state = step(state, float(month), p, base_demand(np.float64), np)
    return state[3]


def with_jax(chunks: int, lanes: int = LANES) -> Any:
    """A compiled function of parameters (chunk, lane) to final experience (chunk, product, lane), float32."""
    import jax
    import jax.numpy as jnp

    from countermove.market.engines.jax_engine import compiler_options
    from countermove.market.engines.one_function import one_function

    def chunk(p: dict[str, Any]) -> Any:
        months = jnp.arange(MONTHS, dtype=jnp.float32)
        body = lambda state, month: (step(state, month, p, base_demand(np.float32), jnp), None)  # noqa: E731
        return jax.lax.scan(body, start(lanes, jnp, np.float32), months)[0][3]

    program = jax.jit(lambda p: jax.lax.map(one_function(chunk), p), compiler_options=compiler_options(jax))
    return lambda p: program(p)[0]


def vensim() -> str:
    """The same model as a Vensim file."""
    lines = ["{UTF-8}"]
    for name, (low, high) in PARAMETERS.items():
        lines.append(f"{name} = {0.5 * (low + high)} ~~|")
    for i in range(PRODUCTS):
        lines += [
            f"demand {i} = {0.5 + 0.1 * i} * EXP(growth * Time / 12 - elasticity * LN(price {i})) ~~|",
            f"shipped {i} = MIN(backlog {i}, capacity {i}) ~~|",
            f"shortage {i} = backlog {i} / (capacity {i} + 1) ~~|",
            f"target {i} = markup * EXP(-learning * LN(experience {i} / 10)) * (1 + scarcity * shortage {i}) ~~|",
            f"price {i} = INTEG((target {i} - price {i}) / price lag, 1) ~~|",
            f"capacity {i} = INTEG((backlog {i} - capacity {i}) * investment - depreciation * capacity {i}, {1 + 0.1 * i}) ~~|",
            f"backlog {i} = INTEG(demand {i} - shipped {i}, 1) ~~|",
            f"experience {i} = INTEG(shipped {i}, 10) ~~|",
        ]
    lines += ["INITIAL TIME = 0 ~~|", f"FINAL TIME = {MONTHS} ~~|", "TIME STEP = 1 ~~|", "SAVEPER = TIME STEP ~~|"]
    return "\n".join(lines) + "\n"
