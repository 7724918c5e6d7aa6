"""Units and periods as people write them, and what is refused with its way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.quantities.calendar import period_months, quarters
from countermove.quantities.spellings import is_nvidia, read_period, read_unit
from countermove.quantities.units import convert


@pytest.mark.parametrize(
    ("text", "target", "size"),
    [
        ("CNY bn", "cny_bn", 1.0),
        ("cny_bn", "cny_bn", 1.0),
        ("RMB bn", "cny_bn", 1.0),
        ("billion yuan", "cny_bn", 1.0),
        ("CNY million", "cny_bn", 1e-3),
        ("USD bn", "usd_bn", 1.0),
        ("bn USD", "usd_bn", 1.0),
        ("billion USD", "usd_bn", 1.0),
        ("US$bn", "usd_bn", 1.0),
        ("$ bn", "usd_bn", 1.0),
        ("U.S. dollars", "usd_bn", 1e-9),
        ("million US dollars", "usd_bn", 1e-3),
        ("chips", "thousand package", 1e-3),
        ("units", "thousand package", 1e-3),
        ("cards", "thousand package", 1e-3),
        ("thousand cards", "thousand package", 1.0),
        ("thousand", "thousand package", 1.0),
        ("Thousand packages", "thousand package", 1.0),
        ("k", "thousand package", 1.0),
        ("k units", "thousand package", 1.0),
        ("million", "thousand package", 1e3),
        ("M", "thousand package", 1e3),
        ("thousand", "thousand h100e", 1.0),
        ("H100e", "thousand h100e", 1e-3),
        ("thousand H100 equivalents", "thousand h100e", 1.0),
        ("thousand", "thousand card", 1.0),
        ("percent", "1", 0.01),
        ("%", "1", 0.01),
        ("per cent", "1", 0.01),
        ("share", "1", 1.0),
        ("GW", "gw", 1.0),
    ],
)
def test_a_spelling_is_the_unit_it_stands_for(text: str, target: str, size: float) -> None:
    assert convert(1.0, read_unit(text, target), target) == pytest.approx(size)


@pytest.mark.parametrize(
    ("text", "target", "words"),
    [
        ("", "usd_bn", "unknown unit"),
        ("CNY bnn", "cny_bn", "unknown unit"),
        ("billion", "usd_bn", "name the currency"),
        ("units", "usd_bn", "does not say of what"),
        ("thousand", "1", "the series is in 1"),
        ("thousand million", "thousand package", "says two things"),
        ("USD chips", "thousand package", "says two things"),
    ],
)
def test_a_unit_that_is_none_is_refused(text: str, target: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_unit(text, target, where="f.csv:2")
    assert words in str(caught.value)
    assert "f.csv:2" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "target"), [("USD bn", "thousand package"), ("dies", "thousand package"), ("CNY bn", "usd_bn"), ("%", "usd_bn")]
)
def test_a_unit_that_contradicts_the_series_is_refused_when_converted(text: str, target: str) -> None:
    with pytest.raises(InputError, match="cannot convert"):
        convert(1.0, read_unit(text, target), target)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026Q1", "2026Q1"),
        ("Q1 2026", "2026Q1"),
        ("1Q26", "2026Q1"),
        ("1Q 2026", "2026Q1"),
        ("2026-Q1", "2026Q1"),
        ("2026 q1", "2026Q1"),
        ("Q1'26", "2026Q1"),
        ("CY26Q1", "2026Q1"),
        ("2026Q1 (ended 2026-03-31)", "2026Q1"),
        ("H1 2025", "2025H1"),
        ("1H25", "2025H1"),
        ("2025-H2", "2025H2"),
        ("CY2025", "2025"),
        (" 2025 ", "2025"),
        ("2026-02", "2026-02"),
    ],
)
def test_a_period_is_read_as_written(text: str, period: str) -> None:
    assert read_period(text) == period
    assert read_period(text, nvidia=True) == period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("FY27Q1", "2026Q1"),
        ("FY2027 Q1", "2026Q1"),
        ("Q1 FY27", "2026Q1"),
        ("1QFY2027", "2026Q1"),
        ("FY2027 Q1 (ended 2026-04-26)", "2026Q1"),
        ("FY26Q4, ended 2026-01-25".replace(",", ""), "2025Q4"),
        ("FY26", "2025"),
    ],
)
def test_fiscal_periods_of_nvidia_map_to_the_calendar(text: str, period: str) -> None:
    assert read_period(text, nvidia=True) == period
    with pytest.raises(InputError, match="only NVIDIA's fiscal periods") as caught:
        read_period(text)
    assert "write the period of the calendar" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not a period"),
        ("2026Q5", "did you mean '2026Q"),
        ("5Q26", "'5Q26' is not a period"),
        ("next year", "is not a period"),
        ("2050", "outside the model's clock"),
        ("FY27Q1 (ended 2026-03-31)", "ends in 2026-04"),
        ("FY27Q1 (ended 2026-13-31)", "is not a date"),
        ("FY45Q1", "outside the model's clock"),
        ("2026Q1 (ended 2026-04-26)", "ends on 2026-03-31"),
        ("quarter ended 2026-04-26", "is not a period"),
    ],
)
def test_what_is_no_period_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_period(text, nvidia=True, where="f.csv:2")
    assert words in str(caught.value)
    assert "f.csv:2" in str(caught.value)


@given(st.sampled_from(quarters()))
def test_every_spelling_of_a_quarter_is_the_same_quarter(quarter: str) -> None:
    year, number = quarter[:4], quarter[5]
    spelled = [f"Q{number} {year}", f"{number}Q{year[2:]}", f"{year}-Q{number}", f"CY{year[2:]}Q{number}"]
    assert {read_period(text) for text in spelled} == {quarter}
    assert read_period(f"FY{int(year) + 1}Q{number}", nvidia=True) == quarter


@given(st.text(alphabet="FYCQH0123456789 -'()ended", max_size=30), st.booleans())
def test_any_text_is_a_period_or_an_input_error(text: str, nvidia: bool) -> None:
    try:
        found = read_period(text, nvidia=nvidia)
    except InputError as error:
        assert len(str(error).splitlines()) <= 2
    else:
        assert period_months(found)


@given(st.text(alphabet="usdcnybkm$%1 /^*()._-hipat", max_size=20), st.sampled_from(["usd_bn", "thousand package", "1", "gw"]))
def test_any_text_is_a_unit_or_an_input_error(text: str, target: str) -> None:
    try:
        convert(1.0, read_unit(text, target), target)
    except InputError as error:
        assert len(str(error).splitlines()) <= 2


def test_whose_fiscal_quarters_are_known() -> None:
    assert all(map(is_nvidia, ("nvidia_datacenter_revenue_usd_bn", "h200_china_units", "nvidia-china-revenue-hq")))
    assert not any(map(is_nvidia, ("cambricon-revenue-quarterly", "epoch-legal-units-ascend-910c", "alibaba-capex-quarterly")))
