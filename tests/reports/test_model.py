"""The input of a report refuses what could only become a wrong number or a dead link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countermove.errors import DataError
from countermove.reports.model import Band, Published, ReportInput


def test_a_band_refuses_values_that_are_not_finite() -> None:
    with pytest.raises(DataError, match="not finite"):
        Band(0, 1, float("nan"), 3, 4)


def test_a_band_refuses_quantiles_that_fall() -> None:
    with pytest.raises(DataError, match="do not rise"):
        Band(0, 2, 1, 3, 4)


def test_a_band_lets_quantiles_differ_in_the_last_bit() -> None:
    assert Band(0.3, 0.1 + 0.2, 0.3, 0.3, 0.3).median == 0.3


@pytest.mark.parametrize(("low", "high", "clear"), [(0.1, 2.0, True), (-2.0, -0.1, True), (-1.0, 1.0, False), (0.0, 1.0, False)])
def test_a_difference_is_clear_when_its_range_excludes_zero(low: float, high: float, clear: bool) -> None:
    middle = (low + high) / 2
    assert Band(low, middle, middle, middle, high).excludes_zero is clear


def test_a_report_needs_a_scenario(report: ReportInput) -> None:
    with pytest.raises(DataError, match="at least one scenario"):
        replace(report, scenarios=())


def test_a_report_has_one_baseline_at_most(report: ReportInput) -> None:
    twice = tuple(replace(s, is_baseline=True) for s in report.scenarios)
    with pytest.raises(DataError, match="at most one baseline"):
        replace(report, scenarios=twice)


def test_a_report_refuses_a_source_that_is_not_listed(report: ReportInput) -> None:
    with pytest.raises(DataError, match="idc-2025"):
        replace(report, sources=tuple(s for s in report.sources if s.id != "idc-2025"))


def test_a_report_refuses_an_outcome_that_is_not_defined(report: ReportInput) -> None:
    strange = Published("no_such_outcome", "2025", 1.0, None, None, "Nobody", ())
    with pytest.raises(DataError, match="no_such_outcome"):
        replace(report, published=(strange,))


def test_a_report_refuses_a_parameter_without_a_row(report: ReportInput) -> None:
    with pytest.raises(DataError, match="learning"):
        replace(report, assumptions=tuple(a for a in report.assumptions if "learning" not in a.path))
