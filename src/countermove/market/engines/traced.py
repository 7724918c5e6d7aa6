"""Arrays that are being compiled but speak NumPy: functions written for NumPy are traced by JAX unchanged.

NumPy hands its functions over to any array that asks for it (NEP 13 for ufuncs, NEP 18 for the rest). `Traced` asks, and calls
the function of the same name in `jax.numpy`. So the equations that compile inputs and measure outcomes exist once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from countermove.market.engines import settled


class Traced(NDArrayOperatorsMixin):
    """One JAX array. Floating-point partners are brought to its engine's precision, so nothing is widened on the way."""

    __slots__ = ("precision", "raw")

    def __init__(self, raw: Any, precision: Any) -> None:
        self.raw, self.precision = raw, precision

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Call the JAX function of a ufunc's name."""
        if method != "__call__" or options.get("out") is not None:
            return NotImplemented
        return self._call(ufunc.__name__, inputs, options)

    def __array_function__(self, function: Callable[..., Any], types: Any, inputs: Any, options: Mapping[str, Any]) -> Any:
        """Call the JAX function of a NumPy function's name."""
        return self._call(function.__name__, inputs, dict(options))

    def _call(self, name: str, inputs: Any, options: Mapping[str, Any]) -> Any:
        import jax.numpy as jnp

        if name == "copy":
            return inputs[0]
        if name == "power" and not isinstance(inputs[1], int):
            return self._power(*inputs)
        if name == "matmul":
            return self._wrapped(settled.product(*[self._plain(part) for part in inputs]))
        given = {key: self._plain(value) for key, value in options.items()}
        if name == "cumsum" and given == {"axis": 0} and isinstance(inputs[0], Traced) and inputs[0].ndim > 1:
            return self._wrapped(settled.cumulated(inputs[0].raw))
        if name in ("sum", "max", "min") and isinstance(inputs[0], Traced) and len(inputs) == 1 and given.keys() <= {"axis"}:
            return getattr(inputs[0], name)(**given)
        if name in ("concatenate", "stack") and len(inputs) == 1 and not given.get("axis"):
            parts = [jnp.asarray(self._plain(part)) for part in inputs[0]]
            return self._wrapped((settled.joined if name == "concatenate" else settled.stacked)(parts))
        return self._wrapped(getattr(jnp, name)(*[self._plain(value) for value in inputs], **given))

    def _power(self, base: Any, exponent: Any) -> Any:
        """``exp(y ln x)``, x >= 0: the compiler vectorises both factors but calls the library for a power, entry by entry."""
        import jax.numpy as jnp

        return self._wrapped(jnp.exp(jnp.asarray(self._plain(exponent)) * jnp.log(jnp.asarray(self._plain(base)))))

    def _plain(self, value: Any) -> Any:
        """Return what JAX takes: raw arrays, constants in the engine's precision."""
        if isinstance(value, Traced):
            return value.raw
        if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
            return np.asarray(value, dtype=self.precision)
        if isinstance(value, list | tuple):
            return type(value)(self._plain(part) for part in value)
        return value

    def _wrapped(self, found: Any) -> Any:
        if isinstance(found, list | tuple):
            return [self._wrapped(part) for part in found]
        return Traced(found, self.precision)

    def accumulated_along(self, first: Any, kept: Any, added: Any) -> Any:
        """The loop of `paths.accumulated`, compiled once instead of unrolled."""
        import jax
        import jax.numpy as jnp

        start, factor, amounts = (jnp.asarray(self._plain(part), dtype=self.precision) for part in (first, kept, added))
        amounts = jnp.broadcast_to(amounts, (*amounts.shape[:-1], start.shape[-1]))
        _, stocks = jax.lax.scan(lambda stock, amount: (stock * factor + amount, stock), start, amounts)
        return self._wrapped(stocks)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return tuple(self.raw.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return int(self.raw.ndim)

    @property
    def dtype(self) -> Any:
        """Type of the entries."""
        return self.raw.dtype

    @property
    def T(self) -> Self:  # noqa: N802
        """Axes in reverse order."""
        return self._wrapped(self.raw.T)  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return int(self.raw.shape[0])

    def __iter__(self) -> Any:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, np.ndarray) and key.dtype.kind == "i" and key.ndim == 1:
            return self._wrapped(settled.picked(self.raw, key))
        return self._wrapped(self.raw[self._index(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        """Replace entries: this name now stands for the changed array, the old one is untouched."""
        self.raw = self.raw.at[self._index(key)].set(self._plain(value))

    def _index(self, key: Any) -> Any:
        if isinstance(key, tuple):
            return tuple(self._index(part) for part in key)
        if isinstance(key, list):
            return np.asarray(key)
        return key.raw if isinstance(key, Traced) else key

    def astype(self, kind: Any) -> Self:
        """Convert; any floating type means the engine's precision."""
        wanted = self.precision if np.dtype(kind).kind == "f" else kind
        return self._wrapped(self.raw.astype(wanted))  # type: ignore[no-any-return]

    def copy(self) -> Self:
        """Return an array whose entries can be replaced apart from this one's."""
        return self._wrapped(self.raw)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any) -> Self:
        """Return the entries in another shape."""
        return self._wrapped(self.raw.reshape(*shape))  # type: ignore[no-any-return]

    def sum(self, axis: Any = None) -> Any:
        """Sum along axes."""
        return self._wrapped(settled.summed(self.raw, axis))

    def mean(self, axis: Any = None) -> Any:
        """Mean along axes."""
        return self._wrapped(self.raw.mean(axis=axis))

    def min(self, axis: Any = None) -> Any:
        """Least along axes."""
        import jax.numpy as jnp

        if not isinstance(axis, int):
            return self._wrapped(self.raw.min(axis=axis))
        return self._wrapped(settled.along(self.raw, axis, jnp.minimum, jnp.min))

    def max(self, axis: Any = None) -> Any:
        """Largest along axes."""
        import jax.numpy as jnp

        if not isinstance(axis, int):
            return self._wrapped(self.raw.max(axis=axis))
        return self._wrapped(settled.along(self.raw, axis, jnp.maximum, jnp.max))

    def any(self, axis: Any = None) -> Any:
        """Whether any entry is true, along axes."""
        return self._wrapped(self.raw.any(axis=axis))


def plain(value: Any, precision: Any) -> Any:
    """Return a traced array as JAX holds it, and any other as a constant of the engine's precision."""
    if isinstance(value, Traced):
        return value.raw
    array = np.asarray(value)
    return array.astype(precision) if array.dtype.kind == "f" else array
