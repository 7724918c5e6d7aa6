"""Entries of the register are dated, hashed, and never rewritten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from countermove.errors import DataError, InputError
from countermove.inference.register.entry import LEVELS, Conditions, Entry, Known, Prediction, add, hashes, read_register

HELD = Path(__file__).with_name("hashes.yaml")


def entry(name: str = "2026-11-30-test", **more: object) -> Entry:
    steps = tuple(1.0 + level for level in LEVELS)
    about: dict[str, object] = {
        "name": name,
        "made_on": dt.date(2026, 11, 30),
        "model": "test",
        "data_hash": "d",
        "model_hash": "m",
        "conditions": Conditions(scenario="s", market_series_to="2025Q4", policy_to="2026-10", fitted=True, draws=8, seed=1),
        "predictions": (Prediction(series="cambricon_revenue_cny_bn", period="2026Q2", unit="cny_bn", quantiles=steps),),
        "known": {
            "cambricon_revenue_cny_bn quarter": Known(
                source="x", periods=("2025Q2", "2025Q3", "2025Q4", "2026Q1"), values=(1.8, 1.7, 1.9, 2.9)
            )
        },
    }
    return Entry.model_validate(about | more)


def test_every_shipped_entry_has_the_hash_that_it_was_written_with() -> None:
    """A new entry gets a line here when it is made; the line of an old one must never change."""
    assert hashes() == yaml.safe_load(HELD.read_text(encoding="utf-8"))


def test_what_is_added_is_read_back(tmp_path: Path) -> None:
    made = entry()
    add(made, tmp_path)
    assert read_register(tmp_path) == (made,)


def test_an_entry_is_never_rewritten(tmp_path: Path) -> None:
    path = add(entry(), tmp_path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="an entry of that name exists"):
        add(entry(model="other"), tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["2026-12-01-test", "test", "2026-11-30-Test", "2026-11-30-"])
def test_a_name_that_is_not_the_day_and_small_letters_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no name of an entry"):
        add(entry(name), tmp_path)
    assert not list(tmp_path.iterdir())


def test_only_an_entry_that_exists_can_be_superseded(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no entry named '2026-01-01-none'"):
        add(entry(supersedes="2026-01-01-none"), tmp_path)
    add(entry(), tmp_path)
    add(entry("2026-11-30-later", supersedes="2026-11-30-test"), tmp_path)
    assert [one.supersedes for one in read_register(tmp_path)] == [None, "2026-11-30-test"] or len(read_register(tmp_path)) == 2


def test_a_changed_or_renamed_entry_is_refused_by_name(tmp_path: Path) -> None:
    path = add(entry(), tmp_path)
    path.write_text(path.read_text().replace('"model":"test"', '"model":"text"'))
    with pytest.raises(DataError, match="an entry is never rewritten"):
        read_register(tmp_path)
    path.unlink()
    (tmp_path / "checksums.txt").unlink()
    add(entry(), tmp_path)
    body = (tmp_path / "2026-11-30-test.json").read_bytes()
    (tmp_path / "2026-11-30-other.json").write_bytes(body)
    with pytest.raises(DataError, match="2026-11-30-other"):
        read_register(tmp_path)
