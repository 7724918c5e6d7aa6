"""Scenarios: presets, suffixes, files, `--set`, dated schedules, and the way they combine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.experiments import schedules
from countermove.experiments.presets import preset_files, suffix_files
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.scenario_file import Range
from countermove.policy.lever_definitions import load_levers
from countermove.policy.levers import compile_levers
from countermove.quantities.calendar import month_index, month_name

PRESETS = [
    "all-open",
    "b30a",
    "bernstein-logic-bound",
    "h20-only",
    "h200-2026",
    "h200-rule",
    "h200-two-million",
    "no-controls",
    "no-exports",
    "no-h200",
    "open-h200",
    "semianalysis-hbm-free",
    "semianalysis-ledger",
    "stall",
]
SUFFIXES = ["70bn", "ban", "bundled", "necessity", "open"]


def write(folder: Path, body: str) -> Path:
    """A scenario file."""
    path = folder / "scenario.yaml"
    path.write_text(body, encoding="utf-8")
    return path


def test_the_shipped_presets_and_suffixes_are_these() -> None:
    assert sorted(preset_files()) == PRESETS
    assert sorted(suffix_files()) == SUFFIXES


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("suffix", ["", "+open", "+bundled", "+necessity", "+ban", "+70bn", "+ban+70bn"])
def test_every_preset_combines_with_every_suffix(name: str, suffix: str) -> None:
    scenario = load_scenario(name + suffix)
    assert scenario.id == name + suffix
    assert scenario.label
    assert scenario.description
    assert scenario.anchors
    compile_levers(scenario.settings())
    assert all(month >= scenario.start for parts in scenario.levers.values() for dates in parts.values() for month in dates)


def test_presets_leave_the_past_before_their_start_alone() -> None:
    status_quo = compile_levers({})
    for name in PRESETS:
        scenario = load_scenario(name)
        first = month_index(scenario.start)
        compiled = compile_levers(scenario.settings())
        for lever in load_levers():
            assert (compiled.value(lever)[:first] == status_quo.value(lever)[:first]).all()
            assert not compiled.pinned[lever][:first].any()


def test_the_lead_case_pins_nothing() -> None:
    scenario = load_scenario("h200-2026")
    assert scenario.levers == {}
    assert scenario.overrides == {}
    assert scenario.hazards
    assert scenario.start == "2026-01"


def test_no_preset_without_a_suffix_pins_beijing() -> None:
    for name in PRESETS:
        assert not any(lever.startswith("beijing.") for lever in load_scenario(name).levers)


def test_suffixes_set_beijings_side_only() -> None:
    for suffix in SUFFIXES:
        added = set(load_scenario(f"h200-2026+{suffix}").levers)
        assert added
        assert all(lever.startswith("beijing.") for lever in added)


def test_the_rule_is_the_rule() -> None:
    levers = compile_levers(load_scenario("h200-rule").settings())
    month = month_index("2026-06")
    assert levers.value("washington.duty")[month] == 0.25
    assert levers.value("washington.volume_cap")[month] == 0.5
    assert levers.choice("washington.volume_cap", "base")[month] == "us_aggregate_tpp"


def test_the_package_adds_seventy_billion_over_five_years() -> None:
    with_package = compile_levers(load_scenario("h200-2026+70bn").settings()).value("beijing.subsidy")
    without = compile_levers({}).value("beijing.subsidy")
    assert (with_package - without).sum() / 12 == pytest.approx(70.0)
    assert (with_package[: month_index("2026-01")] == without[: month_index("2026-01")]).all()


def test_anchors_are_sources_of_the_ledger() -> None:
    from countermove.evidence.ledger import load_ledger

    known = load_ledger().sources
    for name in [*PRESETS, *(f"h200-2026+{suffix}" for suffix in SUFFIXES)]:
        assert set(load_scenario(name).anchors) <= set(known), name


def test_a_file_extends_a_combination(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        schema: 1
        id: mine
        label: Mine
        extends: h200-rule+necessity
        start: "2026-06"
        levers:
          washington.duty: 0.1
          washington.licence_scope: 0.5
          beijing.import_gate: {ceiling: 200, workload: training}
        """,
    )
    scenario = load_scenario(path)
    assert scenario.id == "mine"
    assert scenario.label == "Mine"
    # What the preset says holds until the file's own start, and parts that the file leaves alone hold on.
    assert scenario.levers["washington.licence_scope"]["value"] == {"2026-02": 0.375, "2026-06": 0.5}
    assert scenario.levers["washington.duty"]["value"] == {"2026-06": 0.1}
    assert scenario.levers["beijing.import_gate"]["value"] == {"2026-01": 0.667}
    assert scenario.levers["beijing.import_gate"]["ceiling"] == {"2026-06": 200}
    assert scenario.start == "2026-01"


def test_a_file_without_a_start_takes_that_of_what_it_extends(tmp_path: Path) -> None:
    path = write(tmp_path, "schema: 1\nextends: no-controls\nlevers: {beijing.import_gate: 1}\n")
    assert load_scenario(path).levers["beijing.import_gate"]["value"] == {"2022-10": 1}


def test_all_ways_of_writing_a_setting_agree() -> None:
    start, place = "2026-02", lambda *keys: "here"
    expected = {"value": {"2026-02": 0.667, "2027-01": 0}, "ceiling": {"2026-02": 200}}
    by_month = {"2026-02": {"value": 0.667, "ceiling": 200}, "2027-01": 0}
    by_part = {"value": {"2026-02": 0.667, "2027-01": 0}, "ceiling": 200}
    assert schedules.parse_lever(by_month, start=start, where=place) == expected
    assert schedules.parse_lever(by_part, start=start, where=place) == expected
    assert schedules.parse_lever(0.25, start=start, where=place) == {"value": {"2026-02": 0.25}}


def test_a_change_overtakes_everything_from_its_first_month_on() -> None:
    base = {"washington.duty": {"value": {"2026-01": 0.25, "2027-01": 0.5, "2028-01": 0.75}}}
    change = {"washington.duty": {"value": {"2027-06": 0.1}}}
    assert schedules.merge(base, change)["washington.duty"]["value"] == {"2026-01": 0.25, "2027-01": 0.5, "2027-06": 0.1}


def test_set_options_reach_levers_parts_parameters_and_keys() -> None:
    scenario = load_scenario(
        "h200-rule",
        sets=[
            "levers.washington.duty={2026-02: 0.5, 2027-01: 0}",
            "levers.beijing.import_gate.ceiling=200",
            "beijing.import_gate=0.667",
            "parameters/gates.cn_transition_rate=1.0",
            "parameters/gates.us_transition_rate={low: 0.1, high: 0.2}",
            "hazards=false",
            "horizon=2030-12",
        ],
    )
    assert scenario.levers["washington.duty"]["value"] == {"2026-02": 0.5, "2027-01": 0}
    assert scenario.levers["beijing.import_gate"] == {"ceiling": {"2026-02": 200}, "value": {"2026-02": 0.667}}
    assert scenario.overrides["parameters/gates.cn_transition_rate"] == 1.0
    assert scenario.overrides["parameters/gates.us_transition_rate"] == Range(low=0.1, high=0.2)
    assert not scenario.hazards
    assert scenario.horizon == "2030-12"


def test_set_may_move_the_start_earlier() -> None:
    scenario = load_scenario("h200-2026", sets=["start=2025-05", "levers.washington.licence_scope=0"])
    assert scenario.start == "2025-05"
    assert scenario.levers["washington.licence_scope"]["value"] == {"2025-05": 0}


def test_a_scenario_is_left_alone_by_what_is_made_from_it() -> None:
    scenario = load_scenario("h200-rule")
    before = scenario.to_dict()
    changed = scenario.with_levers({"washington.licence_scope": 0.1}, start="2027-01").with_overrides(
        {"parameters/gates.cn_transition_rate": 1.0}
    )
    assert scenario.to_dict() == before
    assert changed.levers["washington.licence_scope"]["value"] == {"2026-02": 0.375, "2027-01": 0.1}
    assert changed.id == scenario.id


def test_changes_are_described_beside_the_status_quo() -> None:
    changes = {(change.lever, change.part): change for change in load_scenario("h200-rule+ban").describe()}
    gate = changes["levers.beijing.import_gate", "value"]
    assert gate.schedule == {"2026-01": 1}
    assert gate.status_quo == {"2026-01": 0.95, "2026-07": 0.8}
    assert str(gate) == "Import gate: 1 from 2026-01 (status quo: 0.95, from 2026-07 0.8)"
    assert all(change.anchors for change in changes.values())


@pytest.mark.parametrize("name", ["h200-2026", "h200-rule+necessity", "no-controls+70bn", "b30a+bundled+70bn"])
def test_a_scenario_survives_being_written_and_read(name: str) -> None:
    scenario = load_scenario(name)
    assert Scenario.from_dict(scenario.to_dict()) == scenario
    assert Scenario.from_dict(yaml.safe_load(yaml.safe_dump(scenario.to_dict()))) == scenario


SHARES = [
    "washington.duty",
    "washington.licence_scope",
    "washington.enforcement",
    "beijing.procurement_mandate",
    "beijing.import_gate",
]


@st.composite
def lever_settings(draw: st.DrawFn) -> dict[str, Any]:
    """Some share levers as values or dated schedules from 2026-01 on."""
    names = draw(st.lists(st.sampled_from(SHARES), unique=True))
    value = st.floats(0, 1).map(lambda number: round(number, 6))
    month = st.integers(month_index("2026-01"), 131).map(month_name)
    return {name: draw(st.one_of(value, st.dictionaries(month, value, min_size=1, max_size=5))) for name in names}


@given(first=lever_settings(), second=lever_settings())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_levers_survive_being_written_and_read(first: dict[str, Any], second: dict[str, Any]) -> None:
    scenario = load_scenario("h200-2026").with_levers(first).with_levers(second)
    again = Scenario.from_dict(scenario.to_dict())
    assert again == scenario
    ours, theirs = compile_levers(scenario.settings()), compile_levers(again.settings())
    assert all((ours.value(lever) == theirs.value(lever)).all() for lever in load_levers())


@given(settings_=lever_settings())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_setting_the_same_twice_is_setting_it_once(settings_: dict[str, Any]) -> None:
    once = load_scenario("h200-2026").with_levers(settings_)
    assert once.with_levers(settings_) == once


def test_presets_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from countermove.experiments import presets

    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / f"{name}.yaml").write_text(f"schema: 1\nextends: {other}\n")
    monkeypatch.setattr(presets, "preset_files", lambda: {"a": tmp_path / "a.yaml", "b": tmp_path / "b.yaml"})
    with pytest.raises(InputError, match="extends itself"):
        load_scenario("a")


def test_former_names_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    from countermove.experiments import presets, scenario

    renamed = presets.Aliases.model_validate({"schema": 1, "presets": {"rule-2026": "h200-rule"}, "suffixes": {"refuse": "ban"}})
    for room in (presets, scenario):
        monkeypatch.setattr(room, "aliases", lambda: renamed)
    assert load_scenario("rule-2026+refuse") == load_scenario("h200-rule+ban")
