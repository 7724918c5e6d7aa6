"""Stepping one set of draws through any stretch of months: what every way of running the market has in common.

Two implementations: `ReferenceSteps` here, the plain loop on NumPy in double precision, and `CompiledSteps`
(market/engines/compiled_steps.py), a loop that JAX has compiled. docs/decisions/0080 says who uses which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from numpy.typing import NDArray

from countermove.market.inputs import MarketInputs
from countermove.market.simulate import simulate_months

Floats = NDArray[Any]
Monthly = Mapping[str, Floats]
"""Monthly inputs or series by name, (month, ..., draw)."""


class Steps(Protocol):
    """One way of stepping one set of draws; several threads may walk at once."""

    engine: str
    start: Any
    """The stocks before the first month."""

    def walk(self, first: int, last: int, stocks: Any, moved: Monthly) -> tuple[Any, Sequence[Monthly]]:
        """Return the stocks after the months [first, last) and the series of these months.

        stocks: those before month `first`, as `start` or an earlier walk gave them. moved: the monthly inputs that gates and
        levers set, all months. The series come in pieces of draws that lie side by side.
        """

    def held(self) -> Any:
        """Return what it holds in memory beyond the inputs that it was made from."""


class ReferenceSteps:
    """The plain loop over the months, to the bit that of a whole run."""

    engine = "numpy"

    def __init__(self, inputs: MarketInputs, keep: Callable[[str], bool]) -> None:
        """`keep` says by name which series are wanted."""
        self._inputs, self._keep = inputs, keep
        self.start: Any = inputs.initial

    def walk(self, first: int, last: int, stocks: Any, moved: Monthly) -> tuple[Any, Sequence[Monthly]]:
        """Simulate the months [first, last); InputError for months outside the clock."""
        inputs = replace(self._inputs, monthly={**self._inputs.monthly, **moved})
        found = simulate_months(inputs, stocks, first, last, keep=self._keep)
        return found.final, (found.monthly,)

    def held(self) -> Any:
        """Return nothing: the inputs belong to whoever gave them."""
        return ()
