"""Compiling lever settings to monthly paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.policy.levers import compile_levers
from countermove.quantities.calendar import MONTHS, month_index, month_name


def test_nothing_set_reads_the_status_quo_and_pins_nothing() -> None:
    levers = compile_levers({})
    assert not any(mask.any() for mask in levers.pinned.values())
    duty = levers.value("washington.duty")
    assert duty[month_index("2025-12")] == 0.0
    assert duty[month_index("2026-01")] == 0.25


def test_a_plain_value_holds_from_the_start() -> None:
    levers = compile_levers({"washington.duty": 0.4}, start="2026-02")
    duty, pinned = levers.value("washington.duty"), levers.pinned["washington.duty"]
    assert np.array_equal(np.flatnonzero(pinned), np.arange(month_index("2026-02"), MONTHS))
    assert (duty[pinned] == 0.4).all()
    assert duty[month_index("2026-01")] == 0.25, "the status quo before"


def test_a_dated_schedule_is_a_step_function_of_time() -> None:
    levers = compile_levers({"washington.licence_scope": {"2026-02": 0.5, "2027-01": 0.0}})
    scope = levers.value("washington.licence_scope")
    assert scope[month_index("2026-02")] == 0.5
    assert scope[month_index("2026-12")] == 0.5
    assert (scope[month_index("2027-01") :] == 0.0).all()
    assert levers.pinned_from("washington.licence_scope") == month_index("2026-02")


def test_the_order_of_dates_in_a_file_does_not_matter() -> None:
    forward = compile_levers({"washington.duty": {"2026-02": 0.5, "2027-01": 0.1}})
    backward = compile_levers({"washington.duty": {"2027-01": 0.1, "2026-02": 0.5}})
    assert np.array_equal(forward.value("washington.duty"), backward.value("washington.duty"))


def test_parts_are_values_schedules_or_words() -> None:
    setting = {"value": 0.667, "ceiling": {"2026-07": 200}, "workload": "training"}
    levers = compile_levers({"beijing.import_gate": setting}, start="2026-02")
    ceiling = levers.value("beijing.import_gate", "ceiling")
    assert ceiling[month_index("2026-06")] == 1e9
    assert ceiling[month_index("2026-07")] == 200.0
    assert levers.choice("beijing.import_gate", "workload")[month_index("2026-03")] == "training"
    assert levers.choice("beijing.import_gate", "workload")[0] == "none"


def test_a_schedule_may_hold_parts() -> None:
    dated = compile_levers({"beijing.import_gate": {"2026-02": {"value": 0.5, "ceiling": 100}, "2027-01": 1}})
    assert dated.value("beijing.import_gate")[month_index("2026-12")] == 0.5
    assert dated.value("beijing.import_gate")[month_index("2027-01")] == 1.0
    assert dated.value("beijing.import_gate", "ceiling")[month_index("2026-02")] == 100.0


def test_a_part_may_be_written_as_a_path_of_its_own() -> None:
    by_path = compile_levers({"levers.beijing.import_gate": 0.5, "levers.beijing.import_gate.ceiling": 100})
    by_drawer = compile_levers({"beijing.import_gate": {"value": 0.5, "ceiling": 100}})
    assert np.array_equal(by_path.value("beijing.import_gate", "ceiling"), by_drawer.value("beijing.import_gate", "ceiling"))


def test_the_word_none_lifts_the_cap() -> None:
    assert compile_levers({"washington.volume_cap": "none"}).value("washington.volume_cap")[60] == 1e9


def test_products_named_in_a_part_come_back_by_month() -> None:
    setting = {"value": 21000, "exclude": "h200, mi325x"}
    levers = compile_levers({"washington.performance_ceiling": setting}, start="2026-02")
    assert levers.products("washington.performance_ceiling", "exclude")[60] == ("h200-sxm", "mi325x")
    assert levers.products("washington.performance_ceiling", "exclude")[0] == ()


def test_paths_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        compile_levers({}).value("washington.duty")[0] = 1.0


def test_settings_compiled_before_are_given_again() -> None:
    setting = {"washington.duty": {"2026-02": 0.31}}
    once = compile_levers(setting, where="one.yaml")
    assert compile_levers({"washington.duty": {"2026-02": 0.31}}, where="other.yaml") is once
    assert compile_levers({"washington.duty": {"2026-02": 0.32}}) is not once
    assert compile_levers({"washington.duty": 0.31}, start="2026-02") is not compile_levers({"washington.duty": 0.31})


def test_an_error_names_the_place_of_whoever_asks() -> None:
    for place in ("one.yaml", "other.yaml"):
        with pytest.raises(InputError, match=f"^{place} .*outside 0 to 1"):
            compile_levers({"washington.duty": 2.5}, where=place)


def test_asking_for_an_unknown_part_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'ceiling'"):
        compile_levers({}).value("beijing.import_gate", "cieling")


@given(month=st.integers(0, MONTHS - 1), value=st.floats(0, 1, allow_subnormal=False))
def test_before_its_first_date_a_schedule_changes_nothing(month: int, value: float) -> None:
    levers = compile_levers({"washington.duty": {month_name(month): value}})
    untouched = compile_levers({})
    assert np.array_equal(levers.value("washington.duty")[:month], untouched.value("washington.duty")[:month])
    assert (levers.value("washington.duty")[month:] == value).all()
