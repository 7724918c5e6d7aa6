"""One compiled program for a screen: months from any month on, with everything that a lever may move as an argument.

Draws are cut into shards of equal size, one per core; each is run by a thread of its own on the same program. What no lever
moves (parameters, constants, most monthly inputs) stays on the device; first and last month are arguments, so a run may be taken
up where it departs from another one. Single precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

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
from countermove.market.state import State
from countermove.quantities.calendar import MONTHS

Singles = NDArray[np.float32]
Measure = Callable[[Mapping[str, Any], Any, Any], Sequence[Any]]
"""(series of the month, its index, smuggled compute at the end of 2023) -> one value per row, (draw,)."""

LEAST_SHARD = 128
"""Fewer draws than this are not worth a second core."""
END_OF_2023 = 23
NOT_YET = 1e30
"""Diverted compute at the end of 2023 while that lies ahead, so that nothing counts as diverted since."""


class Stocks(NamedTuple):
    """Stocks after a month, and the diverted compute at the end of 2023, which one outcome counts from."""

    state: Any
    smuggled: Any


class LiveProgram:
    """The months of one set of draws, compiled once; `walk` runs any stretch of them."""

    def __init__(self, inputs: MarketInputs, moved: frozenset[str], rows: int, measure: Measure) -> None:
        """Keep inputs on the device and compile.

        moved: names of the monthly inputs that levers move; they are given to every walk. rows: outcomes that `measure` gives.
        """
        self._jax = require_jax()
        self._measure, self._rows = measure, rows
        self._indices = {name: value for name, value in inputs.constants.items() if np.asarray(value).dtype.kind in "iu"}
        self.shards = 2 if inputs.draws % 2 == 0 and inputs.draws >= 2 * LEAST_SHARD else 1
        self._draws, self._lanes = inputs.draws, inputs.draws // self.shards
        self._threads = ThreadPoolExecutor(self.shards)
        constants = {name: value for name, value in inputs.constants.items() if name not in self._indices}
        monthly = {name: value for name, value in inputs.monthly.items() if name not in moved}
        self._kept = [self.on_device(part) for part in zip(*map(self.cut, (inputs.parameters, constants, monthly)), strict=True)]
        first = self.cut({"state": tuple(inputs.initial), "smuggled": np.full(inputs.draws, NOT_YET)})
        self.start = [Stocks(**self.on_device(part)) for part in first]
        given = self.cut({name: value for name, value in inputs.monthly.items() if name in moved})
        empty = np.zeros((MONTHS, rows, self._lanes), np.float32)
        program = self._jax.jit(one_function(self._walk), compiler_options=compiler_options(self._jax))
        arguments = (np.int32(0), np.int32(1), self.start[0], empty, *self._kept[0], self.on_device(given[0]))
        self._program: Any = program.lower(*arguments).compile()

    def cut(self, values: Any) -> list[Any]:
        """Return arrays as shards: the last axis is cut where it holds draws, all are single precision."""

        def shard(number: int, value: Any) -> Any:
            if isinstance(value, Mapping):
                return {name: shard(number, one) for name, one in value.items()}
            if isinstance(value, tuple):
                return tuple(shard(number, one) for one in value)
            array = np.asarray(value)
            if array.ndim and array.shape[-1] == self._draws:
                array = array[..., number * self._lanes : (number + 1) * self._lanes]
            return np.ascontiguousarray(array, dtype=np.float32)

        return [shard(number, values) for number in range(self.shards)]

    def on_device(self, values: Any) -> Any:
        """Return arrays where the program reads them."""
        return self._jax.device_put(values)

    def walk(
        self, first: int, last: int, stocks: Sequence[Stocks], rows: Sequence[Any], moved: Sequence[Any]
    ) -> tuple[list[Stocks], list[Any]]:
        """Run the months [first, last): the stocks after them, and `rows` (month, row, draw) with those months replaced."""

        def one(number: int) -> tuple[Stocks, Any]:
            given = (np.int32(first), np.int32(last), stocks[number], rows[number], *self._kept[number], moved[number])
            found: tuple[Stocks, Any] = self._jax.block_until_ready(self._program(*given))[0]
            return found

        done = list(self._threads.map(one, range(self.shards)))
        return [after for after, _ in done], [series for _, series in done]

    def empty(self) -> list[Any]:
        """Return rows of zeros, to begin with."""
        return [self.on_device(np.zeros((MONTHS, self._rows, self._lanes), np.float32)) for _ in range(self.shards)]

    def joined(self, rows: Sequence[Any]) -> Singles:
        """Return rows of all draws, (month, row, draw)."""
        return np.concatenate([np.asarray(part) for part in rows], axis=2)

    def _walk(
        self, first: Any, last: Any, stocks: Stocks, rows: Any, parameters: Any, constants: Any, monthly: Any, moved: Any
    ) -> Any:
        """Trace the loop over the months."""
        lax, numpy, kind = self._jax.lax, self._jax.numpy, np.float32
        p, c = Bundle(_traced(parameters)), Bundle({**_traced(constants), **self._indices})
        inputs, model = {**monthly, **moved}, Model()

        def month(number: Any, held: tuple[Stocks, Any]) -> tuple[Stocks, Any]:
            before, rows = held
            now = Bundle(_traced({name: lax.dynamic_index_in_dim(v, number, 0, keepdims=False) for name, v in inputs.items()}))
            with settling():
                state, flows = model.month(State(*[Traced(one, kind) for one in before.state]), p, c, now, np)
                seen = observe(state, p, c, now, flows, np)
                smuggled = numpy.where(number == END_OF_2023, plain(state.smuggled, kind), before.smuggled)
                found = self._measure(seen, Traced(number, kind), Traced(smuggled, kind))
            row = numpy.stack([numpy.broadcast_to(plain(one, kind), (self._lanes,)) for one in found])
            after = tuple(numpy.asarray(plain(one, kind), dtype=kind) for one in state)
            return Stocks(after, smuggled), lax.dynamic_update_index_in_dim(rows, row, number, 0)

        return lax.fori_loop(first, last, work_shared(month, first, (stocks, rows)), (stocks, rows))


def _traced(values: Mapping[str, Any]) -> dict[str, Traced]:
    return {name: Traced(value, np.float32) for name, value in values.items()}
