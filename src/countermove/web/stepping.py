"""Stepping the market for a screen, from any month to any later one: by NumPy, or by a loop that JAX has compiled.

The same mechanisms as `market.simulate`. The compiled loop is one program per number of draws; first and last month, and all that
gates and levers set, are its arguments, so no move compiles anything. What no lever moves stays on the device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from countermove.market.engines.jax_engine import compiler_options, require_jax
from countermove.market.engines.one_function import one_function
from countermove.market.engines.settled import settling
from countermove.market.engines.shared_work import work_shared
from countermove.market.engines.traced import Traced, plain
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.model import Model
from countermove.market.observe import observe
from countermove.market.simulate import simulate_months
from countermove.market.state import State
from countermove.outcomes import OUTCOMES
from countermove.quantities.calendar import MONTHS

Floats = NDArray[Any]
Monthly = Mapping[str, Floats]

KIND: Final = np.float32
"""Precision of the compiled loop: a screen shows three digits, and single precision keeps four (docs/decisions/0050)."""
READ: Final = frozenset(name for one in OUTCOMES.values() for name in one.reads)
"""The monthly series that any outcome is measured on; nothing else is kept."""


class OtherShapes(Exception):
    """Inputs do not fit the compiled program."""


class Steps(Protocol):
    """One way of stepping one set of draws."""

    engine: str
    start: Any
    """The stocks before the first month."""

    def walk(self, first: int, last: int, stocks: Any, moved: Monthly) -> tuple[Any, dict[str, Floats]]:
        """Return the stocks after the months [first, last) and the series of these months, (month, ..., draw)."""

    def held(self) -> Any:
        """Return what it holds in memory beyond the inputs that it was made from."""


class NumpySteps:
    """A plain loop over the months."""

    engine = "numpy"

    def __init__(self, inputs: MarketInputs) -> None:
        self._inputs = inputs
        self.start: Any = inputs.initial

    def walk(self, first: int, last: int, stocks: Any, moved: Monthly) -> tuple[Any, dict[str, Floats]]:
        """Simulate the months [first, last) from the stocks before them."""
        inputs = replace(self._inputs, monthly={**self._inputs.monthly, **moved})
        found = simulate_months(inputs, stocks, first, last, keep=READ.__contains__)
        return found.final, dict(found.monthly)

    def held(self) -> Any:
        """Return nothing: the inputs belong to the world."""
        return ()


class Program:
    """The loop over the months, compiled for one number of draws; `steps` gives None for inputs of other shapes."""

    def __init__(self, inputs: MarketInputs, moved: frozenset[str]) -> None:
        """Compile; `moved` names the monthly inputs that gates and levers set."""
        self._jax = require_jax()
        self._moved = moved
        self._static = {name: value for name, value in inputs.constants.items() if _is_static(value)}
        given = (*_kept(inputs, moved), {name: _single(inputs.monthly[name]) for name in moved})
        self._shapes = [{name: value.shape for name, value in part.items()} for part in given]
        start = tuple(_single(array) for array in inputs.initial)
        self._starts = [array.shape for array in start]
        program = self._jax.jit(one_function(self._loop), compiler_options=compiler_options(self._jax))
        self._program: Any = program.lower(np.int32(0), np.int32(1), State(*start), *given).compile()

    def steps(self, inputs: MarketInputs) -> CompiledSteps | None:
        """Return these inputs ready for the program, None where their shapes do not fit."""
        kept = [self._spread(part, shapes) for part, shapes in zip(_kept(inputs, self._moved), self._shapes, strict=False)]
        start = [_single(array) for array in inputs.initial]
        if None in kept or [array.shape for array in start] != self._starts:
            return None
        return CompiledSteps(self, self._jax.device_put(State(*start)), self._jax.device_put(kept))

    def moved(self, monthly: Monthly) -> dict[str, Floats] | None:
        """Return monthly inputs as the program reads them, None where a shape does not fit."""
        return self._spread({name: _single(monthly[name]) for name in monthly}, self._shapes[-1], some=True)

    def run(self, first: int, last: int, stocks: Any, kept: Any, moved: Any) -> tuple[Any, Mapping[str, Any]]:
        """Run the months [first, last): the stocks after them, and all months of every series, of which only these are filled."""
        found: tuple[Any, Mapping[str, Any]] = self._program(np.int32(first), np.int32(last), stocks, *kept, moved)[0]
        return found

    def put(self, values: Any) -> Any:
        """Return arrays where the program reads them."""
        return self._jax.device_put(values)

    @staticmethod
    def _spread(part: Monthly, shapes: Mapping[str, Any], *, some: bool = False) -> dict[str, Floats] | None:
        """Spread pinned values over draws where the program expects an array; None where the shapes cannot agree."""
        if not (part.keys() <= shapes.keys() if some else part.keys() == shapes.keys()):
            return None
        spread = {}
        for name, value in part.items():
            if value.shape != shapes[name]:
                try:
                    value = np.ascontiguousarray(np.broadcast_to(value, shapes[name]))
                except ValueError:
                    return None
            spread[name] = value
        return spread

    def _loop(self, first: Any, last: Any, start: Any, parameters: Any, constants: Any, monthly: Any, moved: Any) -> Any:
        """Trace the loop."""
        lax, jnp, inputs, model = self._jax.lax, self._jax.numpy, {**monthly, **moved}, Model()
        p, c = Bundle(_traced(parameters)), Bundle({**_traced(constants), **self._static})

        def month(number: Any, state: Any) -> tuple[State, dict[str, Any]]:
            x = Bundle(_traced({name: lax.dynamic_index_in_dim(v, number, 0, keepdims=False) for name, v in inputs.items()}))
            with settling():
                new, flows = model.month(State(*[Traced(one, KIND) for one in state]), p, c, x, np)
                seen = observe(new, p, c, x, flows, np)
            after = State(*[jnp.asarray(plain(one, KIND), dtype=KIND) for one in new])
            return after, {name: jnp.asarray(plain(one, KIND), dtype=KIND) for name, one in seen.items() if name in READ}

        def step(number: Any, held: tuple[Any, Any]) -> tuple[Any, Any]:
            state, seen = month(number, held[0])
            return state, {name: lax.dynamic_update_index_in_dim(held[1][name], one, number, 0) for name, one in seen.items()}

        shapes = self._jax.eval_shape(lambda state: month(0, state)[1], start)
        empty = {name: jnp.zeros((MONTHS, *one.shape), KIND) for name, one in shapes.items()}
        held = (State(*start), empty)
        return lax.fori_loop(first, last, work_shared(step, first, held), held)


class CompiledSteps:
    """One set of draws on a compiled program."""

    engine = "jax"

    def __init__(self, program: Program, start: Any, kept: Any) -> None:
        self._program, self.start, self._kept = program, start, kept
        self._placed: dict[str, tuple[Floats, Any]] = {}

    def walk(self, first: int, last: int, stocks: Any, moved: Monthly) -> tuple[Any, dict[str, Floats]]:
        """Run the months [first, last) from the stocks before them; OtherShapes where the inputs do not fit the program."""
        final, seen = self._program.run(first, last, stocks, self._kept, self._place(moved))
        return final, {name: np.asarray(value)[first:last] for name, value in seen.items()}

    def keep(self, moved: Monthly) -> None:
        """Keep inputs on the device that many scenarios share; the others share these very arrays where nothing moves them."""
        self._placed = {name: (moved[name], value) for name, value in self._place(moved).items()}

    def held(self) -> Any:
        """Return what lies on the device."""
        return self.start, self._kept, list(self._placed.values())

    def _place(self, moved: Monthly) -> dict[str, Any]:
        known = {
            name: self._placed[name][1] for name, one in moved.items() if name in self._placed and self._placed[name][0] is one
        }
        rest = self._program.moved({name: one for name, one in moved.items() if name not in known})
        if rest is None:
            raise OtherShapes
        return {**known, **self._program.put(rest)}


def _kept(inputs: MarketInputs, moved: frozenset[str]) -> tuple[dict[str, Floats], ...]:
    """Return what no lever moves: parameters, constants that are no indices, monthly inputs."""
    return (
        {name: _single(value) for name, value in inputs.parameters.items()},
        {name: _single(value) for name, value in inputs.constants.items() if not _is_static(value)},
        {name: _single(value) for name, value in inputs.monthly.items() if name not in moved},
    )


def _single(value: Any) -> Floats:
    return np.ascontiguousarray(value, dtype=KIND) if np.ndim(value) else np.asarray(value, KIND)


def _is_static(values: Any) -> bool:
    return np.asarray(values).dtype.kind in "iu"


def _traced(values: Mapping[str, Any]) -> dict[str, Traced]:
    return {name: Traced(value, KIND) for name, value in values.items()}
