"""All periods of one length measured at once: their draws lie side by side, so that an outcome is computed in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.outcomes.window import Index, Window, share
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
        months = self._cut(_chosen(self.raw[name], index))
        return _flat(months[:, 0] if self.months == 1 else months.sum(axis=1))

    def stock(self, name: str, index: Index = None) -> Floats:
        """Value at the end of each period; summed over the axis that `index` cuts."""
        return _flat(_chosen(self.raw[name][self.months - 1 :: self.months], index))

    def mean(self, name: str, index: Index = None) -> Floats:
        """Mean over the months of each period."""
        return _flat(self._cut(_chosen(self.raw[name], index)).mean(axis=1))

    def weighted(self, name: str, weight: str) -> Floats:
        """Mean over the months of each period, each counted by a flow of its own; 0 where nothing flows."""
        flow = self.raw[weight]
        flow = flow.reshape(len(flow), -1, flow.shape[-1]).sum(axis=1)
        return share(_wide(self._cut(self.raw[name] * flow).sum(axis=1)), _wide(self._cut(flow).sum(axis=1)))

    def before(self, name: str, month: int) -> Floats:
        """Value of a stock at the end of the month before `month`, the same for every period."""
        return np.tile(self.raw[name][month - 1], MONTHS // self.months)

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


def _chosen(values: Floats, index: Index) -> Floats:
    """Return what `index` cuts of the axis between month and draw, where there is one; the rest need not be summed."""
    if index is None or values.ndim == NO_AXIS:
        return values
    return values[:, list(index) if isinstance(index, tuple) else index]


def _flat(values: Floats) -> Floats:
    """Sum over all axes between period and draw, and return (period x draw,)."""
    found = values if values.ndim == NO_AXIS else values.sum(axis=tuple(range(1, values.ndim - 1)))
    return found.reshape(-1)


def _ends(values: Floats, months: int) -> Floats:
    return _wide(values[months - 1 :: months])


def _wide(values: Floats) -> Floats:
    """Return (period, ..., draw) as (..., period x draw)."""
    moved = np.moveaxis(values, 0, -2)
    return moved.reshape(*moved.shape[:-2], -1)
