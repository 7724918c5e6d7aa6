"""Drive the model over the months: a plain loop on NumPy, on JAX the compiled one of `engines/months.py`, the same mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.model import Model
from countermove.market.observe import LEVELS, UNITS, observe
from countermove.market.state import State
from countermove.quantities.calendar import MONTHS

Floats = NDArray[np.float64]
ENGINES = ("numpy", "jax")


@dataclass(frozen=True)
class Trajectory:
    """Monthly series by name, (month, ..., draw), and the stocks at the end of the last month."""

    monthly: Mapping[str, Floats]
    final: State
    engine: str


def simulate(
    inputs: MarketInputs,
    *,
    engine: str = "numpy",
    model: Model | None = None,
    keep: Callable[[str], bool] = lambda _: True,
) -> Trajectory:
    """Run all months. `keep` says by name which monthly series to store.

    With a time step below a month each month is run in equal sub-steps: flows add up, stocks are those of the last.
    Raises InputError for an unknown engine, EnvironmentProblem when JAX is not installed.
    """
    if engine not in ENGINES:
        raise InputError(f"no engine {engine!r}", where="engine", hint=did_you_mean(engine, ENGINES))
    chosen = model or Model()
    if engine == "numpy":
        return simulate_months(inputs, inputs.initial, 0, MONTHS, model=chosen, keep=keep)
    return _with_jax(inputs, chosen, keep)


def simulate_months(
    inputs: MarketInputs,
    state: State,
    first: int,
    last: int,
    *,
    model: Model | None = None,
    keep: Callable[[str], bool] = lambda _: True,
    xp: Any = np,
) -> Trajectory:
    """Run the months [first, last) on NumPy from the stocks before them; the series hold these months alone.

    Stretches one after the other give the bits of a whole run. `xp` is what the mechanisms take for NumPy, for example one that
    notes which bounds bind. InputError for months outside the clock.
    """
    if not 0 <= first <= last <= MONTHS:
        raise InputError(f"months {first} to {last} were asked for", where="months", hint=f"the clock has months 0 to {MONTHS}")
    chosen, p, c = model or Model(), Bundle(inputs.parameters), Bundle(inputs.constants)
    steps = round(1.0 / float(c.dt))
    stored: dict[str, Floats] = {}
    with np.errstate(under="ignore"):
        for month in range(first, last):
            x = Bundle({name: values[month] for name, values in inputs.monthly.items()})
            for sub in range(steps):
                state, flows = chosen.month(state, p, c, _only_once(x, sub), xp)
                seen = observe(state, p, c, x, flows, np)
                for name, value in seen.items():
                    if not keep(name):
                        continue
                    if name not in stored:
                        stored[name] = np.zeros((last - first, *value.shape))
                    if name in LEVELS or sub == 0:
                        stored[name][month - first] = value
                    else:
                        stored[name][month - first] += value
    return Trajectory(stored, state, "numpy")


#: Inputs that happen once in a month whatever the step: lumps and resets.
ONCE = ("stock_injection", "cap_base_lump", "cap_reset", "new_year", "reversal")


def _only_once(x: Bundle, sub: int) -> Bundle:
    """The month's inputs for a sub-step: lumps and resets belong to the first."""
    return x if sub == 0 else Bundle(x, **{name: x[name] * 0.0 for name in ONCE})


def _with_jax(inputs: MarketInputs, model: Model, keep: Callable[[str], bool]) -> Trajectory:
    from countermove.market.engines.jax_engine import require_jax
    from countermove.market.engines.months import CompiledMonths, put, rows, traced

    require_jax()
    import jax
    import jax.numpy as jnp

    if float(inputs.constants["dt"]) != 1.0:
        raise InputError("the JAX engine steps by whole months", where="dt", hint="use the NumPy engine for a finer step")
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    monthly = {name: jnp.asarray(values, dtype=np.float64) for name, values in inputs.monthly.items()}
    static = {name: value for name, value in inputs.constants.items() if np.asarray(value).dtype.kind in "iu"}
    moving = {name: value for name, value in inputs.constants.items() if name not in static}
    kind = np.float64

    @jax.jit
    def run(start: State, parameters: Any, numbers: Any, monthly: Any) -> Any:
        p, c = Bundle(traced(parameters, kind)), Bundle({**traced(numbers, kind), **static})
        months = CompiledMonths(p, c, kind, filter(keep, UNITS), model=model, shared=False)
        stocks = months.stocks(start)
        after, held = months.walk(0, MONTHS, stocks, monthly, rows(months.shapes(stocks, monthly), MONTHS), put)
        return months.state(after), held

    start = State(*[jnp.asarray(a) for a in inputs.initial])
    final, stored = run(start, dict(inputs.parameters), moving, monthly)
    series = {name: np.asarray(value) for name, value in stored.items()}
    return Trajectory(series, State(*[np.asarray(a) for a in final]), "jax")
