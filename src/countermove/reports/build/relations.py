"""The chain from an outcome to its relations and their parameters, read from what the mechanisms declare."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from countermove.evidence.ledger import load_parameters
from countermove.market.mechanism import Mechanism
from countermove.market.model import ORDER
from countermove.reports.model import MechanismNote

KIND = "parameters/"

# Monthly series that are computed on observation, with the stocks and flows they are computed from.
OBSERVED: dict[str, tuple[str, ...]] = {
    "not_served": ("unmet", "waiting", "given_up"),
    "queued": ("licence_queue", "approval_queue", "order_backlog"),
    "installed_h100e": ("installed", "performance_factor"),
    "installed_bandwidth": ("installed", "performance_factor"),
    "installed_effective": ("installed", "performance_factor"),
    "power": ("installed",),
    "frontier_chip": ("performance_factor",),
    "frontier_system": ("performance_factor",),
    "added_h100e": ("units", "performance_factor"),
    "cost_per_work": ("spent", "units"),
    "work_added": ("units",),
    "world_cost_per_work": (),
    "h200_abroad": ("units",),
    "domestic_price": ("value", "units"),
    "budget": (),
}


@cache
def _paths() -> dict[str, str]:
    """Short name of a parameter, as mechanisms declare it -> its path."""
    return {name.rpartition(".")[2]: KIND + name for name in load_parameters()}


def relations(known: set[str]) -> tuple[MechanismNote, ...]:
    """Every mechanism of the model in its order, with those parameters that have a row in the report."""
    return tuple(
        MechanismNote(
            name=m.name,
            title=m.title,
            equation=m.equation,
            references=m.sources,
            parameters=tuple(p for p in _parameter_paths(m) if p in known),
            upstream=tuple(other.name for other in ORDER if other is not m and _reads_from(m, other)),
        )
        for m in ORDER
    )


def mechanisms_of(reads: Iterable[str]) -> tuple[str, ...]:
    """Names of the mechanisms that write what an outcome reads, in the order of the model."""
    names = {n for read in reads for n in OBSERVED.get(read, (read,))}
    return tuple(m.name for m in ORDER if names & {*m.flow_writes, *m.state_writes})


def parameters_of(reads: Iterable[str]) -> tuple[str, ...]:
    """Paths of the parameters of those mechanisms."""
    direct = mechanisms_of(reads)
    return tuple(dict.fromkeys(p for m in ORDER if m.name in direct for p in _parameter_paths(m)))


def _parameter_paths(mechanism: Mechanism) -> list[str]:
    return [_paths()[name] for name in mechanism.parameters if name in _paths()]


def _reads_from(reader: Mechanism, writer: Mechanism) -> bool:
    return bool({*reader.flow_reads, *reader.state_reads} & {*writer.flow_writes, *writer.state_writes})
