"""Driving the market for a screen: the past is simulated once, the months that a lever can move again and again.

The same mechanisms as `market.simulate`, month by month, but from any month on. On JAX the loop is compiled once per number of
draws, in the background; until then, and whenever the shapes differ from the compiled ones, NumPy does the work.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from countermove.market.engines.jax_engine import compiler_options, require_jax
from countermove.market.engines.settled import settling
from countermove.market.engines.traced import Traced, plain
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.model import Model
from countermove.market.observe import observe
from countermove.market.simulate import simulate_months
from countermove.market.state import State
from countermove.quantities.calendar import MONTHS, month_index

Floats = NDArray[np.float64]
Monthly = Mapping[str, Floats]

SPLIT: Final = month_index("2026-01")
"""Scenarios that differ from the status quo only from this month on share one simulation of everything before it."""

KIND: Final = np.float32
"""Precision of the compiled loop: a screen shows three digits, and single precision keeps four (docs/decisions/0050)."""


@dataclass(frozen=True)
class Stretch:
    """Simulated months: series by name, (month, ..., draw), and the stocks after the last of them."""

    monthly: Monthly
    final: State


def with_numpy(inputs: MarketInputs, state: State, first: int, last: int) -> Stretch:
    """Simulate the months [first, last) from a state, as a plain loop."""
    found = simulate_months(inputs, state, first, last)
    return Stretch(found.monthly, found.final)


class Accelerator:
    """The loop compiled by JAX, one program per number of draws and months; `simulate` answers None where it has none."""

    def __init__(self) -> None:
        self._programs: dict[tuple[Any, ...], Any] = {}
        self._shapes: dict[int, MarketInputs] = {}
        self._wanted: set[tuple[Any, ...]] = set()
        self._lock = threading.Lock()
        self.available = _jax_is_installed()

    def ready(self, draws: int) -> bool:
        """Tell whether both stretches of the clock are compiled for a number of draws."""
        return all((draws, months) in self._programs for months in (MONTHS - SPLIT, SPLIT))

    def prepare(self, inputs: MarketInputs) -> None:
        """Compile the programs for inputs of these shapes: both stretches of the clock."""
        if not self.available:
            return
        with self._lock:
            self._shapes[inputs.draws] = inputs
            for first, last in ((SPLIT, MONTHS), (0, SPLIT)):
                self._programs[(inputs.draws, last - first)] = _compiled(inputs, first, last)

    def simulate(self, inputs: MarketInputs, state: State, first: int, last: int) -> Stretch | None:
        """Return the months [first, last), or None where no program fits."""
        program = self._programs.get((inputs.draws, last - first))
        if program is None:
            return None
        arguments = _fitted(_arguments(inputs, state, first, last), _arguments(self._shapes[inputs.draws], state, first, last))
        if arguments is None:
            return None
        final, stored = program(*arguments)
        return Stretch(
            {name: np.asarray(value) for name, value in stored.items()}, State(*[np.asarray(array) for array in final])
        )


def _jax_is_installed() -> bool:
    from importlib.util import find_spec

    return find_spec("jax") is not None


def _is_static(values: Any) -> bool:
    return np.asarray(values).dtype.kind in "iu"


def _arguments(inputs: MarketInputs, state: State, first: int, last: int) -> tuple[Any, ...]:
    """Return the arguments of the compiled loop: state, parameters, constants that are no indices, monthly inputs."""
    numbers = {name: np.asarray(value, KIND) for name, value in inputs.constants.items() if not _is_static(value)}
    parameters = {name: np.asarray(value, KIND) for name, value in inputs.parameters.items()}
    monthly = {name: np.ascontiguousarray(value[first:last], KIND) for name, value in inputs.monthly.items()}
    return tuple(np.asarray(array, KIND) for array in state), parameters, numbers, monthly


def _fitted(given: tuple[Any, ...], pattern: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Spread pinned values over draws where the program expects an array; None where the shapes cannot agree."""
    fitted: list[Any] = [given[0]]
    for part, shapes in zip(given[1:], pattern[1:], strict=True):
        if part.keys() != shapes.keys():
            return None
        spread = {}
        for name, value in part.items():
            wanted = shapes[name].shape
            if value.shape != wanted:
                try:
                    value = np.ascontiguousarray(np.broadcast_to(value, wanted))
                except ValueError:
                    return None
            spread[name] = value
        fitted.append(spread)
    if any(one.shape != other.shape for one, other in zip(given[0], pattern[0], strict=True)):
        return None
    return tuple(fitted)


def _compiled(inputs: MarketInputs, first: int, last: int) -> Any:
    """Return the loop over the months as one compiled program."""
    jax = require_jax()
    import jax.numpy as jnp

    static = {name: value for name, value in inputs.constants.items() if _is_static(value)}
    model = Model()

    def traced(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: Traced(value, KIND) for name, value in values.items()}

    def run(start: Any, parameters: Any, numbers: Any, monthly: Any) -> Any:
        p, c = Bundle(traced(parameters)), Bundle({**traced(numbers), **static})

        def month(state: State, x: Any) -> Any:
            now = Bundle(traced(x))
            with settling():
                new, flows = model.month(State(*[Traced(one, KIND) for one in state]), p, c, now, np)
                seen = observe(new, p, c, now, flows, np)
            stored = {name: plain(value, KIND) for name, value in seen.items()}
            return State(*[jnp.asarray(plain(one, KIND), dtype=KIND) for one in new]), stored

        return jax.lax.scan(month, State(*start), monthly)

    arguments = _arguments(inputs, inputs.initial, first, last)
    return cast(Any, jax.jit(run, compiler_options=compiler_options(jax))).lower(*arguments).compile()
