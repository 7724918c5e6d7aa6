"""A window on monthly series: flows are summed over it, stocks are read at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = int | slice | tuple[int, ...] | NDArray[np.intp] | None

TINY = 1e-12


@dataclass(frozen=True)
class Window:
    """Monthly series by name, (month, ..., draw), seen over the months [first, last)."""

    monthly: Mapping[str, Floats]
    first: int
    last: int

    def flow(self, name: str, index: Index = None) -> Floats:
        """Sum over the window, and over the axis that `index` cuts, (draw,)."""
        return _collapse(self.monthly[name][self.first : self.last].sum(axis=0), index)

    def stock(self, name: str, index: Index = None) -> Floats:
        """Value at the end of the window, (draw,); summed over the axis that `index` cuts."""
        return _collapse(self.monthly[name][self.last - 1], index)

    def mean(self, name: str, index: Index = None) -> Floats:
        """Mean over the months of the window, (draw,)."""
        return _collapse(self.monthly[name][self.first : self.last].mean(axis=0), index)

    def weighted(self, name: str, weight: str) -> Floats:
        """Mean over the months of the window, each counted by a flow of its own, (draw,); 0 where nothing flows."""
        flow = self.monthly[weight][self.first : self.last]
        flow = flow.reshape(len(flow), -1, flow.shape[-1]).sum(axis=1)
        value = self.monthly[name][self.first : self.last]
        return share((value * flow).sum(axis=0), flow.sum(axis=0))

    def before(self, name: str, month: int) -> Floats:
        """Value of a stock at the end of the month before `month`, (draw,)."""
        value: Floats = self.monthly[name][month - 1]
        return value


def _collapse(values: Floats, index: Index) -> Floats:
    """Cut the axis before the draw axis and sum what is left of it."""
    if values.ndim == 1:
        return values
    if index is None:
        chosen = values
    elif isinstance(index, tuple):
        chosen = values[list(index)]
    else:
        chosen = values[index]
    result: Floats = chosen if chosen.ndim == 1 else chosen.sum(axis=tuple(range(chosen.ndim - 1)))
    return result


def share(part: Floats, whole: Floats) -> Floats:
    """Ratio of sums; 0 where the whole is nothing, so that no outcome is ever NaN."""
    return np.where(whole > TINY, part / np.maximum(whole, TINY), 0.0)
