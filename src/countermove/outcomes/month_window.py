"""A window of a single month whose series are at hand only while it is stepped: for engines that measure inside their loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countermove.outcomes.window import Index, Window, _collapse, share


class _ThisMonth:
    """A series of which only one month exists, whatever month is asked for."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getitem__(self, key: Any) -> Any:
        return self._value[key[1:]] if isinstance(key, tuple) else self._value


@dataclass(frozen=True)
class MonthWindow(Window):
    """One month: flows are its own, stocks those after it. All values may be arrays that are being compiled."""

    seen: Mapping[str, Any]
    """The month's series by name, (..., draw)."""
    smuggled: Any
    """Diverted compute before 2024, the one earlier stock that an outcome asks for."""

    def flow(self, name: str, index: Index = None) -> Any:
        """The month's flow, summed over the axis that `index` cuts, (draw,)."""
        return _collapse(self.seen[name], index)

    def stock(self, name: str, index: Index = None) -> Any:
        """The stock after the month, (draw,)."""
        return self.flow(name, index)

    def mean(self, name: str, index: Index = None) -> Any:
        """The month's value, (draw,)."""
        return self.flow(name, index)

    def weighted(self, name: str, weight: str) -> Any:
        """The month's value, (draw,); 0 where nothing flows."""
        flow = self.flow(weight)
        return share(self.seen[name] * flow, flow)

    def before(self, name: str, month: int) -> Any:
        """The one earlier stock."""
        return {"smuggled": self.smuggled}[name]


def month_window(seen: Mapping[str, Any], month: Any, smuggled: Any) -> MonthWindow:
    """Return the window of the month with this index."""
    series: Mapping[str, Any] = {name: _ThisMonth(value) for name, value in seen.items()}
    return MonthWindow(series, month, month + 1, seen, smuggled)
