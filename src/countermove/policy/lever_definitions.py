"""What a lever is: its unit, range, status quo, anchors and drawer, read from `data/levers.yaml`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import Document, load
from countermove.quantities.calendar import MONTHS, month_index
from countermove.quantities.units import Unit

Government = Literal["us", "cn"]
Kind = Literal["number", "choice", "products"]

LEVERS_FILE: Final = DATA / "levers.yaml"
PREFIX: Final = "levers."
MAIN: Final = "value"
"""The part that is the lever itself."""

_LEVER_KEYS: Final = {"government", "label", "unit", "range", "words", "definition", "baseline", "anchors", "parts"}
_PART_KEYS: Final = {"kind", "label", "unit", "range", "words", "choices", "default", "default_basis", "group", "definition"}


@dataclass(frozen=True, slots=True)
class BaselineStep:
    """The status quo from one month on, with where it comes from."""

    month: int
    value: float
    basis: Literal["sourced", "assumption"]
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Part:
    """One control in a lever's drawer: a number in a range, one of a list of choices, or a set of products."""

    name: str
    kind: Kind
    label: str
    definition: str
    unit: str = "1"
    low: float = 0.0
    high: float = 0.0
    words: Mapping[str, float] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    default: float = 0.0
    group: str = ""

    @property
    def range_text(self) -> str:
        """The range with its unit, as an error shows it."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        words = "".join(f" or {word}" for word in self.words)
        return f"{self.low:g} to {self.high:g}{unit}{words}"


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: `main` is the part on screen, `parts` the drawer."""

    id: str
    government: Government
    label: str
    definition: str
    main: Part
    baseline: tuple[BaselineStep, ...]
    anchors: tuple[str, ...]
    parts: Mapping[str, Part]

    def part(self, name: str | None, *, where: str = "") -> Part:
        """Return a part by name (None or `value` is the lever itself); InputError with the nearest name."""
        if name is None or name == MAIN:
            return self.main
        found = self.parts.get(name)
        if found is None:
            raise InputError(f"{self.id} has no part '{name}'", where=where, hint=did_you_mean(name, [MAIN, *self.parts]))
        return found

    def baseline_path(self) -> NDArray[np.float64]:
        """Return the status quo, shape (month,)."""
        path = np.empty(MONTHS)
        for step in self.baseline:
            path[step.month :] = step.value
        return path


@cache
def load_levers() -> Mapping[str, Lever]:
    """Return the levers by id, in the order of the file; DataError names file and line of anything malformed."""
    document = load(LEVERS_FILE)
    return {lever_id: _lever(document, lever_id) for lever_id in document.mapping("levers")}


def find_lever(name: str, *, where: str = "") -> Lever:
    """Return a lever by id, with or without the prefix `levers.`; InputError with the nearest id."""
    levers = load_levers()
    found = levers.get(name.removeprefix(PREFIX))
    if found is None:
        raise InputError(f"unknown lever '{name}'", where=where, hint=did_you_mean(name.removeprefix(PREFIX), levers))
    return found


def _lever(document: Document, lever_id: str) -> Lever:
    place = ("levers", lever_id)
    entry = document.mapping(*place)
    _check_keys(document, entry, _LEVER_KEYS, place)
    main = _part(document, MAIN, entry | {"kind": "number", "default": entry["baseline"][0]["value"]}, place)
    steps = tuple(_baseline(document, main, lever_id, index, step) for index, step in enumerate(entry["baseline"]))
    if steps[0].month != 0 or any(a.month >= b.month for a, b in itertools.pairwise(steps)):
        raise document.error("the baseline must begin in 2022-01 and go forward in time", *place, "baseline")
    parts = {name: _part(document, name, part, (*place, "parts", name)) for name, part in (entry["parts"] or {}).items()}
    return Lever(lever_id, entry["government"], entry["label"], entry["definition"], main, steps, tuple(entry["anchors"]), parts)


def _baseline(document: Document, main: Part, lever_id: str, index: int, step: Mapping[str, Any]) -> BaselineStep:
    place = ("levers", lever_id, "baseline", index)
    value = step["value"]
    number = main.words.get(value) if isinstance(value, str) else float(value)
    if number is None or not (main.low <= number <= main.high or number in main.words.values()):
        raise document.error(f"baseline {value!r} is outside {main.range_text}", *place)
    if step["basis"] not in ("sourced", "assumption") or not step["sources"]:
        raise document.error("a baseline needs a basis (sourced or assumption) and sources", *place)
    return BaselineStep(
        month_index(step["from"], where=document.where(*place)),
        number,
        step["basis"],
        tuple(step["sources"]),
        step.get("note", ""),
    )


def _part(document: Document, name: str, entry: Mapping[str, Any], place: tuple[str, ...]) -> Part:
    if name != MAIN:
        _check_keys(document, entry, _PART_KEYS, place)
    kind: Kind = entry["kind"]
    common = {"name": name, "kind": kind, "label": entry["label"], "definition": entry["definition"]}
    if kind == "products":
        return Part(**common)
    if kind == "choice":
        choices = tuple(entry["choices"])
        return Part(**common, choices=choices, default=float(choices.index(entry["default"])))
    if kind != "number":
        raise document.error(f"unknown kind '{kind}'", *place, hint=did_you_mean(kind, ["number", "choice", "products"]))
    Unit.parse(entry["unit"], where=document.where(*place))
    words = {word: float(value) for word, value in (entry.get("words") or {}).items()}
    default = entry["default"]
    low, high = entry["range"]
    number = words[default] if isinstance(default, str) else float(default)
    return Part(
        **common, unit=entry["unit"], low=float(low), high=float(high), words=words, default=number, group=entry.get("group", "")
    )


def _check_keys(document: Document, entry: Mapping[str, Any], known: set[str], place: tuple[str, ...]) -> None:
    for key in entry:
        if key not in known:
            raise DataError(f"unknown key '{key}'", where=document.where(*place, key), hint=did_you_mean(key, known))
