"""Work that several operations read, done once.

XLA merges a chain of operations into every reader of its result, where the chain is worked out again: a third of a month's
operations were such repeats. Here the operations of a function are listed as JAX traced them, and results that are worth it are
stored before they are read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from countermove.market.engines.one_function import BARRIER, marks_understood, unmerged

VIEWS = frozenset({"slice", "squeeze", "reshape", "broadcast_in_dim", "copy", "dynamic_slice", "rev"})
"""Operations that work nothing out."""
COSTS = {"exp": 12.0, "log": 12.0, "log1p": 14.0, "expm1": 14.0, "pow": 24.0, "div": 4.0, "dynamic_update_slice": 0.0}
"""Operations against one addition, about; all others cost 1."""
WORTH_STORING = 12.0
"""Least work that storing a result must save: from 4 to 20 the speed was the same within the noise, with 0 lower by a tenth."""


def work_shared(function: Callable[..., Any], *given: Any) -> Callable[..., Any]:
    """Return a function with the results of `function` for arguments like those given, for a program that is being traced."""
    import jax

    if not marks_understood(jax):
        return function
    closed, shape = jax.make_jaxpr(function, return_shape=True)(*given)
    taken = list(closed.consts)  # what the function takes from its surroundings
    flat = jax.make_jaxpr(lambda *leaves: _evaluated(closed.jaxpr, leaves))(*taken, *jax.tree.leaves(given))

    def shared(*arguments: Any) -> Any:
        found = _evaluated_once(flat.jaxpr, [*flat.consts, *taken, *jax.tree.leaves(arguments)])
        return jax.tree.unflatten(jax.tree.structure(shape), found)

    return shared


def _evaluated_once(jaxpr: Any, arguments: Sequence[Any]) -> list[Any]:
    """Apply the operations of a program, storing what is worth it."""
    values = dict(zip([*jaxpr.constvars, *jaxpr.invars], arguments, strict=True))
    roots = _roots(jaxpr)
    readers = _readers(jaxpr, roots)
    work: dict[Any, float] = {}
    for one in jaxpr.eqns:
        _apply(one, values)
        if one.primitive.name in VIEWS:
            continue
        if one.params.get("name") == BARRIER:
            work.update(dict.fromkeys(one.outvars, 0.0))
            continue
        cost = COSTS.get(one.primitive.name, 1.0) + sum(work.get(roots.get(name, name), 0.0) for name in _names(one.invars))
        for name in one.outvars:
            work[name] = cost
            if (readers[name] - 1) * cost >= WORTH_STORING and values[name].ndim and values[name].dtype.kind == "f":
                (values[name],) = unmerged(values[name])
                work[name] = 0.0
    return _read(jaxpr.outvars, values)


def _roots(jaxpr: Any) -> dict[Any, Any]:
    """Return, for every view, the result that it shows."""
    roots: dict[Any, Any] = {}
    for one in jaxpr.eqns:
        if one.primitive.name in VIEWS and _names(one.invars[:1]):
            shown = one.invars[0]
            roots.update(dict.fromkeys(one.outvars, roots.get(shown, shown)))
    return roots


def _readers(jaxpr: Any, roots: dict[Any, Any]) -> Counter[Any]:
    """Count the operations that read a result, itself or through views."""
    read = [name for one in jaxpr.eqns if one.primitive.name not in VIEWS for name in _names(one.invars)]
    return Counter(roots.get(name, name) for name in [*read, *_names(jaxpr.outvars)])


def _evaluated(jaxpr: Any, arguments: Sequence[Any]) -> list[Any]:
    """Apply the operations of a program, functions inside it taken apart, barriers left whole."""
    values = dict(zip([*jaxpr.constvars, *jaxpr.invars], arguments, strict=True))
    for one in jaxpr.eqns:
        if one.primitive.name in ("jit", "pjit", "closed_call") and one.params.get("name") != BARRIER:
            inner = one.params["jaxpr"]
            found = _evaluated(inner.jaxpr, [*inner.consts, *_read(one.invars, values)])
            values.update(zip(one.outvars, found, strict=True))
        else:
            _apply(one, values)
    return _read(jaxpr.outvars, values)


def _apply(one: Any, values: dict[Any, Any]) -> None:
    """Apply an operation to values and keep what it gives."""
    found = one.primitive.bind(*_read(one.invars, values), **one.params)
    values.update(zip(one.outvars, found if one.primitive.multiple_results else [found], strict=True))


def _names(variables: Sequence[Any]) -> list[Any]:
    """Return variables without the numbers written into the program."""
    return [one for one in variables if not hasattr(one, "val")]


def _read(variables: Sequence[Any], values: dict[Any, Any]) -> list[Any]:
    return [one.val if hasattr(one, "val") else values[one] for one in variables]
