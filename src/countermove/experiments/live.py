"""A live session: a lever is moved, bands of monthly outcomes come back, and nothing is done twice.

The draws, all inputs that no lever moves, and the compiled program are kept. A move is compiled to the few monthly inputs that
gates and levers set; the first month in which they differ from the scenario as it stands is where the run is taken up again, from
stored stocks. Nothing of a move is part of the program, so no move compiles another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments.pipeline import Compiled, compile_scenario, sampled
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.statistics import LEVELS
from countermove.quantities.calendar import MONTHS

if TYPE_CHECKING:
    from countermove.market.engines.live_program import Stocks
    from countermove.market.gate_inputs import GateReadings
    from countermove.market.inputs import Bundle

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class LiveBands:
    """What a move gives: quantiles of monthly outcomes, (month, outcome, level), from the month on in which anything differs."""

    outcomes: tuple[str, ...]
    quantiles: Singles
    draws: Singles
    """(month, outcome, draw)."""
    first: int
    """The first month that was run again; 132 where the move changes nothing."""


class LiveSession:
    """One set of draws of one scenario's assumptions, ready for moves of its levers; needs JAX. Not for several threads."""

    def __init__(self, scenario: Scenario | str, outcomes: Sequence[str], *, draws: int = 512, seed: int = 2026) -> None:
        """Sample, compile the program and run the scenario as it stands. InputError for a date, which no month has."""
        from countermove.market.compile import bundle_parameters, compile_market
        from countermove.market.engines.live_program import LiveProgram
        from countermove.outcomes import outcome
        from countermove.outcomes.month_window import month_window

        chosen = [outcome(name) for name in outcomes]
        for one in chosen:
            if one.kind == "date":
                raise InputError(f"{one.id} is a date, which has no months", where="outcomes", hint="ask `run` for it")
        self.outcomes = tuple(outcomes)
        self.scenario = load_scenario(scenario) if isinstance(scenario, str) else scenario
        base = compile_scenario(self.scenario)
        self._values = sampled(base, seed=seed, draws=draws)
        self._parameters, self._draws = bundle_parameters(self._values), draws
        inputs = compile_market(self._values, base.gates, base.levers, hazards=self.scenario.hazards)
        self._caps: Bundle | None = None
        self._readings: dict[Any, GateReadings] = {}
        self._base: Mapping[str, Floats] = self._moved(base)
        self._base = {name: inputs.monthly[name] for name in self._base if name in inputs.monthly}

        def measure(seen: Mapping[str, Any], month: Any, smuggled: Any) -> list[Any]:
            window = month_window(seen, month, smuggled)
            return [one.measure(window) for one in chosen]

        self._program = LiveProgram(inputs, frozenset(self._base), len(chosen), measure)
        self._given = self._program.on_device(self._program.cut(self._base))
        self._stocks: dict[int, list[Stocks]] = {0: self._program.start}
        _, self._rows = self._program.walk(0, MONTHS, self._program.start, self._program.empty(), self._given)
        self._past = quantiles(self._program.joined(self._rows))

    def move(self, levers: Mapping[str, Any], *, start: str) -> LiveBands:
        """Return the bands with levers set from a month on; InputError for a lever that does not fit."""
        return self.answer(self.scenario.with_levers(levers, start=start))

    def answer(self, scenario: Scenario) -> LiveBands:
        """Return the bands of a scenario that differs from the session's in levers alone; InputError when assumptions differ."""
        if scenario.overrides != self.scenario.overrides or scenario.hazards != self.scenario.hazards:
            raise InputError("its assumptions differ from the session's", where=scenario.id, hint="open a session of its own")
        moved = self._moved(compile_scenario(scenario))
        changed = {name: first for name, base in self._base.items() if (first := first_difference(moved[name], base)) < MONTHS}
        first = min(changed.values(), default=MONTHS)
        parts = self._program.on_device(self._program.cut({name: moved[name] for name in changed}))
        given = [{**base, **part} for base, part in zip(self._given, parts, strict=True)]
        _, rows = self._program.walk(first, MONTHS, self._stocks_before(first), self._rows, given)
        series = self._program.joined(rows)
        found = self._past.copy()
        found[first:] = quantiles(series[first:])
        return LiveBands(self.outcomes, found, series, first)

    def _moved(self, compiled: Compiled) -> Mapping[str, Floats]:
        """Compile what gates and levers set, (month, ...); a cap that covers what it did is not spread over draws again."""
        from countermove.market.compile import GATE_PRODUCTS, moved_by_levers
        from countermove.market.exogenous import cap_base, cap_windows
        from countermove.market.gate_inputs import cap_applies, foreign_cap_share, gate_readings, readings_key

        caps = cap_windows(cap_applies(foreign_cap_share(compiled.gates, GATE_PRODUCTS)), compiled.levers)
        given = (self._parameters, self._values, compiled.gates, compiled.levers)
        key = readings_key(compiled.gates)
        readings = self._readings.get(key)
        if readings is None:
            readings = gate_readings(compiled.gates, self._parameters, self._values, self.scenario.hazards)
            self._readings = {key: readings}
        found: dict[str, Floats] = moved_by_levers(*given, hazards=self.scenario.hazards, readings=readings)
        if self._caps is not None and all(np.array_equal(window, self._caps[name]) for name, window in caps.items()):
            return found | {name: self._base[name] for name in ("cap_base_flow", "cap_base_lump", "cap_reset")}
        if self._caps is None:
            self._caps = caps
        return found | cap_base(self._parameters, caps, self._draws)

    def _stocks_before(self, month: int) -> list[Stocks]:
        """Return the stocks of the session's own scenario before a month, kept once they are known."""
        if month not in self._stocks:
            known = max(one for one in self._stocks if one <= month)
            stocks, _ = self._program.walk(known, month, self._stocks[known], self._program.empty(), self._given)
            self._stocks[month] = stocks
        return self._stocks[month]


def first_difference(one: Floats, other: Floats) -> int:
    """Return the first month in which two monthly inputs differ, 132 if none."""
    if one is other:
        return MONTHS
    if one.shape != other.shape:
        return 0
    differs = (one != other).reshape(len(one), -1).any(axis=1)
    return int(np.argmax(differs)) if differs.any() else MONTHS


def quantiles(series: Singles) -> Singles:
    """Return the five quantiles over draws on the last axis, (..., level), interpolated as `statistics.quantile` does."""
    ordered = np.sort(series, axis=-1)
    places = (series.shape[-1] - 1) * np.array(list(LEVELS.values()))
    below = places.astype(int)
    low, high = ordered[..., below], ordered[..., np.minimum(below + 1, series.shape[-1] - 1)]
    found: Singles = low + (places - below).astype(np.float32) * (high - low)
    return found
