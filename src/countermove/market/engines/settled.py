"""Where a compiled program must stop merging: sums, stacks and joins whose terms are worked out once.

XLA for processors merges a chain of operations into whatever reads it. A sum over offers that several others read is then worked
out again in each of them, a join of parts is decided entry by entry, and its own reductions run at a few per cent of the
memory's speed (measured: docs/decisions/0050). So short sums are written as additions, longer ones read an array that has been
stored, and joins write each part into its place.

Only inside `settling()`: programs that are differentiated are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from typing import Any

import numpy as np

from countermove.market.engines.one_function import marks_understood, unmerged

SHORT = 4
"""Axes up to this length are added up without storing the terms first: stages, pools, segments."""
ROWS = 40
"""Longest axis handled here, that is offers; longer ones are months, which the compiler reduces well enough."""
ENTRIES = 1 << 18
"""Larger arrays are monthly series, which are stored anyway."""

_wanted: ContextVar[bool] = ContextVar("settling", default=False)


@contextmanager
def settling() -> Iterator[None]:
    """Trace what is inside for speed on processors."""
    before = _wanted.set(True)
    try:
        yield
    finally:
        _wanted.reset(before)


def merges_badly(array: Any) -> bool:
    """Tell whether an array is one month's table over offers, products or vendors, (row, ..., draw), on a processor.

    An accelerator's compiler merges well.
    """
    import jax

    if not _wanted.get() or not marks_understood(jax):
        return False
    return bool(array.ndim > 1 and array.shape[0] <= ROWS and array.size <= ENTRIES and array.dtype.kind == "f")


def summed(array: Any, axis: Any = None) -> Any:
    """Return the sum along axes."""
    import jax.numpy as jnp

    if isinstance(axis, tuple):
        for one in sorted((place % array.ndim for place in axis), reverse=True):
            array = summed(array, one)
        return array
    return jnp.sum(array, axis=axis) if axis is None else along(array, axis, jnp.add, jnp.sum)


def along(array: Any, axis: int, pair: Callable[[Any, Any], Any], whole: Callable[..., Any]) -> Any:
    """Return an axis reduced by an operation on pairs, entry after entry; `whole` is the compiler's own reduction."""
    import jax

    axis %= array.ndim
    length = array.shape[axis]
    if not merges_badly(array) or axis == array.ndim - 1 or not 0 < length <= ROWS:
        return whole(array, axis=axis)
    if length > SHORT:
        (array,) = unmerged(array)
    found = reduce(pair, [jax.lax.index_in_dim(array, place, axis, keepdims=False) for place in range(length)])
    return found if length <= SHORT else unmerged(found)[0]


def cumulated(array: Any) -> Any:
    """Return sums along the first axis up to each entry, in a loop over it: the compiler's own go entry by entry."""
    import jax
    import jax.numpy as jnp

    def add(total: Any, row: Any) -> tuple[Any, Any]:
        return total + row, total + row

    return jax.lax.scan(add, jnp.zeros_like(array[0]), array)[1]


def stacked(parts: Sequence[Any]) -> Any:
    """Return arrays one below the other on a new first axis."""
    import jax.numpy as jnp

    return jnp.stack(unmerged(*parts) if all(merges_badly(part) for part in parts) else list(parts))


def joined(parts: Sequence[Any]) -> Any:
    """Return arrays one below the other on their first axis: each is written into its place."""
    import jax
    import jax.numpy as jnp

    rows = sum(part.shape[0] for part in parts)
    if rows > ROWS or not all(merges_badly(part) for part in parts):
        return jnp.concatenate(list(parts))
    whole, at = jnp.zeros((rows, *parts[0].shape[1:]), parts[0].dtype), 0
    for part in parts:
        whole = jax.lax.dynamic_update_slice(whole, part, (at, *[0] * (part.ndim - 1)))
        at += part.shape[0]
    return whole


def picked(array: Any, places: np.ndarray[Any, Any]) -> Any:
    """Return rows at constant places, as slices: the compiler merges a slice with what follows, a gather it does not."""
    import jax.numpy as jnp

    if not merges_badly(array):
        return jnp.concatenate([array[place : place + 1] for place in places.tolist()])
    (stored,) = unmerged(array)
    return unmerged(jnp.concatenate([stored[place : place + 1] for place in places.tolist()]))[0]


def product(matrix: Any, columns: Any) -> Any:
    """Return a small matrix times a table, (row, term) @ (term, draw), added up term by term over the draws.

    The compiler's own small products go entry by entry. Of a matrix that is known, zeros are left out and ones not multiplied by.
    """
    import jax.numpy as jnp

    if columns.ndim != 2 or matrix.ndim != 2 or not merges_badly(columns):
        return jnp.matmul(matrix, columns)
    if not isinstance(matrix, np.ndarray):
        return reduce(jnp.add, [matrix[:, term, None] * columns[term] for term in range(len(columns))])
    (stored,) = unmerged(columns)
    rows = []
    for weights in matrix:
        terms = [
            stored[term] if weights[term] == 1.0 else weights[term] * stored[term] for term in np.flatnonzero(weights).tolist()
        ]
        rows.append(reduce(jnp.add, terms)[None] if terms else jnp.zeros_like(stored[:1]))
    return unmerged(joined(rows))[0]
