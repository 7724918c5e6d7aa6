"""Files to score a prediction against: every fault has its line and its way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.inference.score_file import read_scores

HEAD = "series,period,value,unit\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "actuals.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_arrive_in_the_unit_of_their_outcome(tmp_path: Path) -> None:
    (row,) = read_scores(written(tmp_path, HEAD + "idc-cards-all,2026,4.5,million package\n"))
    assert (row.outcome, row.value) == ("china_cards", pytest.approx(4500.0))


def test_an_outcome_may_stand_for_a_series(tmp_path: Path) -> None:
    (row,) = read_scores(written(tmp_path, HEAD + "h200_china_revenue_usd_bn,2026,1.5,usd_bn\n"))
    assert row.outcome == "h200_china_revenue_usd_bn"


@pytest.mark.parametrize(
    ("row", "period", "value"),
    [
        ("cambricon-revenue-quarterly,1Q26,2.885,CNY bn", "2026Q1", 2.885),
        ("cambricon_revenue_cny_bn,Q1 2026,2885,RMB million", "2026Q1", 2.885),
        ("epoch-legal-units-ascend-910c,2026-Q1,256783,packages", "2026Q1", 256.783),
        ("thead_units,1H26,90,k", "2026H1", 90.0),
        ("h200_china_units,FY2027 Q1 (ended 2026-04-26),0,chips", "2026Q1", 0.0),
        ("nvidia_datacenter_revenue_usd_bn,FY27Q1,75.246,billion USD", "2026Q1", 75.246),
        ("domestic_share_units,CY2026,41,%", "2026", 0.41),
    ],
)
def test_units_and_periods_are_taken_as_people_write_them(tmp_path: Path, row: str, period: str, value: float) -> None:
    (found,) = read_scores(written(tmp_path, HEAD + row + "\n"))
    assert (found.period, found.value) == (period, pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("series,period,value\nidc-cards-all,2026,1\n", "no column unit"),
        (HEAD, "it holds no row"),
        (HEAD + "idc-cards-al,2026,1,thousand package\n", "no series or outcome named 'idc-cards-al'"),
        (HEAD + "idc-cards-all,2026Q5,1,thousand package\n", "is not a period"),
        (HEAD + "idc-cards-all,2026,many,thousand package\n", "'many' is not a number"),
        (HEAD + "idc-cards-all,2026,-1,thousand package\n", "cannot be a published value"),
        (HEAD + "idc-cards-all,2026,nan,thousand package\n", "cannot be a published value"),
        (HEAD + "idc-cards-all,2026,1,usd_bn\n", "unit 'usd_bn'"),
        (HEAD + "idc-cards-all,2026,1,thousand package\n" * 2, "stands there twice"),
        (HEAD + "cambricon-revenue-quarterly,2026Q1,3,CNY bn\ncambricon-revenue-quarterly,1Q26,3,RMB bn\n", "stands there twice"),
        (HEAD + "cambricon-revenue-quarterly,FY27Q1,3,CNY bn\n", "write the period of the calendar"),
        (HEAD + "idc-cards-all,2026,1,USD bn\n", "cannot convert"),
        (HEAD + "cambricon-revenue-quarterly,2026Q1,3,USD bn\n", "cannot convert"),
        (HEAD + "cambricon-revenue-quarterly,2026Q1,3,billion\n", "name the currency"),
        (HEAD + "idc-cards-all,2026,1,thousnd\n", "did you mean 'thousand'"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_scores(written(tmp_path, text))
    assert words in str(caught.value)
    assert "actuals.csv" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read it"):
        read_scores(tmp_path / "none.csv")


def test_a_file_from_a_spreadsheet_is_read_with_its_mark_and_capitals(tmp_path: Path) -> None:
    path = tmp_path / "actuals.csv"
    path.write_bytes("\ufeffSeries, Period ,VALUE,Unit\ncambricon_revenue_cny_bn,2026Q2,3.1,CNY bn\n".encode())
    assert [row.value for row in read_scores(path)] == [3.1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("domestic_share_units,2026Q2,155,%", "is more than all"),
        ("cambricon_revenue_cny_bn,2026Q2,1_0,CNY bn", "is not a number"),
    ],
)
def test_more_than_all_and_odd_numbers_are_refused(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "actuals.csv"
    path.write_text(f"series,period,value,unit\n{line}\n")
    with pytest.raises(InputError, match=words):
        read_scores(path)


def test_the_same_fact_under_two_names_counts_twice_where_one_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "actuals.csv"
    path.write_text(
        "series,period,value,unit\n\ncambricon-revenue-quarterly,2026Q2,3.1,CNY bn\ncambricon_revenue_cny_bn,2026Q2,9,CNY bn\n"
    )
    assert len(read_scores(path)) == 2
    with pytest.raises(InputError, match="as cambricon-revenue-quarterly too") as caught:
        read_scores(path, one_per_outcome=True)
    assert str(caught.value).startswith(f"{path}:4")
