"""The headline table: one row per outcome and scenario, one cell per year, differences only beside a baseline."""

from __future__ import annotations

from countermove.reports import table
from countermove.reports.model import ReportInput


def test_outcomes_stand_in_three_groups_with_every_scenario(report: ReportInput) -> None:
    found = table.blocks(report)
    assert [b.group for b in found] == ["money", "compute", "self-sufficiency"]
    outcomes = [o.id for b in found for o, _ in (*b.rows, *b.dates)]
    assert sorted(outcomes) == sorted(report.headline)
    assert all([r.scenario for r in rows] == list(report.scenarios) for b in found for _, rows in (*b.rows, *b.dates))
    assert all(len(r.cells) == len(report.years) for b in found for _, rows in b.rows for r in rows)


def test_the_baseline_has_no_difference_and_the_others_have(report: ReportInput) -> None:
    for block in table.blocks(report):
        for _, rows in block.rows:
            for row in rows:
                assert all(bool(c.difference) != row.scenario.is_baseline for c in row.cells)


def test_a_difference_of_exactly_nothing_needs_no_range(report: ReportInput) -> None:
    rows = {o.id: r for o, r in table.blocks(report)[0].rows}["h200_china_revenue_usd_bn"]
    past = next(c for c in rows[1].cells if c.period == "2025")
    assert (past.difference, past.difference_ninety, past.clear) == ("0", "", False)


def test_a_scenario_without_a_value_shows_a_dash(report: ReportInput) -> None:
    row = table._rows(report, report.outcomes["china_compute_h100e"], ("1999",))[0]
    assert row.cells[0].median == "\u2013"


def test_the_full_table_holds_every_period(report: ReportInput) -> None:
    rows = table.full_rows(report, report.outcomes["china_compute_h100e"])
    assert [c.period for c in rows[0].cells] == [str(y) for y in range(2022, 2033)]
