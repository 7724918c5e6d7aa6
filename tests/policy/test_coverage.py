"""The registry of what is encoded, and its page."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.policy.checks import check
from countermove.policy.coverage import PAGE, NotEncoded, load_coverage, load_not_encoded, page
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


@pytest.mark.parametrize("line", load_not_encoded(), ids=lambda line: line.field)
def test_what_is_not_encoded_answers_as_the_page_claims(line: NotEncoded) -> None:
    result = check(line.item, on="2026-08-20", **line.deal)
    assert result.us.outcome == line.us
    if line.duty is not None:
        assert result.duty["import_duty_rate"] is None


def test_what_is_not_encoded_stands_before_what_is() -> None:
    text = page()
    assert text.index("## Not encoded") < text.index("## Encoded") < text.index("## Washington")
    assert len(load_not_encoded()) >= 10
