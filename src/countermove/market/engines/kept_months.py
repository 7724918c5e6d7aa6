"""The months of each series that outcomes read: only these are stored while a compiled program steps.

A sweep that asks for a year needs twelve months of the sales by offer, not 132; storing all of them cost a fiftieth of the time
and a fifth of a program's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from countermove.quantities.calendar import MONTHS


class KeptMonths:
    """A monthly series of which some months are at hand, (kept, ..., draw); asked for by month as if all of them were."""

    def __init__(self, values: Any, first: int, asked: set[int] | None = None) -> None:
        """Hold the months from `first` on; `asked`, where given, collects those that are asked for."""
        self._values, self._first, self._asked = values, first, asked

    def __getitem__(self, key: Any) -> Any:
        months, rest = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        whole = range(MONTHS)[months]
        wanted = range(whole, whole + 1) if isinstance(whole, int) else whole
        if self._asked is not None:
            self._asked.update(wanted)
        start, stop = wanted.start - self._first, wanted.stop - self._first
        if wanted and not 0 <= start < stop <= self._values.shape[0]:
            raise IndexError(f"months {wanted.start} to {wanted.stop} are not all kept")
        return self._values[(start if isinstance(whole, int) else slice(start, stop), *rest)]


def months_read(
    measure: Callable[[Mapping[str, Any]], Any], row: Mapping[str, Any], wrapped: Callable[[Any], Any]
) -> dict[str, range]:
    """Return the stretch of months that `measure` reads of each series.

    row: what a month gives by name, for its shapes and types. wrapped: makes of an array what `measure` takes.
    """
    import jax
    import jax.numpy as jnp

    asked: dict[str, set[int]] = {name: set() for name in row}

    def ask() -> None:
        whole = {name: wrapped(jnp.zeros((MONTHS, *one.shape), one.dtype)) for name, one in row.items()}
        measure({name: KeptMonths(values, 0, asked[name]) for name, values in whole.items()})

    jax.eval_shape(ask)
    return {name: range(min(months), max(months) + 1) if months else range(0) for name, months in asked.items()}


class Shelf:
    """Room for the months of each series that are kept, filled month by month in a loop that is being compiled.

    A month that is not kept is written to a row of its own, which nothing reads.
    """

    def __init__(self, months: Mapping[str, range], row: Mapping[str, Any]) -> None:
        """`row`: what a month gives, by name, for its shapes and types."""
        self._months = {name: kept for name, kept in months.items() if len(kept)}
        self._row = row

    def empty(self) -> dict[str, Any]:
        """Return zeros to begin with, (kept and perhaps one more, ..., draw)."""
        import jax.numpy as jnp

        rows = {name: len(kept) + (len(kept) < MONTHS) for name, kept in self._months.items()}
        return {name: jnp.zeros((count, *self._row[name].shape), self._row[name].dtype) for name, count in rows.items()}

    def filled(self, held: Mapping[str, Any], number: Any, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is held with a month put in its place."""
        import jax.numpy as jnp
        from jax import lax

        def place(kept: range) -> Any:
            inside = (number >= kept.start) & (number < kept.stop)
            return number if len(kept) == MONTHS else jnp.where(inside, number - kept.start, len(kept))

        return {
            name: lax.dynamic_update_index_in_dim(held[name], row[name], place(kept), 0) for name, kept in self._months.items()
        }

    def series(self, held: Mapping[str, Any], wrapped: Callable[[Any], Any]) -> dict[str, KeptMonths]:
        """Return the series for outcomes to read."""
        return {name: KeptMonths(wrapped(held[name]), kept.start) for name, kept in self._months.items()}
