"""The months of the model in a program that is being compiled: the one loop that every compiled way of running shares.

The equations are written for NumPy and traced (`Traced`). A loop of known length becomes a scan, through which gradients pass;
one whose months are arguments of the program may be taken up anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from countermove.market.engines.settled import settling
from countermove.market.engines.shared_work import work_shared
from countermove.market.engines.traced import Traced, plain
from countermove.market.inputs import Bundle
from countermove.market.mechanism import Values
from countermove.market.model import Model
from countermove.market.observe import observe
from countermove.market.state import ERLANG, STAGED, State

Store = Callable[[Any, Any, Mapping[str, Any]], Any]
"""``store(held, month, seen)``: what is held of the months so far, with one more month in it."""
Stocks = tuple[tuple[Any, ...], ...]
"""Stocks as a loop carries them, in the order of `State`: those of a delay stage by stage."""


def traced(values: Mapping[str, Any], kind: Any) -> dict[str, Traced]:
    """Return arrays as the equations take them, in one precision."""
    return {name: Traced(value, kind) for name, value in values.items()}


class CompiledMonths:
    """Steps one set of parameters and constants through months while a program is traced; needs JAX.

    p, c: parameters and constants, traced or constant. keep: the monthly series that are wanted. shared: whether work that
    several operations read is stored, which makes programs for processors faster and costs compilation.
    """

    def __init__(
        self, p: Values, c: Values, kind: Any, keep: Iterable[str], *, model: Model | None = None, shared: bool = True
    ) -> None:
        self._p, self._c, self._kind, self._keep = p, c, kind, frozenset(keep)
        self._model, self._shared = model or Model(), shared

    def stocks(self, state: State) -> Stocks:
        """Return a state as the loop carries it."""
        import jax.numpy as jnp

        return staged([jnp.asarray(value.raw if isinstance(value, Traced) else value, dtype=self._kind) for value in state])

    def state(self, stocks: Stocks) -> State:
        """Return stocks that a loop carried as plain arrays."""
        import jax.numpy as jnp

        return State(*[parts[0] if len(parts) == 1 else jnp.stack(parts) for parts in stocks])

    def month(self, stocks: Stocks, x: Mapping[str, Any]) -> tuple[Stocks, dict[str, Any]]:
        """Step one month: the stocks after it and the series kept of it. `x` holds the month's inputs."""
        before = State(*[Traced(one, self._kind) for one in self.state(stocks)])
        now = Bundle(traced(x, self._kind))
        with settling():
            # NumPy as the namespace: its functions hand traced arrays over to JAX.
            new, flows = self._model.month(before, self._p, self._c, now, np)
            seen = observe(new, self._p, self._c, now, flows, np)
        return self.stocks(new), {name: plain(seen[name], self._kind) for name in sorted(seen.keys() & self._keep)}

    def shapes(self, stocks: Stocks, monthly: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return shape and type of what a month gives by name."""
        import jax

        seen: Mapping[str, Any] = jax.eval_shape(self.month, stocks, {name: values[0] for name, values in monthly.items()})[1]
        return seen

    def walk(
        self, first: Any, last: Any, stocks: Stocks, monthly: Mapping[str, Any], held: Any, store: Store
    ) -> tuple[Stocks, Any]:
        """Run the months [first, last): the stocks after them, and what `store` made of `held`.

        monthly: inputs by name, (month, ...). first, last: numbers, or arguments of the program.
        """
        from jax import lax

        def step(number: Any, carried: tuple[Stocks, Any]) -> tuple[Stocks, Any]:
            x = {name: lax.dynamic_index_in_dim(values, number, 0, keepdims=False) for name, values in monthly.items()}
            after, seen = self.month(carried[0], x)
            return after, store(carried[1], number, seen)

        body = work_shared(step, np.int32(0), (stocks, held)) if self._shared else step

        def month(number: Any, carried: tuple[Stocks, Any]) -> tuple[Stocks, Any]:
            # The number is longer where double precision was switched on for the whole process.
            return body(lax.convert_element_type(number, np.int32), carried)

        found: tuple[Stocks, Any] = lax.fori_loop(first, last, month, (stocks, held))
        return found


def staged(state: Iterable[Any]) -> Stocks:
    """Return arrays in the order of `State` as a loop carries them: a stack of stages would be copied every month."""
    return tuple(
        tuple(value[stage] for stage in range(ERLANG)) if name in STAGED else (value,)
        for name, value in zip(State._fields, state, strict=True)
    )


def rows(shapes: Mapping[str, Any], months: int) -> dict[str, Any]:
    """Return room for every month of some series, (month, ..., draw), to begin with."""
    import jax.numpy as jnp

    return {name: jnp.zeros((months, *one.shape), one.dtype) for name, one in shapes.items()}


def put(held: Mapping[str, Any], number: Any, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Store every month of every series in its row."""
    from jax import lax

    return {name: lax.dynamic_update_index_in_dim(held[name], one, number, 0) for name, one in seen.items()}
