"""What people read: rows, entries in full, and the paths of the evidence."""

import json

import pytest

from countermove.errors import InputError
from countermove.evidence.entry import resolve
from countermove.evidence.ledger import load_ledger
from countermove.hardware.describe import KINDS, catalogue_rows, describe, register_paths


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_has_a_row_and_a_description_that_json_can_hold(kind):
    rows = catalogue_rows(kind)
    assert rows
    for row in rows:
        found = describe(kind, row["id"])
        assert found["id"] == row["id"]
        json.dumps([row, found], allow_nan=False)


def test_a_description_shows_competing_values_with_their_sources():
    bandwidth = next(fact for fact in describe("chips", "b200")["values"] if fact["field"] == "memory_bandwidth")
    assert (bandwidth["value"], bandwidth["unit"], bandwidth["range"]) == (7.7, "tb/s", [7.7, 8.0])
    assert bandwidth["competing"][0]["sources"]


def test_computed_values_say_what_they_follow_from():
    tpp = next(fact for fact in describe("chips", "h200")["computed"] if fact["field"] == "tpp")
    assert tpp["value"] == 15832
    assert "3A090" in tpp["computed"]


def test_unknown_facts_are_named_as_such():
    die = next(fact for fact in describe("chips", "ascend-950pr")["values"] if fact["field"] == "die_area")
    assert (die["value"], die["basis"]) == (None, "unknown")
    assert die["note"]


@pytest.mark.parametrize("path", ["chips/h200-sxm", "chips/910c", "systems/cloudmatrix-384", "models/deepseek-v3"])
def test_paths_of_the_evidence_lead_here(path):
    register_paths()
    entry = resolve(load_ledger(), path)
    assert entry.facts
    assert entry.sources


def test_wrong_kinds_and_names_get_the_nearest_right_one():
    with pytest.raises(InputError, match="chips"):
        catalogue_rows("chip")
    with pytest.raises(InputError, match="systems"):
        describe("system", "cloudmatrix-384")
    with pytest.raises(InputError, match="chips/h200-sxm"):
        resolve(load_ledger(), "chips/h200-sxn")
