"""Units of measurement: a closed vocabulary, products and quotients of it, and conversion between them.

The vocabulary is ``data/units.yaml``. Grammar: factors joined by ``*`` or ``/`` from left to right; a space multiplies
and binds tighter than both (``usd/million token`` is per million tokens); ``^`` raises one symbol to a whole power;
parentheses group (``usd_bn/(thousand wafer/month)``).
Models compute in plain floats: units are checked when a model is assembled and converted only at the edge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError, InputError, did_you_mean

Value = TypeVar("Value", float, NDArray[np.float64])

_TOKEN = re.compile(r"(?:[A-Za-z][A-Za-z0-9_]*|1)(?:\^-?[1-9])?(?![A-Za-z0-9_^.])|[*/()]")

#: Longest unit text; the longest in use has about forty characters.
_LONGEST = 120

#: Dimension exponents by dimension name, sorted, zero exponents left out.
Dimension = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: how it is written, its dimension exponents, and its size in base units."""

    text: str
    dimension: Dimension
    factor: float

    @staticmethod
    def parse(text: str, *, where: str = "") -> Unit:
        """Return the unit written as ``text``; InputError names the unknown symbol and the nearest valid one."""
        try:
            return _parse(text)
        except InputError as error:
            raise InputError(error.what, where=where, hint=error.hint) from None

    def __str__(self) -> str:
        return self.text

    def __mul__(self, other: Unit) -> Unit:
        dimension = _combined(self.dimension, other.dimension, 1)
        return Unit(_product_text(self.text, other.text), dimension, self.factor * other.factor)

    def __truediv__(self, other: Unit) -> Unit:
        dimension = _combined(self.dimension, other.dimension, -1)
        return Unit(_quotient_text(self.text, other.text), dimension, self.factor / other.factor)

    def __pow__(self, exponent: int) -> Unit:
        dimension = tuple((name, power * exponent) for name, power in self.dimension if power * exponent)
        return Unit(_power_text(self.text, exponent), dimension, self.factor**exponent)

    def compatible(self, other: Unit) -> bool:
        """Say whether values in this unit can be converted to the other."""
        return self.dimension == other.dimension

    @property
    def dimension_text(self) -> str:
        """Dimension in words, such as ``money/time``; ``dimensionless`` when empty."""
        above = [name if power == 1 else f"{name}^{power}" for name, power in self.dimension if power > 0]
        below = [name if power == -1 else f"{name}^{-power}" for name, power in self.dimension if power < 0]
        if not above and not below:
            return "dimensionless"
        return "/".join(["*".join(above) or "1", *below])


def convert(value: Value, from_unit: str, to_unit: str, *, where: str = "") -> Value:
    """Return ``value`` (a float or an array) given in one unit, expressed in the other.

    Raises InputError when the dimensions differ, naming both.
    """
    source, target = Unit.parse(from_unit, where=where), Unit.parse(to_unit, where=where)
    if not source.compatible(target):
        raise InputError(
            f"cannot convert '{from_unit}' ({source.dimension_text}) to '{to_unit}' ({target.dimension_text})",
            where=where,
            hint="the dimensions must be the same",
        )
    return value * (source.factor / target.factor)


def unit_symbols() -> list[str]:
    """Return all symbols of the vocabulary."""
    return list(_vocabulary())


def _combined(left: Dimension, right: Dimension, sign: int) -> Dimension:
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _terms(text: str) -> list[tuple[str, int]]:
    """Split a unit text into (symbol, exponent) pairs; the texts of products and quotients are rebuilt from these."""
    if len(text) > _LONGEST:
        raise _unreadable(f"{text[:_LONGEST]}...")
    tokens = re.findall(_TOKEN, text)
    if "".join(tokens) != re.sub(r"\s+", "", text):
        raise _unreadable(text)
    terms, rest = _quotient(tokens, text)
    if rest:
        raise _unreadable(text)
    return terms


def _quotient(tokens: list[str], text: str) -> tuple[list[tuple[str, int]], list[str]]:
    """Read groups joined by ``*`` and ``/`` from left to right; return their terms and the tokens left over."""
    terms, tokens = _group(tokens, text)
    while tokens and tokens[0] in "*/":
        sign = 1 if tokens[0] == "*" else -1
        group, tokens = _group(tokens[1:], text)
        terms += [(symbol, sign * power) for symbol, power in group]
    return terms, tokens


def _group(tokens: list[str], text: str) -> tuple[list[tuple[str, int]], list[str]]:
    """Read one or more factors that a space multiplies: symbols with a power, or a quotient in parentheses."""
    terms: list[tuple[str, int]] = []
    while tokens and tokens[0] not in ("*", "/", ")"):
        if tokens[0] == "(":
            inner, tokens = _quotient(tokens[1:], text)
            if not tokens or tokens[0] != ")":
                raise _unreadable(text)
            terms, tokens = terms + inner, tokens[1:]
        else:
            symbol, _, power = tokens[0].partition("^")
            terms, tokens = [*terms, (symbol, int(power or 1))], tokens[1:]
    if not terms:
        raise _unreadable(text)
    return terms, tokens


def _written(terms: list[tuple[str, int]]) -> str:
    powers: dict[str, int] = {}
    for symbol, power in terms:
        powers[symbol] = powers.get(symbol, 0) + power
    powers.pop("1", None)
    above = [symbol if power == 1 else f"{symbol}^{power}" for symbol, power in powers.items() if power > 0]
    below = [symbol if power == -1 else f"{symbol}^{-power}" for symbol, power in powers.items() if power < 0]
    return "/".join([" ".join(above) or "1", *below])


def _product_text(left: str, right: str) -> str:
    return _written(_terms(left) + _terms(right))


def _quotient_text(left: str, right: str) -> str:
    return _written(_terms(left) + [(symbol, -power) for symbol, power in _terms(right)])


def _power_text(text: str, exponent: int) -> str:
    return _written([(symbol, power * exponent) for symbol, power in _terms(text)])


@lru_cache(maxsize=4096)
def _parse(text: str) -> Unit:
    vocabulary = _vocabulary()
    dimension: Dimension = ()
    factor = 1.0
    for symbol, power in _terms(text):
        known = vocabulary.get(symbol)
        if known is None:
            raise InputError(f"unknown unit '{symbol}' in '{text}'", hint=did_you_mean(symbol, vocabulary))
        dimension = _combined(dimension, tuple((name, exponent * power) for name, exponent in known.dimension), 1)
        factor *= known.factor**power
    return Unit(text, dimension, factor)


def _unreadable(text: str) -> InputError:
    return InputError(f"cannot read the unit '{text}'", hint="write units as 'usd_bn/year', 'usd/(wafer/month)' or '1'")


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, Unit]:
    """Read ``units.yaml`` with the text-only loader, so that no YAML 1.1 rule changes a symbol."""
    import yaml

    text = resources.files("countermove").joinpath("data", "units.yaml").read_text("utf-8")
    tree: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    dimensions = tree["dimensions"]
    return {symbol: _vocabulary_unit(symbol, entry, dimensions) for symbol, entry in tree["units"].items()}


def _vocabulary_unit(symbol: str, entry: Mapping[str, Any], dimensions: Mapping[str, str]) -> Unit:
    for name in entry["dimension"]:
        if name not in dimensions:
            raise DataError(
                f"unit '{symbol}' uses the unknown dimension '{name}'", where="units.yaml", hint=did_you_mean(name, dimensions)
            )
    powers = tuple(sorted((name, int(power)) for name, power in entry["dimension"].items()))
    return Unit(symbol, powers, float(entry["factor"]))
