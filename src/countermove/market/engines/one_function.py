"""How XLA is told, on processors, to make one machine function of a part of a program, and where to stop merging.

XLA cuts a program into kernels of one merged operation each and walks a list of them; for a few hundred draws the walk took more
than half of the time (measured: docs/decisions/0050). It has another way, which it chooses by itself for small loops only: a call
marked ``xla_cpu_small_call`` becomes one function, with all the loops inside. A call marked ``inlineable="false"`` is not merged
with what surrounds it, which makes a call that gives back its arguments a barrier that costs nothing.

Neither mark is a documented interface. They are used with the versions of JAX they were measured with; with another version
programs are compiled without them, which is slower and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MEASURED_WITH = ((0, 10),)
"""Versions of JAX, (major, minor)."""


def marks_understood(jax: Any) -> bool:
    """Tell whether programs are compiled for a processor by a version of JAX that the marks were measured with."""
    return jax.default_backend() == "cpu" and jax.__version_info__[:2] in MEASURED_WITH


def one_function(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """Return `function` compiled as one machine function: called, it gives what `function` gives and a number.

    The number must leave the program that is compiled: it is a sum of one entry of every argument, and keeps each of them in use.
    XLA looks up the memory of all arguments of such a call, and ends the process where it has removed the last use of one. For
    the same reason arguments must not be constants. All of them are arrays that are not empty.
    """
    import jax
    import jax.numpy as jnp

    if not marks_understood(jax):
        return lambda *arguments: (function(*arguments), jnp.float32(0.0))

    def with_use(*arguments: Any) -> tuple[Any, Any]:
        firsts = [jnp.asarray(one[(0,) * one.ndim], jnp.float32) for one in jax.tree.leaves(arguments)]
        return function(*arguments), jnp.sum(jnp.stack(firsts))

    return lambda *arguments: _marked(jax.jit(with_use)(*arguments), xla_cpu_small_call="true")


BARRIER = "barrier"
"""Name of the call in a traced program."""


def unmerged(*arrays: Any) -> tuple[Any, ...]:
    """Return arrays that are stored before anything reads them."""
    import jax

    def barrier(*same: Any) -> tuple[Any, ...]:
        return same

    stored: tuple[Any, ...] = _marked(jax.jit(barrier)(*arrays))
    return stored


def _marked(found: Any, **marks: str) -> Any:
    """Mark the call that gave some values."""
    from jax.experimental.xla_metadata import set_xla_metadata

    mark: Callable[..., Any] = set_xla_metadata
    return mark(found, inlineable="false", **marks)
