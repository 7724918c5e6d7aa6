"""What a mechanism is: one pure step function with everything it touches declared beside it.

The declarations are not decoration: tests run every mechanism with recording views and fail when it reads or
writes something undeclared, and `explain`, the idle check and the equation pages are generated from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Array = Any
"""A NumPy or JAX array; shapes are given by axis name in each docstring, the draw axis last."""


class Values(Protocol):
    """A bundle of arrays reached by attribute: parameters, constants or one month's inputs."""

    def __getattr__(self, name: str) -> Array: ...


class Flows(dict[str, Array]):
    """What happened in the month so far, by name; a mechanism reads what earlier ones wrote."""

    def __getattr__(self, name: str) -> Array:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


StepResult = tuple[Mapping[str, Array], Mapping[str, Array]]
"""(new values of state fields, flows of this month)."""

Step = Callable[[Any, Values, Values, Values, Any, Any], StepResult]
"""``step(s, p, c, x, f, xp)``: state, parameters (draw), constants, the month's inputs, flows so far, array namespace."""


@dataclass(frozen=True)
class Mechanism:
    """One relation of the model: its step, its declared doors, its equation and the literature it stands on."""

    name: str
    title: str
    step: Step
    state_reads: tuple[str, ...]
    state_writes: tuple[str, ...]
    flow_reads: tuple[str, ...]
    flow_writes: tuple[str, ...]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    constants: tuple[str, ...]
    equation: str
    sources: tuple[str, ...]
