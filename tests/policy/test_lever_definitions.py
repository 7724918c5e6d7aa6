"""The twelve levers as the data define them."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.policy.lever_definitions import find_lever, load_levers
from countermove.quantities.calendar import MONTHS
from countermove.quantities.units import Unit

TWELVE = [
    "washington.performance_ceiling",
    "washington.volume_cap",
    "washington.duty",
    "washington.licence_scope",
    "washington.component_controls",
    "washington.enforcement",
    "washington.offshore_access",
    "beijing.import_gate",
    "beijing.procurement_mandate",
    "beijing.subsidy",
    "beijing.capacity_push",
    "beijing.grey_enforcement",
]


def test_there_are_the_twelve_levers_and_no_other() -> None:
    assert list(load_levers()) == TWELVE


@pytest.mark.parametrize("lever_id", TWELVE)
def test_a_lever_has_a_label_a_definition_and_anchors_that_exist(lever_id: str) -> None:
    lever, sources = find_lever(lever_id), load_ledger().sources
    assert lever.label
    assert lever.definition
    assert lever.anchors
    assert set(lever.anchors) <= set(sources)
    assert lever.government == ("us" if lever_id.startswith("washington") else "cn")


@pytest.mark.parametrize("lever_id", TWELVE)
def test_every_status_quo_says_whether_it_is_sourced_or_assumed_and_names_sources(lever_id: str) -> None:
    for step in find_lever(lever_id).baseline:
        assert step.basis in {"sourced", "assumption"}
        assert step.sources
        assert set(step.sources) <= set(load_ledger().sources)
        assert step.basis == "sourced" or step.note, "an assumption says why"


@pytest.mark.parametrize("lever_id", TWELVE)
def test_the_status_quo_covers_every_month_and_stays_in_range(lever_id: str) -> None:
    lever = find_lever(lever_id)
    path = lever.baseline_path()
    assert path.shape == (MONTHS,)
    inside = (path >= lever.main.low) & (path <= lever.main.high)
    by_word = np.isin(path, list(lever.main.words.values()))
    assert (inside | by_word).all()


@pytest.mark.parametrize("lever_id", TWELVE)
def test_units_are_of_the_vocabulary_and_defaults_in_range(lever_id: str) -> None:
    lever = find_lever(lever_id)
    for part in [lever.main, *lever.parts.values()]:
        if part.kind == "number":
            Unit.parse(part.unit)
            assert part.low <= part.default <= part.high or part.default in part.words.values()
        if part.kind == "choice":
            assert 0 <= part.default < len(part.choices)


def test_shares_of_a_split_add_up_to_one_by_default() -> None:
    for lever in load_levers().values():
        shares = [part.default for part in lever.parts.values() if part.group]
        assert not shares or sum(shares) == pytest.approx(1.0)


def test_the_prefix_levers_may_be_written_or_left_out() -> None:
    assert find_lever("levers.beijing.subsidy") is find_lever("beijing.subsidy")


def test_an_unknown_lever_gets_the_nearest_name() -> None:
    with pytest.raises(InputError, match="did you mean 'washington.duty'"):
        find_lever("washington.dutty")
    with pytest.raises(InputError, match="did you mean 'washington.duty'"):
        find_lever("duty")
