"""Which bounds bind: NumPy with ears, given to the mechanisms in place of NumPy.

Every `minimum`, `maximum`, `clip` and `where` that a mechanism calls is a place where one thing may hold another back in silence.
The recorder does what NumPy does and notes, by place, month, row and draw, which argument was decisive. Places are named by
mechanism, function, operation and their order within the function, so that other lines do not rename them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.market.inputs import MarketInputs
from countermove.market.model import Model
from countermove.market.simulate import simulate_months
from countermove.quantities.calendar import MONTHS

Flags = NDArray[np.bool_]

ROUNDING = 1e-9
"""An argument is decisive if it differs by more than this, in shares, billion dollars or thousand packages alike: rests of sums
that ought to be zero are smaller, and nothing that matters is."""


@dataclass(frozen=True, order=True)
class Place:
    """One call in the code of a mechanism: `domestic_supply.leontief minimum 2` is the second minimum of that function."""

    mechanism: str
    function: str
    operation: str
    order: int

    def __str__(self) -> str:
        """Return its name for people and for the list of bounds that may bind."""
        return f"{self.mechanism}.{self.function} {self.operation} {self.order}"


@dataclass(frozen=True)
class Binding:
    """How often one side of a place was decisive, by row of its first axis (a single row where there is none)."""

    place: Place
    side: str
    flags: Flags
    """(month, row, draw)"""

    def draw_months(self) -> NDArray[np.float64]:
        """Share of draw-months in which it binds, (row,)."""
        result: NDArray[np.float64] = self.flags.mean(axis=(0, 2))
        return result

    def draws(self) -> NDArray[np.float64]:
        """Share of draws in which it ever binds, (row,)."""
        result: NDArray[np.float64] = self.flags.any(axis=0).mean(axis=1)
        return result


Spot = tuple[str, str, str, int]
"""Mechanism, function, operation, position in the function's code."""


@dataclass
class RecordingNumpy:
    """NumPy as mechanisms see it; :meth:`bindings` tells afterwards what was decisive where.

    Of `minimum` and `maximum` a plain number is the bound and the other argument what is bound; of two arrays either may be.
    Of a plain number the bound alone is noted, of `where` the share that is chosen.
    """

    draws: int
    month: int = 0
    _flags: dict[tuple[Spot, str], Flags] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return what is no bound, as NumPy has it."""
        return getattr(np, name)

    def minimum(self, first: Any, second: Any) -> Any:
        """Return the smaller, noted."""
        self._compare("minimum", sys._getframe(1), first, second, beyond(second, first), beyond(first, second))
        return np.minimum(first, second)

    def maximum(self, first: Any, second: Any) -> Any:
        """Return the larger, noted."""
        self._compare("maximum", sys._getframe(1), first, second, beyond(first, second), beyond(second, first))
        return np.maximum(first, second)

    def clip(self, value: Any, lower: Any, upper: Any) -> Any:
        """Return the value within bounds, noted."""
        self._note("clip", sys._getframe(1), "lower", beyond(lower, value))
        self._note("clip", sys._getframe(1), "upper", beyond(value, upper))
        return np.clip(value, lower, upper)

    def where(self, condition: Any, chosen: Any, otherwise: Any) -> Any:
        """Return the one or the other, noted."""
        self._note("where", sys._getframe(1), "chosen", np.asarray(condition))
        return np.where(condition, chosen, otherwise)

    def _compare(self, name: str, frame: FrameType, first: Any, second: Any, by_first: Flags, by_second: Flags) -> None:
        number_first, number_second = np.ndim(first) == 0, np.ndim(second) == 0
        if number_first or not number_second:
            self._note(name, frame, "first", by_first)
        if number_second or not number_first:
            self._note(name, frame, "second", by_second)

    def _note(self, name: str, frame: FrameType, side: str, binds: Flags) -> None:
        spot = frame.f_globals["__name__"].rpartition(".")[2], frame.f_code.co_name, name, frame.f_lasti
        rows = by_row(binds, self.draws)
        flags = self._flags.setdefault((spot, side), np.zeros((MONTHS, *rows.shape), dtype=bool))
        flags[self.month] |= rows

    def bindings(self) -> Iterator[Binding]:
        """Yield every side of every place that was called, in the order of their names."""
        spots = sorted({spot for spot, _ in self._flags})
        order: dict[Spot, int] = {}
        for spot in spots:
            order[spot] = 1 + sum(other[:3] == spot[:3] for other in order)
        for spot, side in sorted(self._flags):
            yield Binding(Place(*spot[:3], order[spot]), side, self._flags[spot, side])


def beyond(one: Any, other: Any) -> Flags:
    """Return where `one` is larger than `other`, rests of rounding apart."""
    result: Flags = np.asarray(np.subtract(one, other) > ROUNDING)
    return result


def by_row(binds: Flags, draws: int) -> Flags:
    """Return flags as (row, draw): axes between the first and the draws count as bound where any entry is."""
    if binds.ndim < 2:
        return np.broadcast_to(binds, (1, draws))
    middle = tuple(range(1, binds.ndim - 1))
    return np.broadcast_to(binds.any(axis=middle), (binds.shape[0], draws))


def recorded(inputs: MarketInputs, model: Model | None = None) -> list[Binding]:
    """Run all months and return what was decisive where; months are stepped whole."""
    recorder, state = RecordingNumpy(inputs.draws), inputs.initial
    for month in range(MONTHS):
        recorder.month = month
        state = simulate_months(inputs, state, month, month + 1, model=model, keep=lambda _: False, xp=recorder).final
    return list(recorder.bindings())


def joined(runs: Mapping[str, list[Binding]]) -> list[Binding]:
    """Return bindings of several runs as one, their draws side by side."""
    flags: dict[tuple[Place, str], list[Flags]] = {}
    for bindings in runs.values():
        for one in bindings:
            flags.setdefault((one.place, one.side), []).append(one.flags)
    return [Binding(place, side, np.concatenate(parts, axis=2)) for (place, side), parts in flags.items()]
