"""Compile the dated rules to monthly gate fields, as known on a date: the history, and each reading's outlook beyond it.

Within one field and stream, statements are painted in the order in which they became known (then by the date they hold from),
so a later report overtakes an earlier one, and a correction of the past repaints it. Across streams the strictest value holds.
Days are whole: a month's value is the mean over its days, computed from integer day counts, so a month that is closed on every
day is exactly 0 and one that is open on every day exactly 1. Limits (cap, ceiling) are averaged over the days on which a limit
holds.
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from countermove.policy.gate_products import load_gate_products
from countermove.policy.gate_readings import GateReadings, load_readings
from countermove.policy.rule_schema import Effect, EffectStep, Government, Rule
from countermove.policy.rules import load_rules
from countermove.quantities.axes import ROUTES, SEGMENTS
from countermove.quantities.calendar import FIRST_YEAR, LAST_YEAR, days_in_months, month_fraction

Array = NDArray[np.float64]

#: Stands for "no limit" in the fields `cap_share` and `ceiling`.
NO_LIMIT: Final = 1e9

#: Value of a field where no rule speaks.
OPEN: Final[Mapping[str, float]] = {
    "licence": 1.0, "licence_needed": 0.0, "duty": 0.0, "revenue_share": 0.0, "cap_share": NO_LIMIT,
    "admit": 1.0, "approval_needed": 0.0, "bundle": 0.0, "offshore_share": 0.0, "ceiling": NO_LIMIT, "training_only": 0.0,
}  # fmt: skip

US_FIELDS: Final = ("licence", "licence_needed", "duty", "revenue_share", "cap_share")
CN_FIELDS: Final = ("admit", "approval_needed", "bundle", "offshore_share", "ceiling", "training_only")
LIMITS: Final = ("cap_share", "ceiling")

#: Streams of the field `admit`: permission to import, and mandates on what a class of buyers may use.
IMPORT: Final = "import"
MANDATE: Final = "mandate"

_FIRST_DAY: Final = dt.date(FIRST_YEAR, 1, 1)
_DAY_AFTER: Final = dt.date(LAST_YEAR + 1, 1, 1)


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """One step of one effect of one rule: what is painted where, and where it comes from."""

    rule: Rule
    effect: Effect
    step: EffectStep

    @property
    def stream(self) -> tuple[str, str]:
        """The layer it is painted on: field and stream."""
        return self.effect.field, self.effect.stream


def statements(government: Government, known: dt.date) -> list[Statement]:
    """Return one government's statements known on a date, in painting order."""
    found = [
        Statement(rule, effect, step)
        for rule in load_rules().values()
        if rule.government == government
        for effect in rule.effects
        for step in effect.steps
        if step.known <= known
    ]
    return sorted(found, key=lambda one: (one.step.known, one.step.from_, one.rule.id))


def breakpoints(found: Sequence[Statement], *, also: Sequence[dt.date] = ()) -> list[dt.date]:
    """Return the days on which any statement begins or ends, within the clock, with its first day and the day after its last."""
    days = {_FIRST_DAY, _DAY_AFTER, *also}
    for one in found:
        days.update(day for day in (one.step.from_, one.step.until) if day is not None)
    return sorted(day for day in days if _FIRST_DAY <= day <= _DAY_AFTER)


@dataclass(frozen=True, eq=False, slots=True)
class GateHistory:
    """One government's gate by month before any lever.

    fields: name -> (variant, month, product, segment, route).
    mandate: (variant, month, product, segment, route), admission under procurement mandates alone (China; ones for the US).
    """

    fields: Mapping[str, Array]
    mandate: Array


def compile_history(government: Government, products: Sequence[str], known: dt.date) -> GateHistory:
    """Return the monthly gate fields of one government as known on a date."""
    readings = load_readings(government)
    cut = min(known, readings.evidence_until)
    found = statements(government, cut)
    outlook_from = cut + dt.timedelta(days=1)
    days = breakpoints(found, also=[outlook_from])
    layers = _paint(found, days, products, readings)
    _continue(layers, readings, days, outlook_from, cut, products)
    names = US_FIELDS if government == "us" else CN_FIELDS
    fields = {name: _by_month(name, _strictest(name, layers, len(days) - 1, readings, products), days) for name in names}
    mandate = layers.get(("admit", MANDATE))
    if mandate is None:
        mandate = np.ones(_shape(len(days) - 1, readings, products))
    return GateHistory(fields, _by_month("admit", mandate, days))


def _shape(intervals: int, readings: GateReadings, products: Sequence[str]) -> tuple[int, ...]:
    return intervals, len(readings.variants), len(products), len(SEGMENTS), len(ROUTES)


def _paint(
    found: Sequence[Statement], days: Sequence[dt.date], products: Sequence[str], readings: GateReadings
) -> dict[tuple[str, str], Array]:
    """Paint each (field, stream) as (interval, variant, product, segment, route)."""
    groups = load_gate_products()
    layers: dict[tuple[str, str], Array] = {}
    for one in found:
        layer = layers.setdefault(one.stream, np.full(_shape(len(days) - 1, readings, products), OPEN[one.effect.field]))
        chosen = groups.expand(one.effect.products, where=f"rules/{one.rule.id}")
        cells = _cells(products, chosen, one.effect.segments, one.effect.routes)
        intervals = _intervals(one.step, days)
        if one.step.by_variant is None:
            layer[_at(intervals, slice(None), cells)] = one.step.value
        else:
            for variant, name in enumerate(readings.variants):
                layer[_at(intervals, variant, cells)] = one.step.by_variant[name]
    return layers


def _cells(
    products: Sequence[str], chosen: frozenset[str], segments: Sequence[str], routes: Sequence[str]
) -> tuple[NDArray[np.intp], ...]:
    """Return the open-mesh index of the cells (product, segment, route) that an effect covers."""
    return np.ix_(
        [index for index, product in enumerate(products) if product in chosen],
        [SEGMENTS.index(segment) for segment in segments] if segments else range(len(SEGMENTS)),
        [ROUTES.index(route) for route in routes],
    )


def _at(intervals: slice, variant: int | slice, cells: tuple[NDArray[np.intp], ...]) -> tuple[Any, ...]:
    return intervals, variant, *cells


def _intervals(step: EffectStep, days: Sequence[dt.date]) -> slice:
    """Return the intervals between breakpoints that a step covers; both of its ends are breakpoints or outside the clock."""
    first = bisect.bisect_left(days, step.from_)
    last = len(days) - 1 if step.until is None else min(bisect.bisect_left(days, step.until), len(days) - 1)
    return slice(first, last)


def _strictest(
    name: str, layers: Mapping[tuple[str, str], Array], intervals: int, readings: GateReadings, products: Sequence[str]
) -> Array:
    """Combine the streams of a field: the smallest share or limit, the largest charge or duty of approval."""
    parts = [layer for (field, _), layer in layers.items() if field == name]
    if not parts:
        return np.full(_shape(intervals, readings, products), OPEN[name])
    combine = np.minimum if name in ("licence", "admit", *LIMITS) else np.maximum
    result: Array = combine.reduce(parts)
    return result


def _continue(
    layers: dict[tuple[str, str], Array],
    readings: GateReadings,
    days: Sequence[dt.date],
    start: dt.date,
    known: dt.date,
    products: Sequence[str],
) -> None:
    """Let each reading's outlook overtake the last known state, in place, from the day after the evidence ends.

    An outlook speaks about the direct route, and about import permission rather than procurement mandates, so it never opens a
    segment that a mandate has closed.
    """
    if start >= days[-1]:
        return
    future = slice(bisect.bisect_left(days, start), len(days) - 1)
    for variant, reading in enumerate(readings.variants):
        for step in readings.outlook(reading, known):
            stream = (step.field, IMPORT if step.field == "admit" else "main")
            layer = layers.setdefault(stream, np.full(_shape(len(days) - 1, readings, products), OPEN[step.field]))
            chosen = load_gate_products().expand(step.products)
            where = _at(future, variant, _cells(products, chosen, step.segments, ("direct",)))
            if step.scale is None:
                layer[where] = step.set_
            else:
                layer[where] *= step.scale


def _by_month(name: str, value: Array, days: Sequence[dt.date]) -> Array:
    """Average (interval, variant, ...) over the days of each month to (variant, month, ...)."""
    in_month = days_in_months()
    counts = np.stack([np.rint(month_fraction(start, end) * in_month) for start, end in itertools.pairwise(days)], axis=1)
    # Most months lie within one interval and take its value as it is; only the others need averaging.
    month = value[counts.argmax(axis=1)]
    for index in np.flatnonzero(counts.max(axis=1) < in_month):
        inside = np.flatnonzero(counts[index])
        weights = counts[index, inside].reshape(-1, *[1] * (value.ndim - 1))
        month[index] = _mean(name, weights, value[inside])
    return np.ascontiguousarray(np.moveaxis(month, 0, 1))


def _mean(name: str, weights: Array, values: Array) -> Array:
    """Return the mean over the first axis, in whole days; of limits, over the days on which one holds."""
    if name not in LIMITS:
        mean: Array = (weights * values).sum(axis=0) / weights.sum()
        return mean
    limited = values < NO_LIMIT
    held = (weights * limited).sum(axis=0)
    total = np.where(limited, weights * values, 0.0).sum(axis=0)
    return np.where(held > 0, total / np.maximum(held, 1.0), NO_LIMIT)
