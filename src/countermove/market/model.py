"""The market model as one explicit ordered list of mechanisms, and what one month does with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from countermove.errors import InputError, did_you_mean
from countermove.market.mechanism import Array, Flows, Mechanism, Values
from countermove.market.mechanisms import (
    capacity,
    cutoff_risk,
    demand,
    domestic_supply,
    foreign_supply,
    gates,
    grey_market,
    installed_base,
    learning,
    offshore,
    prices,
    rationing,
    research,
    software,
    us_side,
)
from countermove.market.state import State

ORDER: tuple[Mechanism, ...] = (
    gates.MECHANISM,
    cutoff_risk.MECHANISM,
    research.MECHANISM,
    software.MECHANISM,
    learning.MECHANISM,
    demand.MECHANISM,
    foreign_supply.MECHANISM,
    domestic_supply.MECHANISM,
    grey_market.MECHANISM,
    offshore.MECHANISM,
    rationing.MECHANISM,
    prices.MECHANISM,
    capacity.MECHANISM,
    installed_base.MECHANISM,
    us_side.MECHANISM,
)
"""Within a month every mechanism reads the stocks of the month before and the flows of those above it."""


@dataclass(frozen=True)
class Model:
    """An ordered list of mechanisms; :meth:`replace` swaps one for another with the same doors."""

    mechanisms: tuple[Mechanism, ...] = ORDER

    def mechanism(self, name: str) -> Mechanism:
        """The mechanism called `name`; InputError with the nearest name otherwise."""
        for mechanism in self.mechanisms:
            if mechanism.name == name:
                return mechanism
        names = [m.name for m in self.mechanisms]
        raise InputError(f"no mechanism {name!r}", where="model", hint=did_you_mean(name, names))

    def replace(self, name: str, step: Callable[..., object]) -> Model:
        """A model in which the mechanism `name` steps with `step(s, p, c, x, f, xp)` and declares the same doors."""
        old = self.mechanism(name)
        new = replace(old, step=step)  # type: ignore[arg-type]
        return Model(tuple(new if m is old else m for m in self.mechanisms))

    def month(self, s: State, p: Values, c: Values, x: Values, xp: Array) -> tuple[State, Flows]:
        """One step: all mechanisms in order on the old stocks, then all new stocks at once."""
        flows = Flows()
        changes: dict[str, Array] = {}
        for mechanism in self.mechanisms:
            state, new = mechanism.step(s, p, c, x, flows, xp)
            changes.update(state)
            flows.update(new)
        return s._replace(**changes), flows


def check_doors(model: Model) -> list[str]:
    """Contradictions in the declarations: a flow read before it is written, a stock written twice or by nobody."""
    problems: list[str] = []
    written: set[str] = set()
    owners: dict[str, str] = {}
    for m in model.mechanisms:
        problems += [f"{m.name} reads flow {name!r} before it is written" for name in m.flow_reads if name not in written]
        written.update(m.flow_writes)
        for name in m.state_writes:
            if name in owners:
                problems.append(f"{m.name} writes {name!r}, which {owners[name]} owns")
            owners[name] = m.name
        unknown = [n for n in (*m.state_reads, *m.state_writes) if n not in State._fields]
        problems += [f"{m.name} names unknown stock {name!r}" for name in unknown]
    problems += [f"no mechanism writes {name!r}" for name in State._fields if name not in owners]
    return problems
