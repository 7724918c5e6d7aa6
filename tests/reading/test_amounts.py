"""Amounts: value or range, unit, qualifier; and the digits that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.reading.amounts import amounts
from countermove.reading.gazetteer import gazetteer


def found(text: str) -> list[tuple[str, float | None, float | None, float | None, str]]:
    taken = [(name.start, name.end) for name in gazetteer().find(text) if name.kind == "product"]
    return [(one.qualifier, one.value, one.low, one.high, one.unit) for one in amounts(text, taken=taken)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up to 75,000 H200 chips", ("up to", 75000.0, None, None, "chip")),
        ("more than 2 million H200 chips", ("more than", 2e6, None, None, "chip")),
        ("about $27,000 each", ("about", 27000.0, None, None, "usd/chip")),
        ("200 to 500 billion yuan", ("", None, 200.0, 500.0, "cny_bn")),
        ("between 20% and 40%", ("", None, 20.0, 40.0, "percent")),
        ("60,000 wafers per month", ("", 60000.0, None, None, "wafer/month")),
        ("60 billion yuan ($8.4 billion)", ("", 60.0, None, None, "cny_bn")),
        ("rose to 60% from 40%", ("", 60.0, None, None, "percent")),
        ("went from 95% to 0%", ("", 0.0, None, None, "percent")),
        ("RMB31.5 billion", ("", 31.5, None, None, "cny_bn")),
        ("the yield is one chip in five", ("", 20.0, None, None, "percent")),
        ("18 months behind", ("", 18.0, None, None, "month")),
        ("half of the cards", ("", 50.0, None, None, "percent")),
        ("660,000 H100 equivalents", ("", 660000.0, None, None, "h100e")),
        ("5,000 to 10,000 chip modules", ("", None, 5000.0, 10000.0, "system")),
        ("no more than 200,000 packages", ("up to", 200000.0, None, None, "package")),
        ("at least 21 times the power", ("at least", 21.0, None, None, "times")),
        ("6,500 GB/s", ("", 6500.0, None, None, "gb/s")),
    ],
)
def test_an_amount_is_read_with_its_unit_and_qualifier(text: str, expected: tuple[object, ...]) -> None:
    assert found(text) == [expected]


NONE = (
    "the H200 chips", "Ascend 910C", "CloudMatrix 384", "in 2026", "by 2028 home-made chips", "two weeks ago",
    "see 15 CFR 742.6", "tel. (202) 555-0142", "aged 41", "within a month", "January 15, 2026", "two people",
    "the 7nm process", "GB200 NVL72 racks",
)  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_digits_of_names_dates_and_rules_are_no_amounts(text: str) -> None:
    assert found(text) == []


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_amounts(text: str) -> None:
    for one in amounts(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.unit


READ_WITH_CARE = [
    ("China imported 13m stacks of HBM", [("", 13e6, None, None, "stack")]),
    ("a fall of -5%", [("", -5.0, None, None, "percent")]),
    ("a loss of -$5 billion", [("", -5.0, None, None, "usd_bn")]),
    ("a fall of 5 percentage points", [("", 5.0, None, None, "percentage_point")]),
    (f"{'9' * 5000} chips were sold", []),
]


@pytest.mark.parametrize(("text", "expected"), READ_WITH_CARE)
def test_a_scale_a_sign_and_a_number_too_long(
    text: str, expected: list[tuple[str, float | None, float | None, float | None, str]]
) -> None:
    assert found(text) == expected


def test_text_that_was_struck_out_is_not_read() -> None:
    from countermove.reading.html_text import html_text

    assert "600,000" not in html_text("<html><body><p>Huawei made <del>600,000</del> 200,000 chips.</p></body></html>")
