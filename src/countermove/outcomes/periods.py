"""All periods of one length measured at once: their draws lie side by side, so that an outcome is computed in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.outcomes.window import Index, Window, _collapse, share
from countermove.quantities.calendar import MONTHS

Floats = NDArray[Any]
NO_AXIS = 2
"""Axes of a series that has none but month and draw."""


@dataclass(frozen=True)
class Periods(Window):
    """Periods of `months` months from the first month on; every value is (period x draw,), periods slowest."""

    months: int
    raw: Mapping[str, Floats]
    """Monthly series by name, (month, ..., draw)."""

    def flow(self, name: str, index: Index = None) -> Floats:
        """Sum over each period, and over the axis that `index` cuts."""
        values = self.raw[name]
        if index is not None and values.ndim > NO_AXIS:  # cut first: what is not asked for need not be summed
            values = values[:, list(index) if isinstance(index, tuple) else index]
        return _collapse(_wide(self._cut(values).sum(axis=1)), None)

    def stock(self, name: str, index: Index = None) -> Floats:
        """Value at the end of each period; summed over the axis that `index` cuts."""
        return _collapse(self.ends(name), index)

    def mean(self, name: str, index: Index = None) -> Floats:
        """Mean over the months of each period."""
        return _collapse(_wide(self._cut(self.raw[name]).mean(axis=1)), index)

    def weighted(self, name: str, weight: str) -> Floats:
        """Mean over the months of each period, each counted by a flow of its own; 0 where nothing flows."""
        flow = self.raw[weight]
        flow = flow.reshape(len(flow), -1, flow.shape[-1]).sum(axis=1)
        return share(_wide(self._cut(self.raw[name] * flow).sum(axis=1)), _wide(self._cut(flow).sum(axis=1)))

    def before(self, name: str, month: int) -> Floats:
        """Value of a stock at the end of the month before `month`, the same for every period."""
        return np.tile(self.raw[name][month - 1], MONTHS // self.months)

    def ends(self, name: str) -> Floats:
        """Values at the ends of the periods, (..., period x draw)."""
        return _ends(self.raw[name], self.months)

    def _cut(self, values: Floats) -> Floats:
        """Return (period, month of it, ..., draw)."""
        return values.reshape(MONTHS // self.months, self.months, *values.shape[1:])


class _Ends:
    """A series read at the ends of all periods, whatever month is asked for."""

    def __init__(self, values: Floats, months: int) -> None:
        self._values, self._months = values, months

    def __getitem__(self, key: Any) -> Floats:
        found = _ends(self._values, self._months)
        return found[key[1:]] if isinstance(key, tuple) else found


def measured(measure: Callable[[Window], Floats], monthly: Mapping[str, Floats], months: int, draws: int) -> Floats:
    """Return an outcome in all periods of `months` months, (period, draw)."""
    number = MONTHS // months
    after: Any = np.repeat(np.arange(1, number + 1) * months, draws)
    ends: Any = {name: _Ends(values, months) for name, values in monthly.items()}
    return np.broadcast_to(measure(Periods(ends, 0, after, months, monthly)), number * draws).reshape(number, draws)


def _ends(values: Floats, months: int) -> Floats:
    return _wide(values[months - 1 :: months])


def _wide(values: Floats) -> Floats:
    """Return (period, ..., draw) as (..., period x draw)."""
    moved = np.moveaxis(values, 0, -2)
    return moved.reshape(*moved.shape[:-2], -1)
