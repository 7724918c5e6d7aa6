"""Sentences carry the right sign, never lose the range, and say when there is nothing to say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.reports import words
from countermove.reports.model import Band, OutcomeNote, Point, ReportInput

MONEY = OutcomeNote("x", "Revenue", "US dollars a year", "money", "flow", "money", "", scale=1e9, prefix="$")
DATE = OutcomeNote("y", "Parity", "date", "self-sufficiency", "date", "year", "")
COUNT = OutcomeNote("z", "Compute", "H100e", "compute", "stock", "count", "")


def clause(*values: float, above: float | None = None, outcome: OutcomeNote = MONEY) -> str:
    return words.difference_clause(Point("2028", Band(*values), above=above), outcome)


def test_a_clear_rise_is_higher_and_a_clear_fall_is_lower() -> None:
    assert clause(1, 2, 3, 4, 5).startswith("$3.0\u202fbn higher than in the baseline [paired 90% range +1.0 to +5.0")
    assert clause(-5, -4, -3, -2, -1).startswith(
        "$3.0\u202fbn lower than in the baseline [paired 90% range \u22125.0 to \u22121.0"
    )


def test_dates_are_later_or_earlier() -> None:
    assert "2.0 years later than in the baseline" in clause(1, 1.5, 2, 2.5, 3, outcome=DATE)
    assert "2.0 years earlier than in the baseline" in clause(-3, -2.5, -2, -1.5, -1, outcome=DATE)


def test_a_range_across_zero_is_no_clear_difference_and_says_how_often_it_is_higher() -> None:
    text = clause(-1, -0.5, 1, 2, 3, above=0.71)
    assert text.startswith("no clear difference from the baseline")
    assert "includes zero" in text
    assert "higher in 71% of the draws" in text


def test_a_range_that_touches_zero_says_on_which_side_the_draws_lie() -> None:
    assert clause(-3, -2, -1, 0, 0).startswith("lower than in the baseline, or the same, in at least 95% of the draws")
    assert clause(0, 0, 1, 2, 3).startswith("higher than in the baseline, or the same, in at least 95% of the draws")


def test_no_difference_at_all_is_called_the_same() -> None:
    assert clause(0, 0, 0, 0, 0) == "the same as in the baseline in at least 90% of the draws"


@given(st.lists(st.floats(min_value=-1e3, max_value=1e3), min_size=5, max_size=5).map(sorted))
def test_higher_is_never_said_when_the_range_includes_lower_values(values: list[float]) -> None:
    text = clause(*values)
    if text.startswith("$"):
        assert ("higher" in text) == (values[0] > 0)
        assert ("lower" in text) == (values[4] < 0)


def test_a_stock_stands_at_the_end_of_a_period_and_a_flow_within_it() -> None:
    assert words.when("2028", COUNT) == " at the end of 2028"
    assert words.when("2028Q2", MONEY) == " in 2028 Q2"
    assert words.when("horizon", DATE) == ""


def test_a_count_names_what_it_counts() -> None:
    assert words.median_text(Point("2028", Band(1, 2, 2.6e6, 3e6, 4e6)), COUNT) == "median 2.6\u202fM H100e"


def test_a_date_beyond_the_horizon_names_the_share_of_draws() -> None:
    point = Point("horizon", Band(2028, 2031, 2033, 2033, 2033), censored=0.56)
    assert words.median_text(point, DATE) == "not reached by the end of 2032 in 56% of the draws"


def test_zero_everywhere_is_said_in_words() -> None:
    assert words.median_text(Point("2028", Band(0, 0, 0, 0, 0)), MONEY) == "zero in at least 90% of the draws"


def test_every_answer_states_its_condition_and_a_range_for_each_group(report: ReportInput) -> None:
    found = words.answers(report)
    assert [a.scenario.id for a in found] == [s.id for s in report.alternatives]
    for answer in found:
        assert answer.condition.startswith("If Washington")
        assert {f.outcome.group for f in answer.findings} == {"money", "compute", "self-sufficiency"}
        assert all("90%" in f.text() for f in answer.findings)


def test_a_scenario_without_a_condition_is_named_instead(report: ReportInput) -> None:
    plain = replace(report.alternatives[0], condition="")
    assert words.condition(plain).startswith("In \u201c")


def test_outcomes_are_sorted_into_clear_and_unclear(report: ReportInput) -> None:
    clear, unclear = words.clarity(report)
    assert set(clear) | set(unclear) == {report.outcomes[n].label for n in report.headline}
    assert not set(clear) & set(unclear)


@pytest.mark.parametrize("word", ["should", "must", "threat", "regime", "will happen", "wins", "loses"])
def test_generated_sentences_keep_an_even_hand(report: ReportInput, word: str) -> None:
    text = " ".join(f.text() for a in words.answers(report) for f in a.findings) + words.CAVEAT
    assert word not in text.lower()
