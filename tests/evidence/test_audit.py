"""The audit: a sound tree has no problems, and each kind of unsoundness is one line that says where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from countermove.evidence.audit import problems
from countermove.evidence.ledger import read_ledger

Plant = Callable[..., Path]


def test_the_small_tree_is_sound(plant: Plant) -> None:
    root = plant()
    assert problems(read_ledger(root), root) == []


@pytest.mark.parametrize(
    ("folder", "old", "new", "what"),
    [
        ("claims", "grade: A", "grade: B", None),
        (
            "claims",
            "made_by: two people cited by Reuters\n    relayed_by: [example.net]\n    grade: B",
            "made_by: two people\n    grade: A",
            "needs an official text",
        ),
        ("claims", "grade: C", "grade: B", "grade C or D, not B"),
        ("claims", 'known: "2026-01-14"', 'known: "2026-01-13"', "before any of its sources was published"),
        ("claims", "value: 1625", "value: 1600", "gives 1625, the claim states 1600"),
        ("claims", "unit: thousand package", "unit: thousand die", "the formula gives package"),
        (
            "claims",
            'high: 14, unit: million stack, period: "2024",\n     known: 2025',
            'high: 14, unit: million stack, period: "2024",\n     known: 2026',
            "before its input",
        ),
        ("parameters", "low: 11.4, high: 13.0", "low: 11.0, high: 13.0", "states 11.4 million stack, the prior 11 million stack"),
        ("parameters", "unit: million stack", "unit: million die", "is in million stack, the parameter in million die"),
        ("parameters", "claim: stacks-samsung", "claim: customs-block", "states no number"),
        ("claims", "sources: [mofcom-2026-01-20-answer]", "sources: [reuters-2026-01-14-customs]", "nothing cites it"),
    ],
)
def test_each_kind_of_unsoundness_is_found(plant: Plant, folder: str, old: str, new: str, what: str | None) -> None:
    text = next(path for path in plant().joinpath(folder).glob("*.yaml") if path.name != "correlations.yaml").read_text()
    assert old in text
    root = plant(**{folder: text.replace(old, new)})
    found = problems(read_ledger(root), root)
    if what is None:
        assert found == []
    else:
        assert any(what in line for line in found)
        assert all(".yaml:" in line for line in found)


def test_a_table_out_of_order_or_off_the_clock_is_found(plant: Plant) -> None:
    root = plant(table="period,value\n2024Q2,1\n2024Q1,2\n1999,3\n")
    found = problems(read_ledger(root), root)
    assert any("not in order of time" in line for line in found)
    assert any("outside the model's clock" in line for line in found)


def test_files_of_other_rooms_cite_sources_that_must_exist(plant: Plant) -> None:
    root = plant()
    (root / "chips").mkdir()
    (root / "chips" / "x.yaml").write_text("schema: 1\nchips:\n  x: {sources: [analyst-2025-stack]}\n")
    found = problems(read_ledger(root), root)
    assert any("x.yaml:3 (chips.x.sources): unknown source 'analyst-2025-stack'" in line for line in found)


def test_a_source_may_be_allowed_to_stand_uncited(plant: Plant) -> None:
    root = plant()
    source = "  extra-2026: {title: T, publisher: P, published: null, url: 'https://example.org', kind: press, side: us}\n"
    (root / "sources" / "more.yaml").write_text("schema: 1\nsources:\n" + source)
    assert problems(read_ledger(root), root) != []
    assert problems(read_ledger(root), root, uncited={"extra-2026"}) == []
