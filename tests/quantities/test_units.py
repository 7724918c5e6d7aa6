"""Units: the vocabulary, its algebra and conversion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.quantities.units import Unit, convert, unit_symbols

symbols = st.sampled_from(unit_symbols())
units = st.builds(lambda a, b, c: Unit.parse(f"{a} {b}/{c}"), symbols, symbols, symbols)


def test_a_quotient_has_the_dimension_of_its_parts() -> None:
    unit = Unit.parse("usd_bn/year")
    assert unit.dimension == (("money", 1), ("time", -1))
    assert unit.dimension_text == "money/time"
    assert str(unit) == "usd_bn/year"


def test_a_space_multiplies_and_binds_tighter_than_a_slash() -> None:
    assert Unit.parse("usd/million token").factor == 1e-6
    assert Unit.parse("usd/million token").dimension == Unit.parse("usd/token").dimension
    assert Unit.parse("thousand package").factor == 1000


def test_parentheses_group() -> None:
    unit = Unit.parse("usd_bn/(thousand wafer/month)")
    assert unit.dimension == Unit.parse("usd month/wafer").dimension
    assert unit.factor == pytest.approx(1e6 * Unit.parse("month").factor)


def test_one_is_dimensionless_and_percent_is_a_hundredth() -> None:
    assert Unit.parse("1").dimension_text == "dimensionless"
    assert convert(25.0, "percent", "1") == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1.0, "usd_bn/year", "usd_m/month", 1000 / 12),
        (48.0, "quarter", "year", 12.0),
        (4.8, "tb/s", "gb/s", 4800.0),
        (814.0, "mm2", "mm^2", 814.0),
        (1979.0, "tops", "pflops", 1.979),
        (13.0, "million stack", "thousand stack", 13000.0),
        (2.0, "usd/thousand token", "usd/million token", 2000.0),
        (3.6, "kwh", "mwh", 0.0036),
    ],
)
def test_values_convert(value: float, source: str, target: str, expected: float) -> None:
    assert convert(value, source, target) == pytest.approx(expected, rel=1e-12)


def test_arrays_convert_element_by_element() -> None:
    assert np.allclose(convert(np.array([1.0, 2.0]), "million wafer/year", "thousand wafer/month"), [1000 / 12, 2000 / 12])


@pytest.mark.parametrize(
    ("source", "target"), [("usd_bn", "cny_bn"), ("die", "package"), ("card", "package"), ("usd", "usd/year")]
)
def test_different_dimensions_are_refused_and_both_named(source: str, target: str) -> None:
    with pytest.raises(InputError) as caught:
        convert(1.0, source, target, where="supply.yaml:9 (supply.x.unit)")
    assert f"'{source}'" in str(caught.value)
    assert f"'{target}'" in str(caught.value)
    assert str(caught.value).startswith("supply.yaml:9")


def test_an_unknown_symbol_names_its_nearest_neighbour() -> None:
    with pytest.raises(InputError, match="did you mean 'package'"):
        Unit.parse("thousand packages/month")


@pytest.mark.parametrize(
    "text", ["", " ", "usd/", "/usd", "usd//year", "usd^0", "usd^1.5", "2 usd", "usd^", "usd**year", "(usd", "usd)", "()", "u.5"]
)
def test_what_is_not_a_unit_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Unit.parse(text)


@given(units, units)
def test_multiplying_and_dividing_by_the_same_unit_changes_nothing(left: Unit, right: Unit) -> None:
    back = left * right / right
    assert back.dimension == left.dimension
    assert back.factor == pytest.approx(left.factor, rel=1e-12)


@given(units, units)
def test_the_text_of_a_product_parses_to_the_product(left: Unit, right: Unit) -> None:
    for result in (left * right, left / right, left**2, left**-1):
        parsed = Unit.parse(str(result))
        assert parsed.dimension == result.dimension


@given(units, st.sampled_from(["thousand", "percent", "billion"]), st.floats(-1e12, 1e12))
def test_a_conversion_there_and_back_is_the_identity(unit: Unit, scale: str, value: float) -> None:
    there = convert(value, str(unit), f"{scale} {unit}")
    assert convert(there, f"{scale} {unit}", str(unit)) == pytest.approx(value, rel=1e-12)


@given(st.text(max_size=30))
def test_any_text_is_a_unit_or_an_input_error(text: str) -> None:
    try:
        assert Unit.parse(text).factor > 0
    except InputError as error:
        assert error.hint
