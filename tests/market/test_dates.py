"""Dates of the market are data: they read as written, refuse what they cannot read, and each of them moves what is compiled."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from market_runs import box, compiled, inputs

from countermove.errors import DataError, InputError
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load
from countermove.market import dates
from countermove.market.inputs import MarketInputs
from countermove.market.world import EVIDENCE_END, LAST_QUARTER, date_of_last_rate
from countermove.quantities.calendar import MONTHS, month_name, period_months

NAMES = tuple(load(DATA / "market" / "dates.yaml").mapping("dates"))


@pytest.mark.parametrize(
    ("text", "month"),
    [("2025-10", 45.0), ("2024-09-25", 32.8), ("mid 2025", 42.0), ("mid 2025Q4", 46.5), ("mid 2024-07", 30.5), ("2030-01", 96.0)],
)
def test_a_date_is_its_start_and_a_middle_that_of_its_period(text: str, month: float) -> None:
    assert dates.month_coordinate(text) == month


@given(st.integers(0, MONTHS - 1))
def test_a_month_holds_its_middle_and_its_days(month: int) -> None:
    name = month_name(month)
    assert dates.month_coordinate(name) == month
    assert dates.month_coordinate(f"mid {name}") == month + 0.5
    assert month < dates.month_coordinate(f"{name}-28") < month + 1
    assert dates.month_of(dt.date.fromisoformat(f"{name}-28")) == month


@pytest.mark.parametrize("text", ["mid", "middle of 2025", "2025-13", "mid 2025-10-03", "mid 1999", "soon"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        dates.month_coordinate(text)


def test_an_unknown_date_is_named_with_the_nearest_one() -> None:
    with pytest.raises(DataError, match="did you mean 'hbm_ramp'"):
        dates.date("hbm_ram")
    with pytest.raises(DataError, match="has no end"):
        dates.span("hbm_ramp")


@pytest.mark.parametrize("name", NAMES)
def test_a_date_says_what_it_is_and_on_what_it_rests(name: str) -> None:
    entry = load(DATA / "market" / "dates.yaml").data["dates"][name]
    assert len(entry["label"]) > 10
    assert entry["note"].endswith(".")
    assert entry["basis"] == "assumption" or entry["sources"]
    if entry.get("until"):
        start, end = dates.span(name)
        assert start < end


TABLE = """schema: 1
basis: assumption
sources: []
note: "Assumption."
shares:
  - {from: "2022-01", until: "2023-01", share: 0.4}
  - {from: "2023-01", until: "2024-01", share: 0.6}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("share: 0.6", "share: 0.5", "add up to 0.9"),
        ('from: "2023-01"', 'from: "2023-02"', r"hbm_stockpile\.yaml:7 .*does not begin where the one before ends"),
        ("share: 0.6", "portion: 0.6", r"hbm_stockpile\.yaml:7 .*unknown key 'portion'"),
        ('until: "2024-01"', 'until: "2024-1"', r"hbm_stockpile\.yaml:7 .*is not a date"),
        ('note: "Assumption."\n', "", "the key 'note' is missing"),
        ("basis: assumption", "basis: assumed", "one of: sourced, assumption"),
    ],
)
def test_a_broken_stockpile_is_refused_with_its_line(
    old: str, new: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dates, "DATA", tmp_path)
    (tmp_path / "market").mkdir()
    file = tmp_path / "market" / "hbm_stockpile.yaml"
    file.write_text(TABLE, encoding="utf-8")
    assert [stage.share for stage in dates.hbm_stockpile.__wrapped__()] == [0.4, 0.6]
    file.write_text(TABLE.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        dates.hbm_stockpile.__wrapped__()


def test_world_sales_end_where_their_table_ends() -> None:
    with (DATA / "market" / "nvidia_world_sales.csv").open(newline="") as file:
        last = max(period_months(row["quarter"])[1] for row in csv.DictReader(file))
    assert last == EVIDENCE_END
    assert period_months(LAST_QUARTER) == (last - 3, last)
    assert date_of_last_rate() == last - 1.5


def arrays_of(market: MarketInputs) -> Mapping[str, np.ndarray]:
    stocks = {f"{name} at the start": values for name, values in market.initial._asdict().items()}
    return {**market.constants, **market.monthly, **stocks}


@pytest.mark.parametrize("name", NAMES)
def test_no_date_is_idle(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {path: draws[:1] for path, draws in box().items()}
    usual = arrays_of(inputs(compiled("h200-2026"), values))
    entry = dates._dates()[name]
    moved = "until" if entry.until else "from_"
    earlier = month_name(int(dates.month_coordinate(getattr(entry, moved))) - 3)
    changed = {**dates._dates(), name: entry.model_copy(update={moved: earlier})}
    monkeypatch.setattr(dates, "_dates", lambda: changed)
    now = arrays_of(inputs(compiled("h200-2026"), values))
    found = [door for door in usual if not np.array_equal(usual[door], now[door])]
    print(name, found)
    assert found
