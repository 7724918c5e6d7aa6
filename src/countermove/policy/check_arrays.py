"""`check` over arrays of items: one transaction, one day, millions of chips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from countermove.errors import InputError
from countermove.policy.checks import day_of, fact_of_check, is_stale, known_of
from countermove.policy.criteria import NO, YES
from countermove.policy.evaluation import Evaluation, Level, evaluate
from countermove.policy.facts import Fact
from countermove.policy.items import CUSTOM, custom_item
from countermove.policy.rule_book import LiveRule, RuleBook, live_rules, shipped_book
from countermove.policy.transactions import transaction

#: Meaning of the codes of an outcome.
CODES: Final = ("allowed", "reviewable", "denied", "unknown")
_UNKNOWN: Final = np.int8(3)

#: Items evaluated at a time, so that intermediate arrays stay in the processor's cache.
CHUNK: Final = 16_384


class Outcomes(NamedTuple):
    """Outcomes of many items, shape (item,): codes of `CODES` for both gates, and the duty's rate (NaN: cannot be told)."""

    us: NDArray[np.int8]
    cn: NDArray[np.int8]
    duty: NDArray[np.float64]


def check_many(
    numbers: Mapping[str, ArrayLike],
    *,
    on: dt.date | str | None = None,
    known: dt.date | str | None = None,
    facts: Mapping[str, Any] | None = None,
    book: RuleBook | None = None,
    **stated: Any,
) -> Outcomes:
    """Return both gates for many items that differ in numbers and share one transaction.

    `numbers` maps facts of the item (`tpp`, `die_mm2`, `bandwidth_gb_s`, `io_gb_s`, or any number or flag by name) to arrays of
    one length; NaN is unknown. `facts` and `stated` are as in `check`, alike for all. Raises InputError for unknown names, arrays
    of different lengths, and negative or infinite numbers.
    """
    columns = _columns(numbers)
    day, vintage = day_of(on, "--on"), known_of(known)
    shared = {name: value for name, value in {**stated, **(facts or {})}.items() if value is not None}
    of_item = {name: value for name, value in shared.items() if fact_of_check(name).of == "item"}
    subject = custom_item({fact_of_check(name).id: value for name, value in of_item.items()})
    deal = transaction(subject, on=day, **{fact_of_check(n).id: value for n, value in shared.items() if n not in of_item})
    live = live_rules(book or shipped_book(), day, vintage)
    base = {**subject.facts, **deal.facts}
    length = len(next(iter(columns.values())))
    result = Outcomes(np.empty(length, np.int8), np.empty(length, np.int8), np.empty(length))
    for start in range(0, length, CHUNK):
        part = slice(start, min(start + CHUNK, length))
        evaluation = evaluate(live, base | _part(columns, part, base), many=True, stale=is_stale(day, vintage))
        result.us[part] = _codes(evaluation.gates["us"])
        result.cn[part] = _codes(evaluation.gates["cn"])
        result.duty[part] = _duty(live, evaluation)
    return result


def _columns(numbers: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    columns = {}
    for name, values in numbers.items():
        definition = fact_of_check(name)
        if definition.of != "item" or definition.kind not in ("number", "flag"):
            raise InputError(f"'{name}' is no number of an item", where="numbers", hint="arrays hold item numbers; give it once")
        column = np.asarray(values, dtype=np.float64)
        if column.ndim != 1:
            raise InputError(f"'{name}' has {column.ndim} dimensions", where="numbers", hint="give one value per item")
        if (column < 0).any() or np.isinf(column).any():
            raise InputError(f"'{name}' holds a negative or infinite number", where="numbers", hint="write NaN for unknown")
        columns[definition.id] = column
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise InputError("the arrays are empty or differ in length", where="numbers", hint="give one value per item in each")
    return columns


def _part(columns: Mapping[str, NDArray[np.float64]], part: slice, base: Mapping[str, Fact]) -> dict[str, Any]:
    """Return a slice of the columns as intervals, with the density and the sum of bandwidths that follow from them."""
    facts: dict[str, Any] = {name: _interval(name, column[part]) for name, column in columns.items()}
    both = {**base, **facts}
    if "performance_density" not in columns and ("tpp" in columns or "die_area_mm2" in columns):
        (low, high), (small, large) = both["tpp"], both["die_area_mm2"]
        known = np.isfinite(low) & np.isfinite(high) & np.isfinite(small) & np.isfinite(large) & (np.asarray(small) > 0)
        safe = np.where(known, large, 1.0), np.where(known, small, 1.0)
        facts["performance_density"] = (
            np.where(known, np.where(known, low, 0.0) / safe[0], -np.inf),
            np.where(known, np.where(known, high, 0.0) / safe[1], np.inf),
        )
    if "total_bandwidth_gb_s" not in columns and {"memory_bandwidth_gb_s", "interconnect_gb_s"} & set(columns):
        memory, links = both["memory_bandwidth_gb_s"], both["interconnect_gb_s"]
        facts["total_bandwidth_gb_s"] = np.maximum(memory[0], 0.0) + np.maximum(links[0], 0.0), memory[1] + links[1]
    return facts


def _interval(name: str, column: NDArray[np.float64]) -> tuple[Any, Any]:
    unknown = np.isnan(column)
    if not unknown.any():
        return column, column
    low, high = (0.0, 1.0) if fact_of_check(name).kind == "flag" else (-np.inf, np.inf)
    return np.where(unknown, low, column), np.where(unknown, high, column)


def _codes(level: Level) -> Any:
    return np.where(level.low == level.high, level.low, _UNKNOWN)


def _duty(live: tuple[LiveRule, ...], evaluation: Evaluation) -> Any:
    """Return the duty's rate; 0 where none is due, NaN where it cannot be told."""
    for one in live:
        if one.rule.check.role == "duty" and one.standing.effective:
            both = evaluation.arithmetic.low(evaluation.speaks[one.rule.id], evaluation.holds[one.rule.id])
            rate = one.values[one.rule.check.rate] or 0.0
            return np.where(both == YES, rate, np.where(both == NO, 0.0, np.nan))
    return 0.0


__all__ = ["CODES", "CUSTOM", "Outcomes", "check_many"]
