"""The facts of an item: from the catalogue, competing values as intervals, or from given numbers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from countermove.errors import InputError, did_you_mean
from countermove.policy.facts import ANY_FLAG, ANY_NUMBER, Fact, Interval, load_facts, point
from countermove.policy.item_facts import load_item_facts
from countermove.policy.item_vintage import seen_values
from countermove.policy.legal_items import legal_item, legal_names

if TYPE_CHECKING:
    from countermove.hardware.catalogue import Catalogue
    from countermove.hardware.chip import Chip
    from countermove.hardware.values import Value

CUSTOM: Final = "custom"
IDENTITY: Final = ("kind", "origin")
"""Facts that say what an item on file is: no question may turn it into another one."""
GIGA_PER_TERA: Final = 1000.0
_FIRST_2026: Final = 48


@dataclass(frozen=True)
class Item:
    """What is sold: its id, name, facts, the firm that usually exports it, and what was assumed about it."""

    id: str
    name: str
    facts: Mapping[str, Fact]
    exporter: str | None
    """Word of the fact `exporter`; None where nobody can say."""
    assumed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proved: tuple[str, ...] = ()
    """Yes-no facts that rest on a source and not on a default."""
    used: Mapping[str, float] = field(default_factory=dict)
    """Of facts on which sources differ, the value that the catalogue uses; tests take the whole span."""

    def metric(self, fact: str) -> float | None:
        """Return a numeric fact: the number, the one the catalogue uses where sources differ, None where it is unknown."""
        low, high = self.interval(fact)
        return low if low == high else self.used.get(fact)

    def interval(self, fact: str) -> Interval:
        """Return a numeric fact as an interval."""
        value = self.facts[fact]
        assert isinstance(value, tuple), f"{fact} is a number"  # noqa: S101
        return value


@lru_cache(maxsize=16_384)
def catalogue_item(name: str, known: dt.date | None = None) -> Item:
    """Return a chip or system of the catalogue, or a part of `rules/items.yaml`, by any name; InputError with the nearest.

    With `known`, numbers that were published later are left open or out.
    """
    from countermove.hardware.catalogue import load_catalogue

    catalogue = load_catalogue()
    system = None
    try:
        chip = catalogue.chip(name)
    except InputError:
        try:
            system = catalogue.system(name)
        except InputError:
            found = legal_item(name, known)
            if found is not None:
                stated, facts = found.stated, complete_item(found.facts)
                return Item(stated.id, stated.name, facts, stated.exporter, notes=found.notes, proved=tuple(stated.facts))
            names = [*catalogue.chips, *catalogue.chip_names, *catalogue.systems, *legal_names(), CUSTOM]
            raise InputError(f"no item is called '{name}'", where="item", hint=did_you_mean(name, names)) from None
        chip = catalogue.chips[system.chip]
    return _item(chip, catalogue, system.id if system else chip.id, system.name if system else chip.name, known)


def item_names() -> list[str]:
    """Return the ids of all chips of the catalogue."""
    from countermove.hardware.catalogue import load_catalogue

    return list(load_catalogue().chips)


def _item(chip: Chip, catalogue: Catalogue, item_id: str, name: str, known: dt.date | None = None) -> Item:
    kind = "chip" if item_id in catalogue.chips else "computer"
    stated = load_item_facts()
    # A vendor in no list is of unknown origin: whatever hangs on it stays open.
    vendor = stated.vendors.get(chip.vendor)
    values = chip.values if known is None else seen_values(chip, known)
    tpp = _performance(values)
    area = _range(values, "die_area")
    facts: dict[str, Fact] = {
        "item": chip.id,
        "kind": kind,
        "origin": None if vendor is None else vendor.origin,
        "tpp": tpp,
        "die_area_mm2": area,
        "performance_density": point(0.0) if chip.planar and values else density(tpp, area),
        "memory_bandwidth_gb_s": _scaled(_range(values, "memory_bandwidth"), GIGA_PER_TERA),
        "interconnect_gb_s": _scaled(_range(values, "scale_up"), 2.0),
        "packaged_with_logic": point(1.0),
        "memory_bandwidth_density": point(0.0),
        "data_centre": stated.flag("data_centre", chip.id, default=point(1.0)),
        "sold_in_us_on_2026_01_15": stated.flag("sold_in_us_on_2026_01_15", chip.id, default=ANY_FLAG),
        "marketed_since_2026": ANY_FLAG if chip.launch_month is None else point(float(chip.launch_month >= _FIRST_2026)),
        "authorised_designer": point(1.0) if vendor is not None and vendor.origin == "us" else ANY_FLAG,
    }
    notes = [f"sources differ on {fact}: {low:,.0f} to {high:,.0f}" for fact, (low, high) in _contested(facts)]
    notes += [f"assumed: {load_facts()[fact].label}; {note}" for fact, note in stated.assumed(chip.id)]
    if vendor is None:
        notes.append(f"the vendor '{chip.vendor}' is in no list: whose side it is on and who exports it are unknown")
    if not values:
        notes.append(f"no source on file about this part was published by {known}: its numbers are left open")
    exporter = None if vendor is None else vendor.exporter
    used = _used(chip) if known is None else {}
    return Item(item_id, name, _complete(facts), exporter, notes=tuple(notes), used=used)


def without_assumptions(item: Item) -> Item:
    """Return an item whose yes-no facts that rest on an assumption or a default are open."""
    stated = load_item_facts()
    chip = str(item.facts["item"])
    opened = {fact for fact, _ in stated.assumed(chip)}
    if chip not in stated.flags["data_centre"] and "data_centre" not in item.proved:
        opened.add("data_centre")
    notes = tuple(note for note in item.notes if not note.startswith("assumed"))
    return replace(item, facts={**item.facts, **dict.fromkeys(opened, ANY_FLAG)}, notes=notes)


def custom_item(numbers: Mapping[str, Any], *, strict: bool = False) -> Item:
    """Return an item of given numbers; what is not given stays unknown, except for the printed conservative defaults.

    With `strict` the defaults are unknown too.

    `numbers` maps names of item facts to values; a value of None is unknown. InputError for a number that no chip has.
    """
    facts: dict[str, Fact] = {name: load_facts()[name].read(value, where=name) for name, value in numbers.items()}
    for name, value in facts.items():
        if load_facts()[name].kind == "number" and isinstance(value, tuple) and value[0] == 0.0 and name != "interconnect_gb_s":
            raise InputError(
                f"{load_facts()[name].label} is 0", where=name, hint="give a number above 0, or leave it out: unknown"
            )
    tpp, area = facts.get("tpp", ANY_NUMBER), facts.get("die_area_mm2", ANY_NUMBER)
    assert isinstance(tpp, tuple), "tpp is a number"  # noqa: S101
    assert isinstance(area, tuple), "die area is a number"  # noqa: S101
    facts.setdefault("performance_density", density(tpp, area))
    facts.setdefault("item", CUSTOM)
    defaults = [name for name, one in load_facts().items() if one.of == "item" and one.default is not None and name not in facts]
    if strict:
        facts.update({name: load_facts()[name].unknown for name in defaults})
    if facts.get("kind", "chip") not in ("memory", None):
        facts.setdefault("packaged_with_logic", point(1.0))
    assumed = () if strict else tuple(load_facts()[name].says for name in defaults)
    return Item(CUSTOM, "given numbers", _complete(facts), None, assumed=assumed)


def with_facts(item: Item, given: Mapping[str, Fact]) -> Item:
    """Return an item with some facts replaced; density and sums follow from what they are made of unless they are given.

    Raises InputError for a kind or origin other than the one on file: rules would then speak of another item under this one's
    name. Stated numbers replace those on file, as in questions of the sort "what if it had less bandwidth".
    """
    for name in IDENTITY if item.id != CUSTOM else ():
        known, stated = item.facts.get(name), given.get(name)
        if known is not None and stated is not None and known != stated:
            hint = f"leave it out, or check '{CUSTOM}' with the numbers of the item that is meant"
            what = f"{item.name} is on file as {known}, not as {stated}"
            raise InputError(what, where=name, hint=hint)
    facts = {**item.facts, **given}
    if "performance_density" not in given and {"tpp", "die_area_mm2"} & set(given):
        tpp, area = facts["tpp"], facts["die_area_mm2"]
        assert isinstance(tpp, tuple), "tpp is a number"  # noqa: S101
        assert isinstance(area, tuple), "die area is a number"  # noqa: S101
        if math.isfinite(area[0]) and area[0] <= 0.0:  # an unknown area reaches to minus infinity
            raise InputError("a die of no area", where="die_mm2", hint="give square millimetres above 0, or leave it out")
        facts["performance_density"] = density(tpp, area)
    if "total_bandwidth_gb_s" not in given:
        facts.pop("total_bandwidth_gb_s", None)
    stale = {*given, *(("performance_density",) if {"tpp", "die_area_mm2"} & set(given) else ())}
    used = {name: value for name, value in item.used.items() if name not in stale}
    return replace(item, facts=_complete(facts), used=used)


def density(tpp: Interval, area: Interval) -> Interval:
    """Return performance over area as an interval; unknown where either is."""
    if not all(math.isfinite(end) for end in (*tpp, *area)):
        return ANY_NUMBER
    return tpp[0] / area[1], tpp[1] / area[0]


def complete_item(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts of an item with density, the sum of bandwidths and everything else filled in or left open."""
    given = dict(facts)
    tpp, area = given.get("tpp", ANY_NUMBER), given.get("die_area_mm2", ANY_NUMBER)
    if isinstance(tpp, tuple) and isinstance(area, tuple):
        given.setdefault("performance_density", density(tpp, area))
    if given.get("kind") != "memory":
        given.setdefault("packaged_with_logic", point(1.0))
        given.setdefault("memory_bandwidth_density", point(0.0))
    for name in ("sold_in_us_on_2026_01_15", "marketed_since_2026", "data_centre"):
        given.setdefault(name, ANY_FLAG)
    return _complete(given)


def _complete(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Add every fact of an item that is missing: its default, or unknown; and the sum of the two bandwidths."""
    complete = dict(facts)
    for name, definition in load_facts().items():
        if definition.of == "item" and name not in complete:
            complete[name] = definition.default_fact()
    memory, links = complete["memory_bandwidth_gb_s"], complete["interconnect_gb_s"]
    if "total_bandwidth_gb_s" not in facts and isinstance(memory, tuple) and isinstance(links, tuple):
        # A bandwidth is never negative, so a known part is a floor for the sum even where the other part is unknown.
        complete["total_bandwidth_gb_s"] = (max(memory[0], 0.0) + max(links[0], 0.0), memory[1] + links[1])
    return complete


def _range(values: Mapping[str, Value], field: str) -> Interval:
    if field not in values:
        return ANY_NUMBER
    low, high = values[field].range
    return ANY_NUMBER if low is None or high is None else (float(low), float(high))


def _scaled(interval: Interval, factor: float) -> Interval:
    return interval[0] * factor, interval[1] * factor


def _performance(values: Mapping[str, Value]) -> Interval:
    """Return performance over all statements that compete: the highest product of rate and bits, at the low and the high end."""
    from countermove.hardware.fields import DTYPE_BITS

    ranges = [(_range(values, dtype), bits) for dtype, bits in DTYPE_BITS.items() if dtype in values and values[dtype].known]
    if not ranges:
        return ANY_NUMBER
    return max(low * bits for (low, _), bits in ranges), max(high * bits for (_, high), bits in ranges)


def _used(chip: Chip) -> dict[str, float]:
    """Return the numbers that the catalogue uses."""
    bandwidth = chip.memory_bandwidth_tb_s
    numbers = {
        "tpp": chip.tpp,
        "die_area_mm2": chip.die_area_mm2,
        "performance_density": chip.performance_density,
        "memory_bandwidth_gb_s": None if bandwidth is None else bandwidth * GIGA_PER_TERA,
        "interconnect_gb_s": chip.io_bandwidth_gb_s,
    }
    return {name: value for name, value in numbers.items() if value is not None}


def _contested(facts: Mapping[str, Fact]) -> list[tuple[str, Interval]]:
    shown = ("tpp", "die_area_mm2", "memory_bandwidth_gb_s", "interconnect_gb_s")
    found = []
    for name in shown:
        value = facts[name]
        if isinstance(value, tuple) and value[0] != value[1] and math.isfinite(value[0]):
            found.append((load_facts()[name].name, value))
    return found
