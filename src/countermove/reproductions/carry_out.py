"""Making a published result again: every row's number with its range, and what the comparison says.

Market rows are simulated under the priors, "the world before data", because a published analysis is made again from its inputs,
and those are what the priors hold; a fit would mix in what was published later. What the default run says stands beside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.evidence.derived import Amount, evaluate
from countermove.evidence.ledger import load_ledger
from countermove.experiments import pipeline
from countermove.experiments.scenario import load_scenario
from countermove.quantities.units import Unit, convert
from countermove.reproductions import hardware_sheet, smuggling
from countermove.reproductions.entry import Figure, Gap, Hardware, Ledger, Market, Reproduction, Row, Smuggling
from countermove.reproductions.measures import MEASURES, Simulated

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

DRAWS = 512
"""Draws of a market row: the 5% and 95% points then lie within about a tenth of the range's width."""
SEED = 2026
FEWEST, MOST = 64, 65_536
DEFAULT = "default"
WORLDS = (pipeline.PRIOR, DEFAULT)
"""Which beliefs the draws follow: the priors, which are tested, and whatever `countermove run` uses, which stands beside."""

Verdict = Literal["agrees", "contains", "touches", "misses", "beside"]
PASSES = ("agrees", "contains", "touches")


@dataclass(frozen=True)
class Ours:
    """Our number for a row: the median with its 5% and 95% points; all three alike for a formula."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return the three numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Compared:
    """One row made again: what was published, our number, and the verdict; `default` is that of a default run."""

    id: str
    row: Row
    published: Figure | None
    ours: Ours
    verdict: Verdict
    default: Ours | None = None
    default_verdict: Verdict | None = None


@dataclass(frozen=True)
class Carried:
    """One reproduction made again."""

    entry: Reproduction
    rows: tuple[Compared, ...]
    gaps: tuple[tuple[Gap, float], ...]
    draws: int
    seed: int

    @property
    def verdict(self) -> str:
        """Say in two or three words how the headline rows came out; components do not decide it."""
        tested = [row.verdict in PASSES for row in self.rows if row.verdict != "beside" and row.row.role == "headline"]
        if not tested:
            return "not tested"
        if self.entry.tier == "exact":
            return "reproduced" if all(tested) else "not reproduced"
        return "bracketed" if all(tested) else "bracketed in part" if any(tested) else "missed"

    @property
    def passed(self) -> bool | None:
        """Tell whether every headline row passed; None where nothing is tested."""
        return None if self.verdict == "not tested" else self.verdict in ("reproduced", "bracketed")


def carry_out(
    chosen: Sequence[Reproduction],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    beside: bool = True,
    smuggling_draws: int = smuggling.DRAWS,
    progress: Progress | None = None,
) -> list[Carried]:
    """Make reproductions again; each scenario is simulated once for all of them and forgotten when it is measured.

    `beside` also runs every scenario as `countermove run` would. Raises InputError for draws out of range.
    """
    if not FEWEST <= draws <= MOST:
        raise InputError(f"{draws} draws were asked for", where="draws", hint=f"give {FEWEST} to {MOST:,}")
    if seed < 0:
        raise InputError(f"the seed is {seed}", where="seed", hint="give a whole number from 0")
    measured = _simulated(chosen, draws, seed, WORLDS if beside else WORLDS[:1], progress)
    return [_carried(entry, measured, draws, seed, smuggling_draws) for entry in chosen]


Key = tuple[str, str, str, str]
"""Beliefs, scenario, measure, period."""


def _needs(chosen: Sequence[Reproduction]) -> dict[str, set[tuple[str, str]]]:
    """Return scenario -> the (measure, period) pairs that any row needs of it."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for entry in chosen:
        for row in entry.rows.values():
            if isinstance(row.way, Market):
                for scenario, name, period in _parts(row.way):
                    wanted.setdefault(scenario, set()).add((name, period))
    return wanted


def _parts(way: Market) -> list[tuple[str, str, str]]:
    """Return what a market row is measured on: (scenario, measure, period), and that of its base."""
    own = (way.scenario, way.measure, way.period)
    if way.over is None:
        return [own]
    return [own, (way.over.scenario or way.scenario, way.over.measure or way.measure, way.over.period or way.period)]


def _simulated(
    chosen: Sequence[Reproduction], draws: int, seed: int, worlds: Sequence[str], progress: Progress | None
) -> dict[Key, Floats]:
    """Simulate every scenario once in each world and keep only what is measured, `(draw,)` each."""
    wanted, found = _needs(chosen), {}
    total, done = draws * len(wanted) * len(worlds), 0
    for beliefs in worlds:
        for scenario, pairs in wanted.items():
            found.update(_measured(beliefs, scenario, pairs, draws, seed))
            done += draws
            if progress is not None:
                progress(done, total)
    return found


def _measured(beliefs: str, scenario: str, pairs: set[tuple[str, str]], draws: int, seed: int) -> dict[Key, Floats]:
    """Measure one scenario block by block, so that memory stays that of one block."""
    loaded = load_scenario(scenario)
    compiled = pipeline.compile_scenario(loaded) if beliefs == DEFAULT else pipeline.compile_scenario(loaded, beliefs=beliefs)
    parts: dict[Key, list[Floats]] = {}
    for block in pipeline.simulate_blocks(compiled, seed=seed, draws=draws):
        values = pipeline.sampled(compiled, seed=seed, draws=block.draws, first=block.first)
        world = Simulated(block.trajectory, values, block.draws, seed)
        for name, period in pairs:
            parts.setdefault((beliefs, scenario, name, period), []).append(MEASURES[name].of(world, period))
    return {key: np.concatenate(arrays) for key, arrays in parts.items()}


def _carried(entry: Reproduction, measured: Mapping[Key, Floats], draws: int, seed: int, smuggled: int) -> Carried:
    rows = tuple(_compared(name, row, entry, measured, smuggled, seed) for name, row in entry.rows.items())
    gaps = tuple((gap, ledger_value(gap.formula, gap.inputs, gap.unit, where=f"{entry.id} (gaps)")) for gap in entry.gaps)
    return Carried(entry, rows, gaps, draws, seed)


def _compared(name: str, row: Row, entry: Reproduction, measured: Mapping[Key, Floats], smuggled: int, seed: int) -> Compared:
    published, where = published_figure(row), f"{entry.id}.{name}"
    if not isinstance(row.way, Market):
        ours = _computed(row, smuggled, seed, where)
        return Compared(name, row, published, ours, verdict(entry, row, published, ours))
    ours = _summary(_market(row.way, measured, pipeline.PRIOR), MEASURES[row.way.measure].unit, row)
    said = verdict(entry, row, published, ours)
    if (DEFAULT, *_parts(row.way)[0]) not in measured:
        return Compared(name, row, published, ours, said)
    default = _summary(_market(row.way, measured, DEFAULT), MEASURES[row.way.measure].unit, row)
    return Compared(name, row, published, ours, said, default, verdict(entry, row, published, default))


def _computed(row: Row, smuggled: int, seed: int, where: str) -> Ours:
    """Our number for a row that needs no market."""
    if isinstance(row.way, Smuggling):
        return _summary(smuggling.simulate(smuggled, seed)[row.way.quantity], "thousand h100e", row)
    if isinstance(row.way, Hardware):
        value = hardware_sheet.quantity(row.way)
        return Ours(value, value, value)
    assert isinstance(row.way, Ledger)  # noqa: S101  (the union has four members)
    value = ledger_value(row.way.formula, row.way.inputs, row.unit, where=where)
    return Ours(value, value, value)


def _market(way: Market, measured: Mapping[Key, Floats], beliefs: str) -> Floats:
    first, *base = [measured[(beliefs, *part)] for part in _parts(way)]
    return first / np.maximum(base[0], 1e-12) if base else first


def _summary(values: Floats, unit: str, row: Row) -> Ours:
    low, middle, high = (float(value) for value in np.quantile(values, [0.05, 0.5, 0.95]))
    if isinstance(row.way, Market) and row.way.over is not None:
        unit = "1"
    low, middle, high = (float(convert(value, unit, row.unit)) for value in (low, middle, high))
    return Ours(middle, low, high)


def ledger_value(formula: str, inputs: Sequence[str], unit: str, *, where: str = "") -> float:
    """Return a formula over claims in `unit`; InputError when a claim has no single value or units do not fit."""
    claims = load_ledger().claims
    amounts = {}
    for number, name in enumerate(inputs):
        claim = claims[name]
        if claim.value is None or claim.unit is None:
            raise InputError(f"the claim '{name}' has no single value", where=where, hint="name claims that state a value")
        stated = Unit.parse(claim.unit)
        amounts[chr(ord("a") + number)] = Amount(claim.value * stated.factor, stated)
    result, wanted = evaluate(formula, amounts, where=where), Unit.parse(unit)
    if not result.unit.compatible(wanted):
        raise InputError(f"the formula gives {result.unit.dimension_text}, not {unit}", where=where, hint="check the units")
    return result.value / wanted.factor


def published_figure(row: Row) -> Figure | None:
    """Return the figure that a row is compared with, in the row's unit: its claim's or its reference's."""
    if row.reference is not None:
        return row.reference
    if row.claim is None:
        return None
    claim = load_ledger().claims[row.claim]
    unit = claim.unit or "1"
    value, low, high = (
        None if number is None else float(convert(number, unit, row.unit)) for number in (claim.value, claim.low, claim.high)
    )
    if row.take != "all":
        return Figure(value=low if row.take == "low" else high)
    return Figure(value=value, low=low, high=high)


def verdict(entry: Reproduction, row: Row, published: Figure | None, ours: Ours) -> Verdict:
    """Compare our number with the published one.

    Exact: ``|ours / theirs - 1|`` within the row's tolerances, value and ends. Bracketed: *contains* when their value (without
    one, their whole interval) lies in our 90% range, *touches* when the two intervals overlap, else *misses*.
    """
    if published is None or row.role == "beside" or entry.tier == "claim-only":
        return "beside"
    if row.within is not None:
        return "agrees" if _agrees(row, published, ours) else "misses"
    low, high = published.ends
    inside = (published.value, published.value) if published.value is not None else (low, high)
    if ours.low <= inside[0] and inside[1] <= ours.high:
        return "contains"
    return "touches" if ours.low <= high and low <= ours.high else "misses"


def _agrees(row: Row, published: Figure, ours: Ours) -> bool:
    assert row.within is not None  # noqa: S101  (the caller has checked)
    pairs = [(published.value, ours.value, row.within.value)]
    if row.within.ends is not None:
        pairs += [(published.low, ours.low, row.within.ends), (published.high, ours.high, row.within.ends)]
    return all(theirs is None or math.isclose(mine, theirs, rel_tol=most) for theirs, mine, most in pairs)
