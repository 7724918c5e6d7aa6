"""Derived claims: a value computed from other claims' values by a formula written in the data, units included.

The letters a, b, ... of the formula stand for the claims in ``from``, in order. Formulas know numbers, + - * / **,
parentheses, min and max, and ``year``, which turns the total of a year into a rate; nothing else is evaluated.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass

from countermove.errors import InputError
from countermove.evidence.schema import Claim
from countermove.quantities.units import Unit

#: Largest relative difference between a derived claim's stated value and its recomputed one.
TOLERANCE = 0.005

#: The word in a formula that stands for one year.
YEAR = "year"

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in base units with its unit's dimension."""

    value: float
    unit: Unit


def recompute(claim: Claim, claims: Mapping[str, Claim]) -> float:
    """Return a derived claim's value, in its own unit, from the stated values of the claims it is derived from.

    Raises InputError when a claim has no single value, the formula cannot be read, or units do not fit.
    """
    where = f"claims/{claim.id} (derived)"
    if claim.derived is None or claim.unit is None:
        raise InputError("the claim is not derived", where=where, hint="give it derived: {formula, from} and a unit")
    amounts: dict[str, Amount] = {}
    for number, name in enumerate(claim.derived.inputs):
        base = claims[name]
        if base.value is None or base.unit is None:
            raise InputError(f"the claim '{name}' has no single value", where=where, hint="derive from claims that state a value")
        unit = Unit.parse(base.unit)
        amounts[chr(ord("a") + number)] = Amount(base.value * unit.factor, unit)
    result = evaluate(claim.derived.formula, amounts, where=where)
    unit = Unit.parse(claim.unit)
    if not result.unit.compatible(unit):
        raise InputError(
            f"the formula gives {result.unit.dimension_text}, the claim's unit '{claim.unit}' is {unit.dimension_text}",
            where=where,
            hint="check the units of the claims in 'from'",
        )
    return result.value / unit.factor


def agrees(claim: Claim, claims: Mapping[str, Claim]) -> bool:
    """Say whether a derived claim's stated value is its recomputed one, within `TOLERANCE`."""
    return claim.value is not None and math.isclose(claim.value, recompute(claim, claims), rel_tol=TOLERANCE)


def evaluate(formula: str, amounts: Mapping[str, Amount], *, where: str = "") -> Amount:
    """Return the value of an arithmetic formula over named amounts; InputError for anything that is not arithmetic."""
    if len(formula) > _LONGEST:
        raise InputError(f"the formula has {len(formula)} characters", where=where, hint=f"at most {_LONGEST}: derive in steps")
    try:
        tree = ast.parse(formula, mode="eval")
        return _Arithmetic(amounts, where).of(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"cannot read the formula '{formula}'", where=where, hint="write it as a / b * 12") from None
    except (ZeroDivisionError, OverflowError) as error:
        raise InputError(f"the formula '{formula}' fails: {error}", where=where, hint="check the claims' values") from None


@dataclass(frozen=True)
class _Arithmetic:
    amounts: Mapping[str, Amount]
    where: str

    def of(self, node: ast.expr) -> Amount:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return Amount(float(node.value), Unit.parse("1"))
        if isinstance(node, ast.Name):
            return self._named(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.of(node.operand)
            return Amount(-inner.value, inner.unit)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"min", "max"}
            and node.args
            and not node.keywords
        ):
            parts = [self.of(part) for part in node.args]
            for part in parts[1:]:
                self._same_unit(parts[0], part)
            choose = min if node.func.id == "min" else max
            return choose(parts, key=lambda part: part.value)
        raise self._refused(node)

    def _named(self, name: str) -> Amount:
        if name == YEAR:
            return Amount(Unit.parse(YEAR).factor, Unit.parse(YEAR))
        if name not in self.amounts:
            raise InputError(
                f"'{name}' stands for no claim",
                where=self.where,
                hint=f"use {', '.join(self.amounts)}: one letter per claim in 'from'",
            )
        return self.amounts[name]

    def _binary(self, node: ast.BinOp) -> Amount:
        left, right = self.of(node.left), self.of(node.right)
        match node.op:
            case ast.Add():
                self._same_unit(left, right)
                return Amount(left.value + right.value, left.unit)
            case ast.Sub():
                self._same_unit(left, right)
                return Amount(left.value - right.value, left.unit)
            case ast.Mult():
                return Amount(left.value * right.value, left.unit * right.unit)
            case ast.Div():
                return Amount(left.value / right.value, left.unit / right.unit)
            case ast.Pow():
                return self._power(node, left, right)
        raise self._refused(node)

    def _power(self, node: ast.BinOp, base: Amount, exponent: Amount) -> Amount:
        if exponent.unit.dimension or (base.unit.dimension and not exponent.value.is_integer()):
            raise self._refused(node)
        value = math.pow(base.value, exponent.value)
        return Amount(value, base.unit ** int(exponent.value) if base.unit.dimension else base.unit)

    def _same_unit(self, left: Amount, right: Amount) -> None:
        if not left.unit.compatible(right.unit):
            raise InputError(
                f"cannot add or compare {left.unit.dimension_text} and {right.unit.dimension_text}",
                where=self.where,
                hint="check the units of the claims in 'from'",
            )

    def _refused(self, node: ast.expr) -> InputError:
        return InputError(
            f"'{ast.unparse(node)}' is not allowed in a formula",
            where=self.where,
            hint="use numbers, letters, + - * / **, min and max",
        )
