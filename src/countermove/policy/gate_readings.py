"""The readings (variants) of each government's gate: their weights, where a transition leads, and how each continues the story.

A contested past and an open future use the same up to four names. The weights that apply are those of the newest view not after
the known date: what could be held before January 2026 is not what could be held after.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Date, Names
from countermove.policy.named_items import check_places, check_products
from countermove.policy.rule_schema import GateField, Government
from countermove.quantities.axes import SEGMENTS

GATES: Final = DATA / "gates"
MOST_VARIANTS: Final = 4
_ONE: Final = 1e-9


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class OutlookStep(_Frozen):
    """How one reading continues a field after the evidence ends: set to a value, or scaled."""

    field: GateField
    products: Names
    segments: Names = ()
    set_: float | None = Field(default=None, alias="set")
    scale: float | None = None

    @model_validator(mode="after")
    def _one(self) -> OutlookStep:
        if (self.set_ is None) == (self.scale is None):
            raise ValueError("give either set or scale")
        return self


class View(_Frozen):
    """Weights and outlooks that could be held from `known` on."""

    known: Date
    weights: Mapping[str, float]
    basis: Literal["sourced", "assumption"]
    note: str
    sources: Names = ()
    outlook: Mapping[str, Annotated[tuple[OutlookStep, ...], BeforeValidator(tuple)]] | None = None
    """Per reading; None keeps the outlook of the view before."""


class Transitions(_Frozen):
    """Where a gate transition leads: a row of probabilities per reading."""

    basis: Literal["sourced", "assumption"]
    note: str
    from_: Mapping[str, Mapping[str, float]] = Field(alias="from")


class GateReadings(_Frozen):
    """One government's readings."""

    schema_: Literal[1] = Field(alias="schema")
    government: Government
    evidence_until: Date
    variants: Mapping[str, str]
    views: tuple[View, ...]
    next: Transitions

    @model_validator(mode="after")
    def _consistent(self) -> GateReadings:
        names = set(self.variants)
        if not 1 <= len(names) <= MOST_VARIANTS:
            raise ValueError(f"{len(names)} variants where 1 to {MOST_VARIANTS} are allowed")
        for view in self.views:
            if set(view.weights) != names or abs(sum(view.weights.values()) - 1) > _ONE:
                raise ValueError(f"the weights of {view.known} must name every variant and add up to 1")
            if not set(view.outlook or ()) <= names:
                raise ValueError(f"the outlook of {view.known} names an unknown variant")
        for name, row in self.next.from_.items():
            if name not in names or not set(row) <= names - {name} or abs(sum(row.values()) - 1) > _ONE:
                raise ValueError(f"transitions from '{name}' must lead to other variants and add up to 1")
        if set(self.next.from_) != names:
            raise ValueError("every variant needs transitions")
        return self

    def names(self) -> tuple[str, ...]:
        """Return the names of the readings in the order of the variant axis."""
        return tuple(self.variants)

    def view(self, known: dt.date) -> View:
        """Return the newest view not after a date, the first one for earlier dates."""
        return max((view for view in self.views if view.known <= known), key=lambda view: view.known, default=self.views[0])

    def outlook(self, reading: str, known: dt.date) -> tuple[OutlookStep, ...]:
        """Return how a reading continues, by the newest view with an outlook not after a date."""
        earlier = [view for view in self.views if view.outlook is not None and view.known <= known]
        held = max(earlier, key=lambda view: view.known, default=self.views[0]).outlook
        return (held or {}).get(reading, ())

    def weights(self, known: dt.date) -> NDArray[np.float64]:
        """Return (variant,) weights that could be held on a date; they add up to one."""
        held = self.view(known).weights
        return np.array([held[name] for name in self.variants])

    def transitions(self) -> NDArray[np.float64]:
        """Return (variant, variant) probabilities of the destination of a transition; rows add up to one."""
        return np.array([[self.next.from_[here].get(there, 0.0) for there in self.variants] for here in self.variants])


@dataclass(frozen=True, eq=False, slots=True)
class SegmentShares:
    """Shares of demand per class of buyer, shape (segment,): for training, and passing a necessity review."""

    training: NDArray[np.float64]
    necessity: NDArray[np.float64]


@cache
def load_readings(government: Government) -> GateReadings:
    """Return the readings of one government's gate; DataError names file and line."""
    document = load(GATES / f"{government}.yaml")
    try:
        readings = GateReadings.model_validate(document.data)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise DataError(problem["msg"], where=document.where(*problem["loc"]), hint="see docs/explanation/gates.md") from None
    for index, view in enumerate(readings.views):
        for reading, steps in (view.outlook or {}).items():
            for number, step in enumerate(steps):
                keys = ("views", index, "outlook", reading, number)
                check_places(document, keys, step.segments, ())
                check_products(document, (*keys, "products"), step.products)
    return readings


@cache
def load_segment_shares() -> SegmentShares:
    """Return the shares of `gates/segments.yaml`; DataError when a segment or share is missing or outside 0 to 1."""
    document = load(GATES / "segments.yaml")

    def share(segment: str, name: str) -> float:
        entry: Any = document.mapping("segments", segment).get(name)
        if not isinstance(entry, Mapping) or not 0 <= entry.get("value", -1) <= 1 or entry.get("basis") != "assumption":
            raise document.error(f"{segment} needs {name} with a value from 0 to 1 and its basis", "segments", segment)
        return float(entry["value"])

    return SegmentShares(
        training=np.array([share(segment, "training_share") for segment in SEGMENTS]),
        necessity=np.array([share(segment, "necessity_share") for segment in SEGMENTS]),
    )
