"""The catalogue of chips and systems: read from the data tree once, found by id, name or alias."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top
from countermove.evidence.strict_yaml import Document, load
from countermove.hardware.chip import Chip, System
from countermove.hardware.fields import CHIP_FIELDS, SYSTEM_FIELDS
from countermove.hardware.values import read_values

#: File in ``chips/`` that describes packages for the supply mechanism; `products` reads it.
SUPPLY_FILE = "supply_inputs.yaml"

#: File in ``systems/`` with the rule for all-in power; `products` reads it.
POWER_FILE = "power.yaml"

_CHIP_KEYS = ("name", "vendor", "aliases", "status", "process", "form", "stack", "system", "hypothetical", "planar")

#: Forms a chip is sold in: a module on a board with fast links, or a plug-in card.
FORMS = ("module", "card")
_SYSTEM_KEYS = ("name", "chip", "aliases")


@dataclass(frozen=True)
class Catalogue:
    """All chips and systems by id, and the other names they go by."""

    chips: Mapping[str, Chip]
    systems: Mapping[str, System]
    chip_names: Mapping[str, str]
    system_names: Mapping[str, str]

    def chip(self, name: str) -> Chip:
        """Return a chip by id, alias or full name; InputError with the nearest valid name."""
        return self.chips[_found(name, self.chips, self.chip_names, "chip")]

    def system(self, name: str) -> System:
        """Return a system by id, alias or full name; InputError with the nearest valid name."""
        return self.systems[_found(name, self.systems, self.system_names, "system")]

    def system_of(self, chip: Chip) -> System | None:
        """Return the system that a chip is usually sold in, None for a chip sold without one of its own."""
        return None if chip.system is None else self.systems[chip.system]


@cache
def load_catalogue() -> Catalogue:
    """Return the shipped catalogue, read once per process."""
    return read_catalogue(DATA)


def read_catalogue(root: Path) -> Catalogue:
    """Read the chips and systems of a data tree; DataError (InputError for a foreign tree) with file and line."""
    chips: dict[str, Chip] = {}
    for path in sorted((root / "chips").glob("*.yaml")):
        if path.name != SUPPLY_FILE:
            _add_chips(load(path), chips)
    systems: dict[str, System] = {}
    for path in sorted((root / "systems").glob("*.yaml")):
        if path.name != POWER_FILE:
            _add_systems(load(path), systems, chips)
    for chip in chips.values():
        if chip.system is not None and chip.system not in systems:
            raise InputError(f"unknown system '{chip.system}'", where=chip.place, hint=did_you_mean(chip.system, systems))
    return Catalogue(
        chips=MappingProxyType(chips),
        systems=MappingProxyType(systems),
        chip_names=_other_names(chips.values()),
        system_names=_other_names(systems.values()),
    )


def _add_chips(document: Document, chips: dict[str, Chip]) -> None:
    check_top(document, ("chips",))
    for name in document.mapping("chips"):
        keys = ("chips", name)
        entry = document.mapping(*keys)
        if name in chips:
            raise document.error(f"'{name}' is already defined", *keys, hint=f"first at {chips[name].place}")
        chips[name] = Chip(
            id=name,
            name=_text(document, keys, entry, "name"),
            vendor=_text(document, keys, entry, "vendor"),
            aliases=tuple(entry.get("aliases", ())),
            status=_text(document, keys, entry, "status"),
            process=entry.get("process"),
            form=_form(document, keys, entry),
            planar=bool(entry["planar"]) if "planar" in entry else _missing(document, keys, "planar"),
            stack=_text(document, keys, entry, "stack"),
            system=entry.get("system"),
            hypothetical=bool(entry.get("hypothetical", False)),
            values=MappingProxyType(read_values(document, keys, CHIP_FIELDS, _CHIP_KEYS)),
            place=document.where(*keys),
        )


def _add_systems(document: Document, systems: dict[str, System], chips: Mapping[str, Chip]) -> None:
    check_top(document, ("systems",))
    for name in document.mapping("systems"):
        keys = ("systems", name)
        entry = document.mapping(*keys)
        chip = _text(document, keys, entry, "chip")
        if chip not in chips:
            raise document.error(f"unknown chip '{chip}'", *keys, "chip", hint=did_you_mean(chip, chips))
        values = read_values(document, keys, SYSTEM_FIELDS, _SYSTEM_KEYS)
        systems[name] = System(
            id=name,
            name=_text(document, keys, entry, "name"),
            chip=chip,
            aliases=tuple(entry.get("aliases", ())),
            values=MappingProxyType(values),
            place=document.where(*keys),
        )


def _text(document: Document, keys: tuple[str, ...], entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise document.error(f"the key '{key}' is missing or not a text", *keys, hint="add it")
    return value


def _form(document: Document, keys: tuple[str, ...], entry: Mapping[str, Any]) -> str:
    form = _text(document, keys, entry, "form")
    if form not in FORMS:
        raise document.error(f"unknown form '{form}'", *keys, "form", hint=did_you_mean(form, FORMS))
    return form


def _missing(document: Document, keys: tuple[str, ...], key: str) -> bool:
    raise document.error(f"the key '{key}' is missing", *keys, hint="state true or false")


def _plain(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")


def _other_names(items: Iterable[Chip | System]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for item in items:
        for other in (item.id, item.name, *item.aliases):
            owner = names.setdefault(_plain(other), item.id)
            if owner != item.id:
                raise InputError(f"the name '{other}' means both {owner} and {item.id}", where=item.place, hint="drop one alias")
    return MappingProxyType(names)


def _found(name: str, items: Mapping[str, object], names: Mapping[str, str], kind: str) -> str:
    wanted = names.get(_plain(name))
    if wanted is None:
        known = [*items, *(other for other in names if other not in items)]
        raise InputError(f"no {kind} is called '{name}'", where=kind, hint=did_you_mean(name, known))
    return wanted
