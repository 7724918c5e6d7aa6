"""The record of the simulated past: rounding is no change, any single number is, and it comes back from its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countermove.errors import DataError
from countermove.experiments import past_record as module
from countermove.experiments.ensemble import FOLDER
from countermove.experiments.past_record import DRAWS, PastRecord, compiled_past, moved, past_record, read_record
from countermove.market import compile as market_compile
from countermove.market.inputs import MarketInputs
from countermove.outcomes.published_errors import Targets, targets

NAMES = ("demand.legal_market_2022", "supply.hbm_imports")


@pytest.fixture(scope="module")
def aims() -> Targets:
    return targets()


@pytest.fixture(scope="module")
def record(aims: Targets) -> PastRecord:
    return past_record(compiled_past(), aims, NAMES)


def changed(monkeypatch: Any, aims: Targets, change: Any) -> PastRecord:
    """The record where every compiled array goes through `change(name, array)`."""
    compiled = market_compile.compile_market

    def other(*given: Any, **options: Any) -> MarketInputs:
        inputs = compiled(*given, **options)
        parts = {
            part: {name: change(f"{part}.{name}", value) for name, value in getattr(inputs, part).items()}
            for part in ("parameters", "constants", "monthly")
        }
        initial = {name: change(f"initial.{name}", value) for name, value in inputs.initial._asdict().items()}
        return replace(inputs, **parts, initial=inputs.initial._replace(**initial))

    monkeypatch.setattr(market_compile, "compile_market", other)
    return past_record(compiled_past(), aims, NAMES)


def test_the_same_past_has_the_same_record(record: PastRecord, aims: Targets) -> None:
    assert record.outcomes.shape == (len(aims.rows), DRAWS)
    again = past_record(compiled_past(), aims, NAMES)
    assert moved(record, again) == []
    assert record.digest() == again.digest()


def test_last_bits_are_no_change(record: PastRecord, aims: Targets, monkeypatch: Any) -> None:
    random = np.random.default_rng(0)

    def rounded(name: str, value: Any) -> Any:
        if np.asarray(value).dtype.kind != "f" or name == "constants.dt":
            return value
        return value * (1.0 + 2.0**-50 * random.integers(-1, 2, np.shape(value)))

    other = changed(monkeypatch, aims, rounded)
    assert other.digest() != record.digest()
    assert moved(record, other) == []


@pytest.mark.parametrize(
    ("array", "factor"),
    [("constants.hbm_stacks", 1.0001), ("monthly.budget", 1.0001), ("monthly.ceiling", 0.999), ("initial.die_stock", 1.001)],
)
def test_one_entry_of_an_array_is_a_change(
    record: PastRecord, aims: Targets, monkeypatch: Any, array: str, factor: float
) -> None:
    def one_entry(name: str, value: Any) -> Any:
        if name != array:
            return value
        found = np.array(value)
        months = found[: aims.months] if name.startswith("monthly.") else found
        months.reshape(-1)[np.flatnonzero(months)[-1]] *= factor
        return found

    words = moved(record, changed(monkeypatch, aims, one_entry))
    assert array in words


def test_months_after_the_last_published_value_do_not_count(record: PastRecord, aims: Targets, monkeypatch: Any) -> None:
    def later(name: str, value: Any) -> Any:
        if not name.startswith("monthly."):
            return value
        found = np.array(value)
        found[aims.months :] *= 2.0
        return found

    assert moved(record, changed(monkeypatch, aims, later)) == []


def test_an_input_that_only_one_record_knows_is_left_to_the_outcomes(record: PastRecord) -> None:
    fewer = replace(record, inputs={name: mark for name, mark in record.inputs.items() if name != "constants.hbm_stacks"})
    assert moved(record, fewer) == moved(fewer, record) == []
    other = replace(fewer, outcomes=record.outcomes * np.where(np.arange(DRAWS) == 3, 1.00001, 1.0))
    (words,) = moved(record, other)
    assert words.startswith("the simulated ")
    assert words.endswith("more rows)")
    assert moved(record, other, inputs=False) == [words]


def test_a_parameter_that_is_gone_or_has_a_joint_prior_by_now_is_named(record: PastRecord, monkeypatch: Any) -> None:
    assert moved(record, replace(record, priors={})) == [f"the prior of {name}" for name in NAMES]
    joint = type("Joint", (), {"groups": lambda _: [NAMES[:1]]})()
    monkeypatch.setattr(module, "load_correlations", lambda: joint)
    assert set(module._priors(compiled_past(), NAMES)) == set(NAMES[1:])


def test_a_record_comes_back_from_its_file_to_the_last_bit(record: PastRecord, tmp_path: Path) -> None:
    path = tmp_path / "past.json"
    path.write_text(record.to_json(), encoding="utf-8")
    assert read_record(path).to_json() == record.to_json()


@pytest.mark.parametrize("text", ["", "{}", '{"inputs": 1}', "[]", None])
def test_a_broken_record_is_named_with_the_way_out(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "past.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="cannot read it") as caught:
        read_record(path)
    assert "calibrate" in str(caught.value)


def test_the_shipped_record_is_that_of_the_shipped_world() -> None:
    before = read_record(FOLDER / "posterior-past.json")
    assert moved(before, past_record(compiled_past(), targets(), before.priors)) == []
