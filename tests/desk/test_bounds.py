"""No bound binds in silence: what decides an answer is listed with its reason, and what is listed does bind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.desk import bounds
from countermove.errors import DataError
from countermove.evidence.ledger import load_parameters
from countermove.experiments.pipeline import PRIOR
from countermove.experiments.run import run
from countermove.market.engines.recording import Binding

LINE = "foreign_supply.line_starts clip 1 upper"


@pytest.fixture(scope="module")
def noted() -> list[Binding]:
    return bounds.notes()


def found_with(noted: list[Binding], listed: dict[str, bounds.Listed]) -> list[str]:
    unlisted, _ = bounds.listed_bounds()
    return list(bounds.faults(bounds.lines(noted, listed), listed, unlisted))


def test_every_bound_that_binds_is_listed_and_every_listed_one_binds(noted: list[Binding]) -> None:
    _, listed = bounds.listed_bounds()
    assert found_with(noted, listed) == []


def test_a_bound_that_is_struck_from_the_list_is_found(noted: list[Binding]) -> None:
    _, listed = bounds.listed_bounds()
    rows = listed[LINE].rows
    shorter = listed | {LINE: replace(listed[LINE], rows=tuple(row for row in rows if row != "l20"))}
    (problem,) = found_with(noted, shorter)
    assert problem.startswith(LINE)
    assert problem.endswith("is not listed for l20")
    name = "grey_market.diverted_flow minimum 1 second"
    (problem,) = found_with(noted, {key: one for key, one in listed.items() if key != name})
    assert problem.startswith(name)


def test_a_listed_bound_that_never_binds_or_does_not_exist_is_found(noted: list[Binding]) -> None:
    _, listed = bounds.listed_bounds()
    more = listed | {
        "software.step minimum 1 second": bounds.Listed("effort", "a test"),
        "grey_market.diverted_flow minimum 7 second": bounds.Listed("nothing", "a test"),
        LINE: replace(listed[LINE], rows=(*listed[LINE].rows, "rtx-pro-6000d")),
    }
    problems = found_with(noted, more)
    assert len(problems) == 3
    assert f"{LINE} is listed and never binds for rtx-pro-6000d" in problems
    assert "software.step minimum 1 second is listed and never binds" in problems
    assert any("minimum 7 second is listed and does not exist" in problem for problem in problems)


def test_no_parameter_is_said_to_bind_never() -> None:
    assert not [name for name, p in load_parameters().items() if "never bind" in f"{p.label} {p.note}".replace("binds", "bind")]


def test_draws_do_not_agree_on_how_many_low_end_cards_are_sold() -> None:
    """A median of exactly 3,000 thousand cards a year from 2029 on was the line's fixed rate, not an answer."""
    sold = run("h200-2026", draws=256, beliefs=PRIOR).outcomes["low_end_china_units"]
    for year in ("2029", "2030", "2032"):
        values, counts = np.unique(np.round(sold[year], 3), return_counts=True)
        assert counts.max() <= 0.05 * len(sold[year]), (year, values[counts.argmax()])


def test_the_table_names_places_shares_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert bounds.main(["no-h200"]) == 0
    first, *rows = capsys.readouterr().out.splitlines()
    assert first.split()[:2] == ["bound", "draw-months"]
    assert any(row.startswith("grey_market.clearing_price clip 2 upper") and "%" in row and "assumption" in row for row in rows)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unlisted: 2\nbounds: {}\n", "2 is no share"),
        ("unlisted: 0.1\nbound: {}\n", "unknown key 'bound'"),
        ("unlisted: 0.1\nbounds: {a: {bounds: x}}\n", "`reason` is missing"),
        ("unlisted: 0.1\nbounds: {a: {bounds: x, reason: y, rows: [l21]}}\n", "no product, vendor or buyer 'l21'"),
        ("unlisted: 0.1\nbounds: {a: {bounds: x, reason: y, why: z}}\n", "unknown key 'why'"),
        ("unlisted: 0.1\nbounds: [a]\n", "no bounds"),
    ],
)
def test_a_list_that_says_something_else_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "binding_bounds.yaml"
    path.write_text(f"schema: 1\n{text}", encoding="utf-8")
    with pytest.raises(DataError, match=message) as error:
        bounds.listed_bounds(path)
    assert "binding_bounds.yaml:" in error.value.where
