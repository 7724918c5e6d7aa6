"""The state of both gates over time for one product, in words: for reports, with the rule and sources of each spell."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from countermove.errors import InputError, did_you_mean
from countermove.policy.gate_history import Statement, breakpoints, statements
from countermove.policy.gate_products import check_product, load_gate_products
from countermove.policy.gate_readings import GateReadings, load_readings, load_segment_shares
from countermove.policy.rule_schema import Government
from countermove.quantities.axes import SEGMENTS

OPEN_STATE = "no rule known"
UNKNOWN_STATE = "unknown: the evidence ends"
CONTESTED = "contested: "

TRAINING: Final = "training_only"
"""The field of a limit to training, which takes a share off admission rather than deciding on it."""


class GateSpell(NamedTuple):
    """A time in which one government's gate for a product stood in one state."""

    start: dt.date
    until: dt.date | None
    """First day after; None where the clock runs out of evidence."""
    government: Government
    state: str
    """In words; begins with `contested:` where the readings differ."""
    rule: str
    """Id of the rule that decides; empty where none does."""
    sources: tuple[str, ...]
    low: float
    """Least share let through over the readings."""
    high: float


def gate_timeline(product: str, segment: str | None = None, *, known: dt.date | None = None) -> list[GateSpell]:
    """Return the spells of both gates for a product bought directly, Washington's first, oldest first.

    `segment` (default: internet platforms) picks the class of buyers; `known` leaves out what became known later. The last spell
    of each government begins where the evidence ends and is unknown. InputError for an unknown product or segment, with the
    nearest.
    """
    check_product(product, where="product")
    chosen = SEGMENTS[0] if segment is None else segment
    if chosen not in SEGMENTS:
        raise InputError(f"unknown segment '{chosen}'", where="segment", hint=did_you_mean(chosen, SEGMENTS))
    if load_gate_products().products[product].origin == "cn":
        raise InputError(
            f"'{product}' is made in China: neither gate stops it", where="product", hint="name a foreign chip, such as h200-sxm"
        )
    return [spell for government in ("us", "cn") for spell in _merged(_spells(government, product, chosen, known))]


def _spells(government: Government, product: str, segment: str, known: dt.date | None) -> Iterator[GateSpell]:
    readings = load_readings(government)
    end = min(known or readings.evidence_until, readings.evidence_until) + dt.timedelta(days=1)
    found = [one for one in statements(government, end - dt.timedelta(days=1)) if _speaks(one, product, segment)]
    days = [day for day in breakpoints(found, also=[end]) if day <= end]
    for start, until in itertools.pairwise(days):
        yield _spell(government, segment, start, until, found, readings)
    yield GateSpell(end, None, government, UNKNOWN_STATE, "", (), 0.0, 1.0)


def _speaks(one: Statement, product: str, segment: str) -> bool:
    """Whether a statement bears on admission or licences of this product for these buyers on the direct route."""
    return (
        one.effect.field in ("licence", "admit", TRAINING)
        and "direct" in one.effect.routes
        and product in load_gate_products().expand(one.effect.products)
        and (not one.effect.segments or segment in one.effect.segments)
    )


def _spell(
    government: Government, segment: str, start: dt.date, until: dt.date, found: Sequence[Statement], readings: GateReadings
) -> GateSpell:
    """Take the newest statement of each stream, then the strictest stream; a limit to training takes its share off."""
    newest: dict[tuple[str, str], Statement] = {}
    for one in found:
        if one.step.from_ <= start and (one.step.until is None or start < one.step.until):
            newest[one.stream] = one
    limit = newest.pop((TRAINING, "main"), None)
    if not newest:
        return GateSpell(start, until, government, OPEN_STATE, "", (), 1.0, 1.0)
    decisive = min(newest.values(), key=lambda one: max(_values(one, readings)))
    shares = _values(decisive, readings)
    if limit is not None:
        training = float(load_segment_shares().training[SEGMENTS.index(segment)])
        shares = [x * (1.0 - only * (1.0 - training)) for x, only in zip(shares, _values(limit, readings), strict=True)]
    low, high = min(shares), max(shares)
    state = decisive.step.state if math.isclose(low, high) else CONTESTED + decisive.step.state
    return GateSpell(start, until, government, state, decisive.rule.id, decisive.step.sources, low, high)


def _values(one: Statement, readings: GateReadings) -> list[float]:
    """Return a statement's value in each reading."""
    if one.step.by_variant is None:
        assert one.step.value is not None, "a step has a value or one per variant"  # noqa: S101
        return [one.step.value] * len(readings.variants)
    return [one.step.by_variant[name] for name in readings.variants]


def _merged(spells: Iterator[GateSpell]) -> list[GateSpell]:
    """Join neighbouring spells that say the same for the same reason."""
    merged: list[GateSpell] = []
    for spell in spells:
        if merged and merged[-1][3:] == spell[3:]:
            merged[-1] = merged[-1]._replace(until=spell.until)
        else:
            merged.append(spell)
    return merged
