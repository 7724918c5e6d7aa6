"""A lever part that changes no outcome is said to; every other part changes one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countermove import api
from countermove.cli.documents import DOCUMENTS
from countermove.cli.idle import IDLE
from countermove.policy.lever_definitions import load_levers

Command = Callable[..., Any]

MAIN = {
    "washington.performance_ceiling": 21000,
    "washington.volume_cap": 0.1,
    "washington.duty": 0.25,
    "washington.licence_scope": 1,
    "washington.component_controls": 0.7,
    "beijing.import_gate": 0.5,
    "beijing.subsidy": 30,
    "beijing.capacity_push": 2,
}
BESIDE = {
    "bundle_ratio": "mode: bundled, ",
    "logic": "direction: fixed, ",
    "hbm": "direction: fixed, ",
    "packaging": "direction: fixed, ",
}
SPLITS = {"beijing.subsidy": ("vendor", "user", "fab"), "beijing.capacity_push": ("logic", "hbm", "packaging")}
PARTS = [(lever, part) for lever, definition in load_levers().items() for part in definition.parts]


def settings(lever: str, part: str) -> list[str]:
    """Two or more ways to set a part, all else alike."""
    definition = load_levers()[lever].parts[part]
    values: list[Any] = list(definition.choices) or [0, 1]
    if definition.kind == "products":
        values = ["nothing", "h200-sxm"]
    elif part == "bundle_ratio":
        values = [1, 3]
    elif part == "ceiling":
        values = [1, 20]
    texts = [f"{BESIDE.get(part, '') if lever != 'washington.component_controls' else ''}{part}: {value}" for value in values]
    if part in SPLITS.get(lever, ()):
        first = BESIDE.get(part, "")
        texts = [first + ", ".join(f"{name}: {int(name == one)}" for name in SPLITS[lever]) for one in SPLITS[lever]]
    return [f"levers.{lever}={{value: {MAIN[lever]}, {text}}}" for text in texts]


@pytest.mark.parametrize(("lever", "part"), PARTS, ids=[f"{lever}.{part}" for lever, part in PARTS])
def test_a_part_moves_an_outcome_unless_it_is_said_not_to(lever: str, part: str) -> None:
    runs = [
        api.run(api.load("open-h200+open", sets=(text,)), draws=64, beliefs="prior").outcomes for text in settings(lever, part)
    ]
    moved = any(
        not np.array_equal(values, other[name][period], equal_nan=True)
        for other in runs[1:]
        for name, by_period in runs[0].items()
        for period, values in by_period.items()
    )
    assert moved != ((lever, part) in IDLE)


def test_setting_an_idle_part_is_said_beside_the_result(command: Command) -> None:
    setting = "levers.washington.volume_cap={value: 0.1, product_scope: licensable-family}"
    for words in (("run", "h200-rule"), ("compare", "no-h200", "h200-rule")):
        ended = command(*words, "-n", "8", "--set", setting, "--json")
        assert ended.code == 0
        assert "levers.washington.volume_cap.product_scope has no effect on the outcomes" in ended.err
        document = json.loads(ended.out)
        DOCUMENTS[words[0]].model_validate(document)
        assert [note.split()[0] for note in document["notes"]] == ["levers.washington.volume_cap.product_scope"]
        assert "has no effect on the outcomes" in command(*words, "-n", "8", "--set", setting, "--quiet").out


def test_the_default_of_an_idle_part_needs_no_word(command: Command) -> None:
    setting = "levers.washington.volume_cap={value: 0.1, product_scope: same-product}"
    ended = command("run", "h200-rule", "-n", "8", "--set", setting, "--json")
    assert ended.err == ""
    assert "notes" not in json.loads(ended.out)


def test_a_sweep_over_an_idle_part_says_so(command: Command, tmp_path: Path) -> None:
    (tmp_path / "scope.yaml").write_text(
        "schema: 1\nscenarios: [h200-rule+open]\ndesign:\n  kind: grid\n  factors:\n"
        "    levers.washington.volume_cap: [0.1]\n"
        "    levers.washington.volume_cap.product_scope: [same-product, licensable-family]\n"
        'draws: 4\noutcomes: [china_compute_h100e]\nperiods: ["2028"]\n'
    )
    ended = command("sweep", str(tmp_path / "scope.yaml"), "--out", str(tmp_path / "out"), "--executor", "serial", "--json")
    assert ended.code == 0, ended.err
    assert "product_scope has no effect on the outcomes" in ended.err
