"""The plan of a sweep: its cells and chunks, each a pure function of the specification.

A *cell* is one combination of everything that has no draw axis: a scenario, lever values, and parameters whose prior is a
fixed value (tables are built from those before any draw). A *chunk* is a piece of a cell: some of its points with all their
draws, or one point with some of its draws.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments.designs import Points, compared_together, place_points
from countermove.experiments.scenario import Scenario
from countermove.experiments.sweep_file import HORIZON, LEVER, MOST_RUNS, PARAMETER, SweepFile, lever_setting

if TYPE_CHECKING:
    from countermove.experiments.histograms import Bins

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quantity:
    """One number per run: an outcome in a period."""

    outcome: str
    period: str

    def __str__(self) -> str:
        """Give `outcome@period`."""
        return f"{self.outcome}@{self.period}"


@dataclass(frozen=True)
class Cell:
    """One compilation: a scenario with lever and fixed values, and the points that share them."""

    number: int
    scenario: str
    points: tuple[int, ...]


@dataclass(frozen=True)
class Chunk:
    """Points [first_point, last_point) of a cell's list, draws [first_draw, last_draw) of each."""

    number: int
    cell: Cell
    first_point: int
    last_point: int
    first_draw: int
    last_draw: int

    @property
    def draws(self) -> int:
        """Draws of each point in this chunk."""
        return self.last_draw - self.first_draw

    @property
    def rows(self) -> int:
        """Runs in this chunk."""
        return (self.last_point - self.first_point) * self.draws


@dataclass(frozen=True)
class Plan:
    """Everything that a worker needs to compute any chunk; it can be pickled."""

    spec: SweepFile
    scenarios: Mapping[str, Scenario]
    points: Points

    @property
    def runs(self) -> int:
        """Runs in the whole sweep."""
        return self.points.count * len(self.scenarios) * self.spec.draws

    @cached_property
    def blocks(self) -> tuple[int, ...]:
        """Block of draws of each point: draw d of a point in block b is draw b x `draws` + d of the seed's streams.

        Points of one block share their draws, scenarios always do. By default those share that differ in levers alone, so
        that settings can be compared future by future while every point of assumptions has draws of its own: with the same
        few draws at every point, nothing could be told of what is drawn.
        """
        count = self.points.count
        assumed = [column for name, column in self.points.columns.items() if name.startswith(PARAMETER)]
        if self.spec.shared_draws == "none":
            return tuple(range(count))
        if self.spec.shared_draws == "all" or not assumed:
            return (0,) * count
        if (compared := compared_together(self.spec.design)) > 1:
            return tuple(number // compared for number in range(count))
        found: dict[tuple[float | str, ...], int] = {}
        return tuple(found.setdefault(values, len(found)) for values in zip(*assumed, strict=True))

    @property
    def copula_runs(self) -> int:
        """Runs whose parameters come from the copula fitted to the ensemble, because they lie beyond its rows."""
        from countermove.experiments.ensemble import ROWS

        if self.spec.beliefs != "fitted":
            return 0
        draws = self.spec.draws
        beyond = (min(draws, max(0, (block + 1) * draws - ROWS)) for block in self.blocks)
        return sum(beyond) * len(self.scenarios)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is kept of each run, in order."""
        from countermove.outcomes import OUTCOMES

        return tuple(
            Quantity(name, period)
            for name in self.spec.outcomes
            for period in ((HORIZON,) if OUTCOMES[name].kind == "date" else self.spec.periods)
        )

    @cached_property
    def bins(self) -> tuple[Bins, ...]:
        """The declared bins of each quantity."""
        from countermove.experiments.histograms import bins_for
        from countermove.outcomes import OUTCOMES

        return tuple(bins_for(OUTCOMES[quantity.outcome].kind, self.spec.accuracy) for quantity in self.quantities)

    @cached_property
    def cell_factors(self) -> tuple[str, ...]:
        """Factors that no draw axis can carry: levers, and parameters whose prior is a fixed value."""
        return tuple(name for name in self.points.columns if name.startswith(LEVER) or _is_fixed(name))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells: scenario by scenario, lever settings in the order in which points first name them."""
        groups: dict[tuple[float | str, ...], list[int]] = {}
        keys = [self.points.columns[name] for name in self.cell_factors]
        for number in range(self.points.count):
            groups.setdefault(tuple(column[number] for column in keys), []).append(number)
        pairs = itertools.product(self.scenarios, groups.values())
        return tuple(Cell(number, scenario, tuple(members)) for number, (scenario, members) in enumerate(pairs))

    @cached_property
    def _first_chunks(self) -> list[int]:
        """Number of the first chunk of each cell, and the number of all chunks last."""
        return [0, *itertools.accumulate(self._chunks_of(cell) for cell in self.cells)]

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return self._first_chunks[-1]

    def chunks_of(self, cell: int) -> range:
        """Numbers of the chunks of one cell."""
        return range(self._first_chunks[cell], self._first_chunks[cell + 1])

    def chunk(self, number: int) -> Chunk:
        """Return one chunk by its number."""
        cell = self.cells[bisect.bisect_right(self._first_chunks, number) - 1]
        place = number - self._first_chunks[cell.number]
        draws, size = self.spec.draws, self.spec.chunk
        if draws > size:
            point, piece = divmod(place, math.ceil(draws / size))
            return Chunk(number, cell, point, point + 1, piece * size, min(draws, (piece + 1) * size))
        each = size // draws
        return Chunk(number, cell, place * each, min(len(cell.points), (place + 1) * each), 0, draws)

    def _chunks_of(self, cell: Cell) -> int:
        draws, size = self.spec.draws, self.spec.chunk
        if draws > size:
            return len(cell.points) * math.ceil(draws / size)
        return math.ceil(len(cell.points) / (size // draws))

    def scenario_of(self, cell: Cell) -> Scenario:
        """Return the cell's scenario with its levers and fixed parameters set."""
        base = self.scenarios[cell.scenario]
        values = {name: self.points.columns[name][cell.points[0]] for name in self.cell_factors}
        levers: dict[str, object] = {}
        for name, value in values.items():
            if name.startswith(LEVER):
                for lever, setting in lever_setting(name, value).items():
                    levers[lever] = _joined(levers.get(lever), setting)
        fixed = {name: value for name, value in values.items() if name.startswith(PARAMETER)}
        changed = base.with_levers(levers) if levers else base
        return changed.with_overrides(fixed) if fixed else changed

    def check(self) -> Plan:
        """Compile the first cell of every scenario and every lever setting's validity; raise InputError before any work."""
        if self.runs > MOST_RUNS:
            raise InputError(f"the sweep has {self.runs:,} runs", where="sweep", hint=f"at most {MOST_RUNS:,}")
        for cell in self.cells[:: max(1, len(self.cells) // 512)]:
            try:
                self.scenario_of(cell)
            except InputError as error:
                at = ", ".join(f"{name} = {value}" for name, value in self.points.at(cell.points[0]).items())
                raise InputError(error.what, where=f"{cell.scenario} with {at}", hint=error.hint) from None
        return self


def _joined(one: object, other: object) -> object:
    """Join the settings of a lever and its parts, given as separate factors."""
    if one is None:
        return other
    parts = [setting if isinstance(setting, dict) else {"value": setting} for setting in (one, other)]
    return parts[0] | parts[1]


def _is_fixed(name: str) -> bool:
    from countermove.evidence.ledger import load_parameters
    from countermove.evidence.priors import Fixed

    return isinstance(load_parameters()[name.removeprefix(PARAMETER)].prior, Fixed)


def plan_sweep(path: Path) -> Plan:
    """Return the checked plan of a sweep file; InputError or EnvironmentProblem for anything wrong, before any work."""
    from countermove.experiments.sweep_file import read_sweep

    spec, scenarios = read_sweep(path)
    points = place_points(spec, path.parent)
    for name in points.columns:
        clash = next((s.id for s in scenarios.values() if name in s.overrides), None)
        if clash is not None:
            raise InputError(f"the scenario {clash} sets {name} too", where=str(path), hint="remove it from one of them")
    return Plan(spec, scenarios, points).check()
