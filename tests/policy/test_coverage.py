"""The registry of what is encoded, and its page."""

from __future__ import annotations

from pathlib import Path

from countermove.policy.coverage import PAGE, load_coverage, page
from countermove.policy.rules import load_rules

DOCS = Path(__file__).parents[2] / "docs"


def test_every_provision_is_in_the_registry() -> None:
    assert set(load_coverage()) == set(load_rules())


def test_the_committed_page_is_that_of_the_registry() -> None:
    assert (DOCS / PAGE).read_text(encoding="utf-8") == page(), "run python -m countermove.policy.coverage docs"


def test_what_rests_on_memory_carries_no_better_grade_than_c() -> None:
    """A provision that was not read again must not look like one that was."""
    for name, coverage in load_coverage().items():
        if coverage.verified == "memory":
            assert {step.grade for step in load_rules()[name].status} <= {"C", "D"}, name


def test_the_page_says_once_that_it_is_no_advice() -> None:
    assert page().count("Not legal advice") == 1
