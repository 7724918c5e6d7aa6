"""Published values that simulated outcomes can be held against, with the range in which a hit counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from countermove.errors import DataError
from countermove.evidence.ledger import load_ledger
from countermove.evidence.schema import Grade, Series, SeriesRow, Standing
from countermove.quantities.calendar import period_end as period_end
from countermove.quantities.units import convert

#: Half-width of the range of a published value that states none, as a share of it, by grade (assumption: A a filing,
#: B a named analyst or press report, C derived or one weak page).
TOLERANCE = {"A": 0.05, "B": 0.15, "C": 0.25, "D": 0.5}

#: Least half-width for part of a year: sales are booked and shipped in neighbouring quarters (assumption).
PART_OF_YEAR = 0.15

#: Quarters that make a year; a year still running is no yearly value yet.
QUARTERS = 4

#: How long after a period its value becomes known, where no source says (assumption: a quarterly report's usual delay).
REPORTING_DELAY = dt.timedelta(days=60)

#: Series that restate others; counting them too would weigh the same fact twice.
RESTATEMENTS = frozenset(
    {
        "huawei-ascend-packages-epoch-quarterly",
        "china-compute-stock-epoch",
        "nvidia-datacenter-revenue",
    }
)
"""Also NVIDIA's data-centre revenue: the model takes the world outside China from it."""


@dataclass(frozen=True)
class Published:
    """One published value of one outcome and period, in the outcome's unit."""

    series: str
    outcome: str
    period: str
    value: float
    low: float
    high: float
    stated: bool
    """Whether the source states the range; otherwise it is the tolerance of the grade."""
    known: dt.date
    """Day on which the value became known."""
    dated: bool = True
    """Whether a source says when; otherwise it is taken to be 60 days after the period's end."""
    standing: Standing = "actual"
    """What the value is: a forecast, plan or estimate of others is a benchmark, never a target."""
    filing: bool = False
    """Whether it comes from the company's own filing: then 60 days after the period's end may stand for its date."""
    recast: bool = False
    """Whether it restates an earlier value on a new basis: no stand-in for its date."""
    grade: Grade = "B"
    """How well its source is placed to know."""

    def holds(self, simulated: float) -> bool:
        """Whether a simulated value lies inside the range."""
        return self.low <= simulated <= self.high


def published_values(first: int = 2022, last: int = 2025, *, held: bool = False) -> tuple[Published, ...]:
    """Every published value linked to an outcome whose period lies in the years [first, last], without restatements.

    Rows kept out of the default fit come with ``held`` only. Four quarters of one yearly figure come as the year, unless
    they were made from another series (`Series.derived_from`): those come row by row, as the ensemble was fitted to them.
    """
    from countermove.outcomes import outcome

    found = []
    for name, series in load_ledger().series.items():
        if series.outcome is None or name in RESTATEMENTS:
            continue
        unit = outcome(series.outcome).unit
        rows = [
            _in_unit(name, series, row, series.outcome, unit)
            for row in series.rows
            if first <= int(row.period[:4]) <= last and (held or not row.held)
        ]
        found += by_year(rows) if series.frequency == "year" and not series.derived_from else rows
    return tuple(found)


def published_rows(name: str, outcome: str, unit: str, *, first: int = 2022, last: int = 2025) -> tuple[Published, ...]:
    """Rows of one series in a unit, as published values of an `outcome` that the model need not have."""
    series = load_ledger().series[name]
    return tuple(_in_unit(name, series, row, outcome, unit) for row in series.rows if first <= int(row.period[:4]) <= last)


def by_year(rows: list[Published]) -> list[Published]:
    """Sum the four quarters of each whole year; their ranges add up, because they are one estimate cut in four."""
    years: dict[str, list[Published]] = {}
    for row in rows:
        years.setdefault(row.period[:4], []).append(row)
    return [
        replace(
            quarters[0],
            period=year,
            value=sum(q.value for q in quarters),
            low=sum(q.low for q in quarters),
            high=sum(q.high for q in quarters),
        )
        for year, quarters in years.items()
        if len(quarters) == QUARTERS
    ]


def _in_unit(name: str, series: Series, row: SeriesRow, outcome: str, unit: str) -> Published:
    """One row in the outcome's unit, with its own range or the grade's."""
    numbers = [None if n is None else float(convert(n, series.unit, unit)) for n in (row.value, row.low, row.high)]
    value, low, high = numbers
    stated = low is not None or high is not None
    if value is None:
        value = low if low is not None else high
    if value is None:
        raise DataError(f"{row.period} holds no number", where=f"series/{name}.csv", hint="give a value, a low or a high")
    if not stated:
        width = max(TOLERANCE[series.grade], PART_OF_YEAR if len(row.period) > len("2025") else 0.0)
        low, high = value * (1.0 - width), value * (1.0 + width)
    bottom = float("-inf") if low is None else low
    top = float("inf") if high is None else high
    known, dated = _known(row)
    return Published(
        name,
        outcome,
        row.period,
        value,
        bottom,
        top,
        stated,
        known,
        dated,
        standing=row.stands_as,
        filing=series.filing,
        recast=row.recast,
        grade=series.grade,
    )


def _known(row: SeriesRow) -> tuple[dt.date, bool]:
    """The last day of the stated publication date ("2026-04" is 30 April), else 60 days after the period's end."""
    if row.known_day is not None:
        return row.known_day, True
    return period_end(row.period) + REPORTING_DELAY, False
