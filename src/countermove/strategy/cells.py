"""Filling the game: every pair of strategies simulated with the same draws, from a past that all pairs share.

Wellman, Tuyls & Greenwald (2025) call this an empirical game; common random numbers make the difference between two pairs a
difference of levers alone. Inputs that only Washington's levers move come from its row, those that only Beijing's move from its
column; a pair in which both move one input is compiled in full. Months before any strategy differs are simulated once.
"""

from __future__ import annotations

import math
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.experiments import pipeline
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.streams import BLOCK
from countermove.market.inputs import MarketInputs
from countermove.quantities.calendar import month_index
from countermove.strategy.game_file import STATUS_QUO, Game, joined
from countermove.strategy.profiles import SPENDING
from countermove.strategy.rollout import STATES, Stretch, continued, measured, past_of

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

WORTH_FORKING = 512
"""Pairs times draws from which a second process saves more than it costs."""


@dataclass(frozen=True)
class Cells:
    """What was simulated. `values`: (US strategy, Chinese strategy, outcome, year, draw), in the outcomes' units."""

    washington: tuple[str, ...]
    beijing: tuple[str, ...]
    outcomes: tuple[str, ...]
    years: tuple[str, ...]
    values: Floats
    seed: int
    full_compilations: int
    """Pairs whose inputs had to be compiled together, because both sides move one of them."""

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.values.shape[-1])

    def outcome(self, name: str) -> Floats:
        """Return one outcome, (US strategy, Chinese strategy, year, draw)."""
        found: Floats = self.values[:, :, self.outcomes.index(name)]
        return found


def simulate_cells(
    game: Game,
    outcomes: Sequence[str],
    *,
    draws: int,
    seed: int,
    overrides: Mapping[str, Any] | None = None,
    pairs: Sequence[tuple[int, int]] | None = None,
    base: Scenario | None = None,
    start: str | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Cells:
    """Simulate the pairs of a game; pairs left out by `pairs` stay at 0.

    `overrides` pins parameters by path in all pairs. `base` is the scenario that all pairs share until `start` (default: the
    status quo, until the first start month of a strategy); each strategy's scenario must then hold it up to there.
    `processes` None takes one per core. Raises InputError for draws or a seed out of range.
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise InputError(f"{draws} draws were asked for", where="draws", hint="give a whole number from 1; 1,000 is usual")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"the seed is {seed}", where="seed", hint="give a whole number from 0")
    check_outcomes(outcomes)
    wanted = list(pairs) if pairs is not None else [(i, j) for i in range(len(game.washington)) for j in range(len(game.beijing))]
    plan = _Plan(game, tuple(outcomes), wanted, overrides or {}, base, start)
    shape = (len(game.washington), len(game.beijing), len(outcomes), len(game.years))
    parts, done, total = [], 0, draws * len(wanted)
    full = 0
    for first in range(0, draws, BLOCK):
        count = min(BLOCK, draws - first)
        block = np.zeros((*shape, count))
        setting = _Block(plan, seed, first, count)
        for (i, j), values in _run(setting, processes):
            block[i, j] = values[..., :count]
            done += count
            if progress is not None:
                progress(done, total)
        full = max(full, len(setting.conflicts))
        parts.append(block)
    values = np.concatenate(parts, axis=-1)
    names = [tuple(s.id for s in game.side(side)) for side in ("washington", "beijing")]
    return Cells(names[0], names[1], tuple(outcomes), game.years, values, seed, full)


def check_outcomes(outcomes: Sequence[str]) -> None:
    """Raise InputError, with the nearest name, for an outcome that nobody measures."""
    from countermove.outcomes import OUTCOMES

    known = [*OUTCOMES, SPENDING, *STATES]
    for name in outcomes:
        if name not in known:
            raise InputError(f"no outcome named {name!r}", where="outcomes", hint=did_you_mean(name, known))


class _Plan:
    """What no draw changes: compiled rows, columns and the status quo, and each pair's subsidy path."""

    def __init__(
        self,
        game: Game,
        outcomes: tuple[str, ...],
        pairs: Sequence[tuple[int, int]],
        overrides: Mapping[str, Any],
        base: Scenario | None,
        start: str | None,
    ) -> None:
        self.game, self.outcomes, self.pairs = game, outcomes, pairs

        def compiled(scenario: Scenario) -> pipeline.Compiled:
            return pipeline.compile_scenario(scenario.with_overrides(overrides) if overrides else scenario)

        self.base = compiled(base or load_scenario(STATUS_QUO))
        used_rows, used_columns = {i for i, _ in pairs}, {j for _, j in pairs}
        self.rows = {i: compiled(game.washington[i].scenario) for i in sorted(used_rows)}
        self.columns = {j: compiled(game.beijing[j].scenario) for j in sorted(used_columns)}
        self.compiled = compiled
        starts = [s.scenario.start for s in (*game.washington, *game.beijing)]
        self.start = month_index(start or min(starts))
        self.last = month_index(f"{game.last}-12") + 1

    def spending(self, column: int) -> dict[str, float]:
        """Return year -> billion USD of chip subsidy under a strategy of Beijing's."""
        path = self.columns[column].levers.value("beijing.subsidy")
        return {year: float(path[month_index(f"{year}-01") : month_index(f"{year}-12") + 1].mean()) for year in self.game.years}


class _Block:
    """One block of draws: its compiled inputs, and the shared past."""

    def __init__(self, plan: _Plan, seed: int, first: int, count: int) -> None:
        self.plan = plan
        self.padded = math.ceil(count / pipeline.LANES) * pipeline.LANES
        self.draws = pipeline.sampled(plan.base, seed=seed, draws=self.padded, first=first)
        self.base = self._inputs(plan.base)
        self.rows = {i: self._changes(c) for i, c in plan.rows.items()}
        self.columns = {j: self._changes(c) for j, c in plan.columns.items()}
        self.conflicts = [(i, j) for i, j in plan.pairs if set(self.rows[i]) & set(self.columns[j])]
        self.past = past_of(self.base, plan.start, plan.outcomes)

    def _inputs(self, compiled: pipeline.Compiled) -> MarketInputs:
        from countermove.market.compile import compile_market

        return compile_market(self.draws, compiled.gates, compiled.levers, hazards=compiled.scenario.hazards)

    def _changes(self, compiled: pipeline.Compiled) -> dict[str, Any]:
        """Return the monthly inputs in which a scenario differs from the status quo."""
        own = self._inputs(compiled).monthly
        return {name: x for name, x in own.items() if not np.array_equal(x, self.base.monthly[name])}

    def inputs(self, pair: tuple[int, int]) -> MarketInputs:
        """Return the inputs of a pair."""
        if pair in self.conflicts:
            game = self.plan.game
            return self._inputs(self.plan.compiled(joined(game.washington[pair[0]].scenario, game.beijing[pair[1]].scenario)))
        return replace(self.base, monthly={**self.base.monthly, **self.rows[pair[0]], **self.columns[pair[1]]})

    def simulate(self, pair: tuple[int, int]) -> Floats:
        """Return (outcome, year, draw) of a pair."""
        plan = self.plan
        series = continued(self.inputs(pair), self.past, Stretch(plan.start, plan.last, plan.outcomes))
        given = {SPENDING: plan.spending(pair[1])}
        return measured(series, plan.outcomes, plan.game.years, given=given, draws=self.padded)


_SHARED: dict[str, _Block] = {}
"""What forked workers read: set just before the fork, so that nothing large is sent to them."""


def _work(pair: tuple[int, int]) -> Floats:
    return _SHARED["block"].simulate(pair)


def _run(block: _Block, processes: int | None) -> Iterator[tuple[tuple[int, int], Floats]]:
    """Yield pairs with their values; on several processes where there is work for them and the system can fork."""
    pairs = block.plan.pairs
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    workers = min(processes or cores, len(pairs))
    if workers < 2 or len(pairs) * block.padded < WORTH_FORKING or "fork" not in multiprocessing.get_all_start_methods():
        for pair in pairs:
            yield pair, block.simulate(pair)
        return
    _SHARED["block"] = block
    try:
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
            yield from zip(pairs, pool.map(_work, pairs), strict=True)
    finally:
        _SHARED.clear()
