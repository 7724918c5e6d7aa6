"""Derived claims: arithmetic with units, and nothing but arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.evidence.derived import Amount, agrees, evaluate, recompute
from countermove.evidence.ledger import Ledger
from countermove.quantities.units import Unit

ONE = Unit.parse("1")
AMOUNTS = {"a": Amount(6.0, ONE), "b": Amount(2.0, ONE), "m": Amount(3.0, Unit.parse("usd")), "t": Amount(2.0, Unit.parse("s"))}


def test_thirteen_million_stacks_at_eight_a_package_are_1625_thousand_packages(ledger: Ledger) -> None:
    assert recompute(ledger.claims["packages"], ledger.claims) == pytest.approx(1625)
    assert agrees(ledger.claims["packages"], ledger.claims)


def test_a_stated_value_that_does_not_follow_is_found(ledger: Ledger) -> None:
    wrong = ledger.claims["packages"].model_copy(update={"value": 1600.0})
    assert not agrees(wrong, ledger.claims)


def test_a_unit_that_does_not_follow_is_refused(ledger: Ledger) -> None:
    wrong = ledger.claims["packages"].model_copy(update={"unit": "thousand stack"})
    with pytest.raises(InputError, match="the formula gives package, the claim's unit 'thousand stack' is stack"):
        recompute(wrong, ledger.claims)


@pytest.mark.parametrize(
    ("formula", "value", "dimension"),
    [
        ("a / b", 3.0, "dimensionless"),
        ("a - b * 2 + 1", 3.0, "dimensionless"),
        ("-a ** 2 / 4", -9.0, "dimensionless"),
        ("m / t", 1.5, "money/time"),
        ("m ** 2", 9.0, "money^2"),
        ("max(a, b, 1) * m", 18.0, "money"),
        ("min(m, m + m)", 3.0, "money"),
        ("b ** 0.5", 2**0.5, "dimensionless"),
    ],
)
def test_formulas_compute_values_and_units(formula: str, value: float, dimension: str) -> None:
    found = evaluate(formula, AMOUNTS)
    assert found.value == pytest.approx(value)
    assert found.unit.dimension_text == dimension


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')",
        "a.real",
        "a if b else 1",
        "[a]",
        "lambda: a",
        "c + 1",
        "a / 0",
        "a +",
        "'a'",
        "m + t",
        "max(m, a)",
        "m ** 0.5",
        "2 ** m",
        "a ** 99999",
        "(-1) ** 0.5",
        "True",
        "(" * 150 + "a" + ")" * 150,
        "a + " * 100 + "a",
        "abs(a)",
        "max(*a)",
    ],
)
def test_anything_else_is_refused(formula: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate(formula, AMOUNTS, where="claims/x (derived)")
    assert caught.value.where == "claims/x (derived)"
    assert caught.value.hint


@given(st.text(alphabet="ab12+-*/() ,.minxe", max_size=40))
def test_any_text_is_a_value_or_an_input_error(formula: str) -> None:
    try:
        assert isinstance(evaluate(formula, AMOUNTS), Amount)
    except InputError as error:
        assert error.hint
