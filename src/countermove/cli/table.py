"""The headline table: outcomes by year, median with its Monte Carlo error, 50% and 90% bands, in 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermove.experiments.result import Comparison, OutcomeInfo, Result
    from countermove.experiments.statistics import Point

ALL_EVIDENCE = "all evidence"
WIDTH, LABEL = 100, 32
YEARS = ("2026", "2027", "2028", "2030", "2032")
COLUMNS = 4

HEADLINE = (
    "h200_china_units",
    "h200_china_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "nvidia_china_ai_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "domestic_displaced_per_h200",
    "domestic_share_money",
    "huawei_ascend_packages",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "china_shortage_share",
    "smuggled_h100e_cumulative",
    "gap_months_system_decode",
    "parity_year_chip_decode",
    "parity_year_system_decode",
)
"""Outcomes shown, in this order: money, supply, compute, self-sufficiency. All others are in the JSON document and the report."""


def result_table(result: Result) -> str:
    """Return the printed summary of one run."""
    points = result.quantiles()
    head = [
        f"{result.scenario.id}: {result.scenario.label}",
        f"{result.draws:,} draws{_copula(result)}, seed {result.seed}, {_vintage(result)}, version {result.version}",
        *_levers(result),
        "",
    ]
    return "\n".join([*head, *_outcome_lines(points, result.info), "", *_footer(result.draws)])


def comparison_table(comparison: Comparison) -> str:
    """Return the printed summary of a comparison: the reference's outcomes, then what each other scenario changes."""
    reference = comparison.reference
    past = comparison.past
    same = "identical to the last bit" if past.identical else f"not identical ({past.note})"
    lines = [result_table(reference)]
    for other in comparison.results[1:]:
        differences = comparison.differences()[other.scenario.id] | comparison.displacements()[other.scenario.id]
        lines += [
            "",
            f"{other.scenario.id} minus {reference.scenario.id}, draw by draw: {other.scenario.label}",
            *_levers(other),
            "",
            *_outcome_lines(differences, comparison.info, signed=True),
        ]
    return "\n".join([*lines, "", f"Before {past.until} the scenarios are {same}."])


def _copula(result: Result) -> str:
    """Say how many draws lie beyond the ensemble's rows."""
    beyond = result.copula_draws
    return f" ({beyond:,} of them from the ensemble's copula)" if beyond else ""


def _vintage(result: Result) -> str:
    """Say which evidence the run used: what was known on a date, or all of it up to its last day."""
    until = f"evidence to {result.evidence_until}"
    return until if result.known == ALL_EVIDENCE else f"{until}, as known on {result.known}"


def _levers(result: Result) -> list[str]:
    changes = [str(change) for change in result.scenario.describe()]
    changes += [f"{path} set to {value}" for path, value in result.scenario.overrides.items()]
    return [line for change in changes for line in textwrap.wrap(change, WIDTH, initial_indent="  ", subsequent_indent="    ")]


def _outcome_lines(points: Mapping[str, Sequence[Point]], info: Mapping[str, OutcomeInfo], *, signed: bool = False) -> list[str]:
    shown = [name for name in HEADLINE if name in points] or list(points)
    years = _years(points, shown)
    cell = (WIDTH - LABEL) // COLUMNS
    lines = [" " * LABEL + "".join(year.rjust(cell) for year in years)] if years else []
    for name in shown:
        by_period = {point.period: point for point in points[name]}
        unit = Unit(percent=info[name].unit == "1" and "share" in name, signed=signed)
        label = _label(info[name], "percentage points" if unit.percent and signed else info[name].unit)
        if "horizon" in by_period:
            lines += _date_lines(label, by_period["horizon"], signed=signed)
            continue
        cells = [_cell(by_period.get(year), unit) for year in years]
        for number, band in enumerate(("", "50%", "90%")):
            left = label[number] if number < len(label) else ""
            lines.append(
                (left.ljust(LABEL - 4) + band.rjust(4) + "".join(lines_of[number].rjust(cell) for lines_of in cells)).rstrip()
            )
    return lines


def _cell(point: Point | None, unit: Unit) -> tuple[str, str, str]:
    """Return the three lines of a cell: the median with its error, the 50% band, the 90% band."""
    if point is None:
        return "", "", ""
    median = f"{unit.text(point.median)} ±{unit.text(point.mcse, signed=False)}"
    return median, f"{unit.text(point.p25)} to {unit.text(point.p75)}", f"{unit.text(point.p5)} to {unit.text(point.p95)}"


def _date_lines(label: Sequence[str], point: Point, *, signed: bool) -> list[str]:
    if signed:
        months = Unit(signed=True)
        low, middle, high = (months.text(12 * years) for years in (point.p5, point.median, point.p95))
        text = f"{middle} months (90% {low} to {high})"
    else:
        unreached = f"; not reached by the end in {point.censored_share:.0%} of draws" if point.censored_share else ""
        fifty, ninety = f"{_year(point.p25)} to {_year(point.p75)}", f"{_year(point.p5)} to {_year(point.p95)}"
        text = f"{_year(point.median)} (50% {fifty}; 90% {ninety}{unreached})"
    wrapped = textwrap.wrap(text, WIDTH - LABEL)
    return [f"{left:<{LABEL}}{right}".rstrip() for left, right in zip_longest(label, wrapped, fillvalue="")]


def _label(info: OutcomeInfo, unit: str) -> list[str]:
    """Return an outcome's label and unit, wrapped to its column in at most three lines."""
    noun = "" if unit in ("1", "year") else f" ({unit})"
    return textwrap.wrap(info.label + noun, LABEL - 5, subsequent_indent="  ", max_lines=3, placeholder=" ...")


def _years(points: Mapping[str, Sequence[Point]], shown: Iterable[str]) -> list[str]:
    found = {point.period for name in shown for point in points[name]}
    preferred = [year for year in YEARS if year in found]
    return preferred[:COLUMNS] if len(preferred) > 1 else sorted(period for period in found if period != "horizon")[:COLUMNS]


def _year(value: float) -> str:
    return "after 2032" if value >= 2033 else f"{value:.1f}"


@dataclass(frozen=True)
class Unit:
    """How the numbers of one outcome are printed: shares in percent, differences with their sign."""

    percent: bool = False
    signed: bool = False

    def text(self, value: float, *, signed: bool | None = None) -> str:
        """Return a number in about three significant digits: 1,234  73.2  0.051  4.1%."""
        # A difference of shares is counted in percentage points, which the label says.
        shown, suffix = (value * 100, "" if self.signed else "%") if self.percent else (value, "")
        sign = "+" if (self.signed if signed is None else signed) else ""
        size = abs(shown)
        if size == 0:
            return f"0{suffix}"
        if size < 0.0005:
            return f"0.000{suffix}"
        decimals = 0 if size >= 99.5 else 1 if size >= 9.95 or self.percent else 2 if size >= 0.0995 else 3
        return f"{shown:{sign},.{decimals}f}{suffix}"


def _footer(draws: int) -> list[str]:
    meaning = f"Median ± its Monte Carlo error at {draws:,} draws; 50% and 90% of draws lie in the ranges."
    caveat = "These are conditional forecasts under stated assumptions, not predictions or advice."
    return textwrap.wrap(f"{meaning} {caveat}", WIDTH)
