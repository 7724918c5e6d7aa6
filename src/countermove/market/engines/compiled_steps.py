"""Stepping a set of draws by a loop that JAX has compiled once, for screens: any stretch of months, any gates and levers.

First and last month, stocks and all that gates and levers set are arguments of the program, so no move compiles anything. What no
lever moves stays on the device. Draws are cut into pieces of `PIECE`, which run on threads of their own. Single precision.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from countermove.market.engines.jax_engine import compiler_options, require_jax
from countermove.market.engines.months import CompiledMonths, Stocks, put, rows, staged, traced
from countermove.market.engines.one_function import one_function
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.steps import Floats, Monthly
from countermove.quantities.calendar import MONTHS

KIND: Final = np.float32
"""Precision of the compiled loop: a screen shows three digits, and single precision keeps four (docs/decisions/0050)."""
PIECE: Final = 256
"""Draws that are stepped together where a number of draws is a multiple of it; halves of it cost a tenth more processor time, and
screens ask for no more while a second request may want the other core."""


@dataclass(frozen=True, eq=False)
class OnDevice:
    """Arrays that lie where a program reads them, by their weight alone."""

    nbytes: int


class OtherShapes(Exception):
    """Inputs do not fit the compiled program."""


class Program:
    """The loop over the months, compiled for one number of draws; `steps` gives None for inputs of other shapes."""

    def __init__(self, inputs: MarketInputs, moved: Iterable[str], keep: Iterable[str]) -> None:
        """Compile; `moved` names the monthly inputs that gates and levers set, `keep` the series that are wanted."""
        self._jax = require_jax()
        self._moved, self._keep, self._draws = frozenset(moved), frozenset(keep), inputs.draws
        self.pieces = inputs.draws // PIECE if inputs.draws % PIECE == 0 and self._jax.default_backend() == "cpu" else 1
        self._threads = ThreadPoolExecutor(min(self.pieces, os.cpu_count() or 1)) if self.pieces > 1 else None
        self._static = {name: value for name, value in inputs.constants.items() if _is_static(value)}
        given = (*_kept(inputs, self._moved), {name: inputs.monthly[name] for name in self._moved})
        self._shapes = [{name: np.shape(value) for name, value in part.items()} for part in given]
        self._starts = [np.shape(array) for array in inputs.initial]
        arguments = (np.int32(0), np.int32(1), staged(self._cut(tuple(inputs.initial))[0]), *self._cut(given)[0])
        program = self._jax.jit(one_function(self._loop), compiler_options=compiler_options(self._jax))
        self._program: Any = program.lower(*arguments).compile()

    def steps(self, inputs: MarketInputs, moved: Monthly) -> CompiledSteps | None:
        """Return these inputs ready for the program, None where their shapes do not fit.

        moved: monthly inputs that gates and levers set, kept on the device for the scenarios that share these very arrays.
        """
        kept = [_spread(part, shapes) for part, shapes in zip(_kept(inputs, self._moved), self._shapes, strict=False)]
        if None in kept or [np.shape(array) for array in inputs.initial] != self._starts:
            return None
        try:
            placed = {name: (moved[name], value) for name, value in self.placed(moved).items()}
        except OtherShapes:
            return None
        stocks = [staged(piece) for piece in self._cut(tuple(inputs.initial))]
        return CompiledSteps(self, self._jax.device_put(stocks), self._jax.device_put(self._cut(tuple(kept))), placed)

    def placed(self, moved: Monthly) -> dict[str, list[Any]]:
        """Return monthly inputs where the program reads them, name -> one array a piece; OtherShapes where one does not fit."""
        spread = _spread(moved, self._shapes[-1], some=True)
        if spread is None:
            raise OtherShapes
        return {name: self._jax.device_put(self._cut(value)) for name, value in spread.items()}

    def run(self, first: int, last: int, stocks: Sequence[Stocks], kept: Sequence[Any], moved: Sequence[Any]) -> list[Any]:
        """Run the months [first, last) of every piece: its stocks after them, and all months of every series kept.

        Only the months run are filled.
        """

        def one(piece: int) -> Any:
            given = (np.int32(first), np.int32(last), stocks[piece], *kept[piece], moved[piece])
            return self._jax.block_until_ready(self._program(*given)[0])

        return list((map if self._threads is None else self._threads.map)(one, range(self.pieces)))

    def leaves(self, values: Any) -> list[Any]:
        """Return all arrays in nested values."""
        found: list[Any] = self._jax.tree.leaves(values)
        return found

    def _cut(self, values: Any) -> list[Any]:
        """Return arrays in pieces and in single precision: the last axis is cut where it holds draws.

        No other axis is as long as two pieces.
        """
        size = self._draws // self.pieces
        return [_piece(values, self._draws, slice(first, first + size)) for first in range(0, self._draws, size)]

    def _loop(self, first: Any, last: Any, start: Any, parameters: Any, constants: Any, monthly: Any, moved: Any) -> Any:
        """Trace the months of one piece."""
        constant = Bundle({**traced(constants, KIND), **self._static})
        months, inputs = CompiledMonths(Bundle(traced(parameters, KIND)), constant, KIND, self._keep), {**monthly, **moved}
        return months.walk(first, last, start, inputs, rows(months.shapes(start, inputs), MONTHS), put)


class CompiledSteps:
    """One set of draws on a compiled program."""

    engine = "jax"

    def __init__(
        self, program: Program, start: Sequence[Stocks], kept: Sequence[Any], placed: Mapping[str, tuple[Floats, list[Any]]]
    ) -> None:
        """Hold what lies on the device, piece by piece.

        start: stocks before the first month. kept: what no lever moves. placed: inputs that many scenarios share, as they were
        given and as they lie there.
        """
        self._program, self.start, self._kept, self._placed = program, start, kept, placed
        self._held = OnDevice(sum(one.nbytes for one in program.leaves((start, kept, [lies for _, lies in placed.values()]))))

    def walk(self, first: int, last: int, stocks: Any, moved: Monthly) -> tuple[Any, Sequence[Monthly]]:
        """Run the months [first, last) from the stocks before them; OtherShapes where the inputs do not fit the program."""
        placed = self._place(moved)
        pieces = [{name: value[piece] for name, value in placed.items()} for piece in range(self._program.pieces)]
        done = self._program.run(first, last, stocks, self._kept, pieces)
        return [after for after, _ in done], [
            {name: np.asarray(value)[first:last] for name, value in seen.items()} for _, seen in done
        ]

    def held(self) -> Any:
        """Return what lies on the device, weighed once: it never changes."""
        return self._held

    def _place(self, moved: Monthly) -> dict[str, list[Any]]:
        known = {
            name: self._placed[name][1] for name, one in moved.items() if name in self._placed and self._placed[name][0] is one
        }
        return {**known, **self._program.placed({name: one for name, one in moved.items() if name not in known})}


def _kept(inputs: MarketInputs, moved: frozenset[str]) -> tuple[Monthly, ...]:
    """Return what no lever moves: parameters, constants that are no indices, monthly inputs."""
    return (
        inputs.parameters,
        {name: value for name, value in inputs.constants.items() if not _is_static(value)},
        {name: value for name, value in inputs.monthly.items() if name not in moved},
    )


def _spread(part: Monthly, shapes: Mapping[str, Any], *, some: bool = False) -> dict[str, Floats] | None:
    """Spread pinned values over draws where the program expects an array; None where the shapes cannot agree."""
    if not (part.keys() <= shapes.keys() if some else part.keys() == shapes.keys()):
        return None
    spread = {}
    for name, value in part.items():
        if np.shape(value) != shapes[name]:
            try:
                value = np.broadcast_to(value, shapes[name])
            except ValueError:
                return None
        spread[name] = value
    return spread


def _piece(values: Any, draws: int, cut: slice) -> Any:
    """Return the draws of a piece of every array in mappings and tuples."""
    if isinstance(values, Mapping):
        return {name: _piece(one, draws, cut) for name, one in values.items()}
    if isinstance(values, tuple):
        return tuple(_piece(one, draws, cut) for one in values)
    if not np.ndim(values):
        return np.asarray(values, KIND)
    return np.ascontiguousarray(values[..., cut] if values.shape[-1] == draws else values, dtype=KIND)


def _is_static(values: Any) -> bool:
    return np.asarray(values).dtype.kind in "iu"
