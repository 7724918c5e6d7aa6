"""Numbers are printed the way a careful analyst writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.reports.model import Band, OutcomeNote
from countermove.reports.numbers import THIN, band_texts, difference_texts, magnitude, plain, value_text, year_text


def outcome(display: str, *, scale: float = 1.0, prefix: str = "") -> OutcomeNote:
    return OutcomeNote("x", "X", "unit", "money", "flow", display, "", scale=scale, prefix=prefix)  # type: ignore[arg-type]


MONEY = outcome("money", scale=1e9, prefix="$")
COUNT = outcome("count")
PERCENT = outcome("percent")
DATE = outcome("year")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (12.4e9, f"12.4{THIN}bn"),
        (999_960, f"1.0{THIN}M"),
        (310_000, f"310{THIN}k"),
        (7.25, "7.2"),
        (0.04, "0.04"),
        (0.004, "~0"),
    ],
)
def test_a_count_gets_its_suffix_and_two_to_three_digits(value: float, text: str) -> None:
    assert value_text(value, COUNT) == text


def test_money_has_its_sign_before_the_currency() -> None:
    assert difference_texts(Band(-14.2, -9, -8.4, -5, -3.1), MONEY) == (f"\u2212$8.4{THIN}bn", f"\u221214.2 to \u22123.1{THIN}bn")


def test_a_range_shares_the_magnitude_of_its_median() -> None:
    assert band_texts(Band(3.1, 8, 12.4, 18, 27.8), MONEY) == (f"$12.4{THIN}bn", f"3.1 to 27.8{THIN}bn")


def test_a_range_that_spans_a_thousandfold_names_the_unit_at_both_ends() -> None:
    assert band_texts(Band(0.0, 0.2, 0.6, 1.5, 2.3), MONEY)[1] == f"0 to 2.3{THIN}bn"
    assert difference_texts(Band(-1.1, -0.8, -0.6, -0.3, -0.124), MONEY)[1] == f"\u22121.1{THIN}bn to \u2212124{THIN}M"


def test_a_zero_median_takes_the_magnitude_of_the_far_end() -> None:
    assert band_texts(Band(0, 0, 0, 0, 0.9), MONEY) == ("$0", f"0 to 900{THIN}M")


def test_shares_are_percent_and_their_differences_points() -> None:
    assert band_texts(Band(0.19, 0.21, 0.24, 0.27, 0.31), PERCENT) == ("24%", "19 to 31%")
    assert difference_texts(Band(-0.112, -0.08, -0.059, -0.02, -0.007), PERCENT) == ("\u22125.9 pts", "\u221211.2 to \u22120.7")


def test_a_date_beyond_the_horizon_is_not_given_a_year() -> None:
    assert year_text(2033.0) == "after 2032"
    assert year_text(2029.4) == "May 2029"
    assert band_texts(Band(2027.6, 2029.2, 2033, 2033, 2033), DATE) == ("after 2032", "Aug 2027 to after 2032")


@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_a_printed_number_is_within_six_percent_of_the_value(value: float) -> None:
    unit = magnitude(value)
    text = unit.digits(value).replace("\u2212", "-")
    shown = 0.0 if text == "~0" else float(text) * unit.divisor
    assert shown == pytest.approx(value, rel=0.06, abs=5.1e-3)


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_no_printed_parameter_is_a_raw_float(value: float) -> None:
    assert len(plain(value)) <= 14
    assert "nan" not in plain(value)


def test_zero_and_nearly_zero_are_told_apart() -> None:
    assert band_texts(Band(0.0, 0.2e-6, 1.2, 2.0, 3.0), MONEY)[1] == f"0 to 3.0{THIN}bn"
    assert band_texts(Band(1e-6, 0.2, 1.2, 2.0, 3.0), MONEY)[1] == f"~0 to 3.0{THIN}bn"
    assert difference_texts(Band(-0.08, -0.01, 0.0004, 0.01, 0.06), DATE) == ("~0 years", "\u22120.1 to +0.1")


def test_a_tiny_median_takes_the_magnitude_of_its_range() -> None:
    assert difference_texts(Band(-14.0, -1, 0.07, 2, 14.46), COUNT) == ("+0.1", "\u221214.0 to +14.5")
