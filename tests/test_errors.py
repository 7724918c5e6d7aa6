"""Messages for people: what, where, what to do."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import CountermoveError, DataError, EnvironmentProblem, InputError, did_you_mean, nearest


def test_an_error_prints_where_what_and_hint() -> None:
    error = InputError("unknown lever 'dutty'", where="my.yaml:4 (levers.washington.dutty)", hint="did you mean 'duty'?")
    assert str(error) == "my.yaml:4 (levers.washington.dutty): unknown lever 'dutty'\n  did you mean 'duty'?"
    assert str(InputError("no such preset")) == "no such preset"


@pytest.mark.parametrize("kind", [InputError, DataError, EnvironmentProblem])
def test_every_kind_is_a_countermove_error_and_survives_a_process_boundary(kind: type[CountermoveError]) -> None:
    error = pickle.loads(pickle.dumps(kind("what", where="where", hint="hint")))  # noqa: S301
    assert isinstance(error, CountermoveError)
    assert str(error) == "where: what\n  hint"


def test_the_nearest_name_ignores_case_dashes_and_a_missing_prefix() -> None:
    names = ["washington.duty", "washington.volume_cap", "beijing.import_gate"]
    assert nearest("duty", names) == "washington.duty"
    assert nearest("Washington.Volume-Cap", names) == "washington.volume_cap"
    assert nearest("beijing.import_gat", names) == "beijing.import_gate"
    assert nearest("zzz", names) is None


def test_a_hint_names_the_nearest_else_lists_the_names() -> None:
    assert did_you_mean("dutty", ["duty", "scope"]) == "did you mean 'duty'?"
    assert did_you_mean("zzz", ["duty", "scope"]) == "one of: duty, scope"
    assert did_you_mean("zzz", []) == ""
    assert did_you_mean("zzz", [f"lever-{number}" for number in range(40)]).endswith("... (40 in all)")


@given(st.text(), st.lists(st.text()))
def test_the_nearest_name_is_always_one_of_the_candidates(name: str, candidates: list[str]) -> None:
    assert nearest(name, candidates) in [None, *candidates]
