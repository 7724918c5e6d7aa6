"""Error model of published values: what each row measures, how far it may be off, and which rows speak of the same fact.

Every row is compared on the scale ``y -> ln(y + f)``, where the floor ``f`` is 5% of the largest value of its series: a
quarter of next to nothing must not outvote a year. A row's measurement error is taken from its stated 90% range,
``ln(high / low) / 3.29``, or from the tolerance of its grade; below it comes the model's own misfit, estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.outcomes.published import Published, published_values
from countermove.quantities.calendar import period_months

Floats = NDArray[np.float64]

#: Ratio between the ends of a 90% range of a normal variable and its standard deviation, 2 x 1.645.
RANGE_90 = 3.2897

#: Smallest value told apart from nothing, as a share of the largest of its series (assumption).
FLOOR = 0.05

#: Least measurement error, in logarithms: no count of chips is better than 3% (assumption).
LEAST_ERROR = 0.03

#: Correlation of the errors within a series whose source states ranges: its method and prices are wrong alike in all
#: periods (assumption). Cumulative series carry all earlier errors along.
SHARED_ERROR = {"flow": 0.5, "stock": 0.9}

#: Series that add up or repeat another one: the same fact is counted once.
COUNTED_ELSEWHERE = frozenset({"h20-units-yearly-epoch"})

#: Chance that a single published value measures something else than its label says (assumption), and how far off it is
#: then, as a standard deviation of its logarithm.
STRAY_CHANCE, STRAY_ERROR = 0.05, 1.5

#: The model's own error per series: ``ln misfit = ln median + spread z``, z ~ N(0, 1) (assumption).
MISFIT_MEDIAN, MISFIT_SPREAD = 0.12, 0.6

#: Error of a value that a source only bounds from one side (assumption).
ONE_SIDED = 0.3

#: A series of its own error block has at least this many rows; shorter ones are judged row by row.
LONG = 3


@dataclass(frozen=True)
class Targets:
    """Rows to compare with, in a fixed order; arrays are (row,).

    level: ln(value + floor). error: standard deviation of the measurement, on that scale. misfit: which misfit scale
    the row has (see `misfits`). blocks: rows of one long series, with the correlation of their errors. facts: groups of
    rows that state the same fact; more than one row means that sources conflict.
    """

    rows: tuple[Published, ...]
    level: Floats
    floor: Floats
    error: Floats
    misfit: NDArray[np.int64]
    misfits: tuple[str, ...]
    blocks: tuple[tuple[tuple[int, ...], float], ...]
    facts: tuple[tuple[int, ...], ...]

    @property
    def months(self) -> int:
        """Months that have to be simulated to reach the last row."""
        return max(period_months(row.period)[1] for row in self.rows)


def targets(rows: Sequence[Published] | None = None) -> Targets:
    """Return the rows with their errors; by default every published value of 2022-2025 that no other one repeats.

    Raises DataError when no row is left, or a value is negative or not a number.
    """
    given = published_values() if rows is None else rows
    for row in given:
        if not np.isfinite(row.value) or row.value < 0.0:
            raise DataError(f"{row.series} holds {row.value:g} in {row.period}", where="series", hint="values are 0 or more")
    largest: dict[str, float] = {}
    for row in given:
        largest[row.series] = max(largest.get(row.series, 0.0), row.value)
    # A series of noughts alone (no H200 in 2025) is met by any scenario that keeps the gate shut: nothing to learn.
    kept = tuple(row for row in given if row.series not in COUNTED_ELSEWHERE and largest[row.series] > 0.0)
    if not kept:
        raise DataError("no published value is left to compare with", where="series", hint="choose a later date")
    floor = np.array([FLOOR * largest[row.series] for row in kept])
    value = np.array([row.value for row in kept])
    members: dict[str, list[int]] = {}
    for number, row in enumerate(kept):
        members.setdefault(row.series, []).append(number)
    blocks = tuple((tuple(numbers), _shared(kept[numbers[0]])) for numbers in members.values() if len(numbers) >= LONG)
    in_block = {number for numbers, _ in blocks for number in numbers}
    facts: dict[tuple[str, str], list[int]] = {}
    for number, row in enumerate(kept):
        if number not in in_block:
            facts.setdefault((row.outcome, row.period), []).append(number)
    names = [row.series if number in in_block else "single values" for number, row in enumerate(kept)]
    misfits = tuple(dict.fromkeys(names))
    return Targets(
        rows=kept,
        level=np.log(value + floor),
        floor=floor,
        error=np.maximum(np.array([_log_error(row) for row in kept]), LEAST_ERROR) * value / (value + floor) + 1e-3,
        misfit=np.array([misfits.index(name) for name in names]),
        misfits=misfits,
        blocks=blocks,
        facts=tuple(tuple(numbers) for numbers in facts.values()),
    )


def _log_error(row: Published) -> float:
    """Standard deviation of ln(published): from the ends of the range; one open end counts like the closed one."""
    if row.value <= 0.0:
        return LEAST_ERROR
    low = max(row.low, 0.02 * row.value) if np.isfinite(row.low) else row.low
    high = row.high
    if np.isfinite(low) and np.isfinite(high):
        return float(np.log(high / low) / RANGE_90)
    end = low if np.isfinite(low) else high
    return float(2.0 * abs(np.log(max(end, 1e-9) / row.value)) / RANGE_90) or ONE_SIDED


def _shared(row: Published) -> float:
    from countermove.outcomes import outcome

    if not row.stated:
        return 0.0
    return SHARED_ERROR["stock" if outcome(row.outcome).kind == "stock" or "cumulative" in row.outcome else "flow"]
