"""Worlds: draws of one set of assumptions, in which scenarios depart from each other where their inputs first differ.

The draws, all inputs that no lever moves, and the compiled program are kept. A move is compiled to the few monthly inputs that
gates and levers set; the first month in which they differ from those of a course that is known is where the run is taken up
again, from stored stocks. Nothing of a move is part of a program, so no move compiles another one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments.pipeline import Compiled
from countermove.market.compile import GATE_PRODUCTS, bundle_parameters, compile_market, moved_by_levers
from countermove.market.exogenous import cap_base, cap_windows
from countermove.market.gate_inputs import GateReadings, cap_applies, foreign_cap_share, gate_readings, readings_key
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.steps import Monthly, ReferenceSteps, Steps
from countermove.outcomes import OUTCOMES
from countermove.quantities.calendar import MONTHS

if TYPE_CHECKING:
    from countermove.market.engines.compiled_steps import Program

Floats = NDArray[np.float64]
CAPPED: Final = ("cap_base_flow", "cap_base_lump", "cap_reset")
READ: Final = frozenset(name for one in OUTCOMES.values() for name in one.reads)
"""The monthly series that any outcome is measured on; nothing else is kept."""


@dataclass
class Course:
    """One scenario, simulated: its inputs, its monthly series, and the stocks before some months."""

    moved: Monthly
    monthly: Monthly
    stocks: dict[int, Any] = field(default_factory=dict)


class World:
    """Draws with everything that levers leave alone. Several threads may ask."""

    def __init__(self, compiled: Compiled, sample: Mapping[str, Floats], program: Program | None = None) -> None:
        """Compile and run a first scenario; the program is used where its shapes fit, NumPy otherwise."""
        self._sample, self._parameters = sample, bundle_parameters(sample)
        self._overrides = compiled.scenario.overrides
        self._draws = len(next(iter(sample.values())))
        self._lock = threading.Lock()
        self._inputs: MarketInputs = compile_market(sample, compiled.gates, compiled.levers, hazards=compiled.scenario.hazards)
        self._windows: Bundle = self._caps(compiled)
        self._capped: Monthly = {name: self._inputs.monthly[name] for name in CAPPED if name in self._inputs.monthly}
        self._readings: dict[Any, GateReadings] = {}
        self._first = self._moved(compiled)
        self._steps = self._stepper(program)
        self._root = self._departed(None, self._first)
        self._trunks: dict[str, Course] = {}

    @property
    def engine(self) -> str:
        """What steps this world: numpy or jax."""
        return self._steps.engine

    def held(self) -> Any:
        """Return what it holds in memory."""
        courses = (self._root, *self._trunks.values())
        own = (self._sample, self._parameters, self._inputs, self._windows, self._capped, self._readings, self._first)
        return own, courses, self._steps.held()

    def program(self) -> Program:
        """Compile the months for this and other worlds of as many draws; takes seconds, and needs JAX."""
        from countermove.market.engines.compiled_steps import Program

        return Program(self._inputs, self._first, READ)

    def course(self, compiled: Compiled, trunk: str = "", bare: Compiled | None = None) -> Monthly:
        """Return a scenario's monthly series, all that outcomes read.

        It departs from the first scenario, or from its preset without changes (`bare`, known as `trunk`) where one is given.
        InputError where its assumptions are not the world's; OtherShapes where a compiled program cannot run it.
        """
        if compiled.scenario.overrides != self._overrides:
            where = compiled.scenario.id
            raise InputError("its assumptions differ from the world's", where=where, hint="make a world of its own")
        moved = self._moved(compiled)
        with self._lock:
            origin = self._root if bare is None else self._trunk(trunk, bare)
            first = departure(moved, origin.moved)
            stocks = self._stocks_before(origin, first)
        return self._departed(origin, moved, first, stocks).monthly

    def _trunk(self, name: str, bare: Compiled) -> Course:
        if name not in self._trunks:
            while len(self._trunks) > 1:
                self._trunks.pop(next(iter(self._trunks)))
            moved = self._moved(bare)
            first = departure(moved, self._root.moved)
            self._trunks[name] = self._departed(self._root, moved, first, self._stocks_before(self._root, first))
        return self._trunks[name]

    def _stepper(self, program: Program | None) -> Steps:
        fast = None if program is None else program.steps(self._inputs, self._first)
        return fast or ReferenceSteps(self._inputs, READ.__contains__)

    def _departed(self, origin: Course | None, moved: Monthly, first: int = 0, stocks: Any = None) -> Course:
        """Simulate from the first month in which inputs differ; what lies before is shared."""
        if origin is None:
            _, pieces = self._steps.walk(0, MONTHS, self._steps.start, moved)
            return Course(moved, self._joined({}, 0, pieces), {0: self._steps.start})
        if first >= MONTHS:
            return origin
        # Inputs that are equal become the same arrays, so that what is kept on the device is used.
        same = {name for name, one in moved.items() if first_difference(one, origin.moved[name]) == MONTHS}
        shared = {name: origin.moved[name] if name in same else one for name, one in moved.items()}
        _, pieces = self._steps.walk(first, MONTHS, stocks, shared)
        monthly = self._joined(origin.monthly, first, pieces)
        return Course(shared, monthly, {month: known for month, known in origin.stocks.items() if month <= first})

    def _joined(self, past: Monthly, first: int, pieces: Sequence[Monthly]) -> Monthly:
        """Return whole series: the months before `first` of the past, then those of the pieces, side by side."""
        if not first and len(pieces) == 1:
            return pieces[0]
        joined: dict[str, Floats] = {}
        lanes = self._draws // len(pieces)
        for name, one in pieces[0].items():
            whole = np.empty((MONTHS, *one.shape[1:-1], self._draws), one.dtype)
            if first:
                whole[:first] = past[name][:first]
            for number, piece in enumerate(pieces):
                whole[first:, ..., number * lanes : (number + 1) * lanes] = piece[name]
            joined[name] = whole
        return joined

    def _stocks_before(self, course: Course, month: int) -> Any:
        """Return the stocks of a course before a month, kept once they are known."""
        if month >= MONTHS:
            return None
        if month not in course.stocks:
            known = max(one for one in course.stocks if one <= month)
            course.stocks[month], _ = self._steps.walk(known, month, course.stocks[known], course.moved)
        return course.stocks[month]

    def _caps(self, compiled: Compiled) -> Bundle:
        return cap_windows(cap_applies(foreign_cap_share(compiled.gates, GATE_PRODUCTS)), compiled.levers)

    def _moved(self, compiled: Compiled) -> Monthly:
        """Compile what gates and levers set, (month, ...); a cap that covers what it did is not spread over draws again."""
        given = (self._parameters, self._sample, compiled.gates, compiled.levers)
        hazards = compiled.scenario.hazards
        key = hazards, readings_key(compiled.gates)
        readings = self._readings.get(key)
        if readings is None:
            readings = gate_readings(compiled.gates, self._parameters, self._sample, hazards)
            self._readings = {key: readings}
        found: dict[str, Floats] = dict(moved_by_levers(*given, hazards=hazards, readings=readings))
        windows = self._caps(compiled)
        same = all(np.array_equal(window, self._windows[name]) for name, window in windows.items())
        found |= self._capped if same else cap_base(self._parameters, windows, self._draws)
        return {name: one for name, one in found.items() if name in self._inputs.monthly}


def departure(moved: Monthly, other: Monthly) -> int:
    """Return the first month in which two sets of monthly inputs differ, 132 if none."""
    return min((first_difference(one, other[name]) for name, one in moved.items()), default=MONTHS)


def first_difference(one: Floats, other: Floats) -> int:
    """Return the first month in which two monthly inputs differ, 132 if none."""
    if one is other:
        return MONTHS
    if one.shape != other.shape:
        return 0
    differs = (one != other).reshape(len(one), -1).any(axis=1)
    return int(np.argmax(differs)) if differs.any() else MONTHS
