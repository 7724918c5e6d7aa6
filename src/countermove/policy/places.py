"""Countries and territories, and the groups of US rules that they belong to over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked, value_checked
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Date, Names

COUNTRIES_FILE: Final = DATA / "rules" / "countries.yaml"


class Move(BaseModel):
    """A dated change of a country's groups, as known since a day."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: Date = Field(alias="from")
    known: Date
    leaves: Names
    joins: Names
    sources: Names


class Country(BaseModel):
    """A country the engine knows, its other names, the groups of US rules it belongs to, and their dated changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    aliases: Names
    groups: Names
    changes: tuple[Move, ...] = ()


#: A country in this group was not classed: what a rule asks about the groups of its partition is open.
UNPLACED: Final = "unplaced"


@dataclass(frozen=True, slots=True)
class Countries:
    """All countries by code, all groups with their meaning, and the lines of groups of which each country is in one."""

    countries: Mapping[str, Country]
    groups: Mapping[str, str]
    partitions: tuple[tuple[str, ...], ...] = ()

    def members(self, group: str) -> frozenset[str]:
        """Return the codes of a group's countries, before any dated change."""
        return frozenset(code for code, country in self.countries.items() if group in country.groups)

    def open_to(self, group: str) -> frozenset[str]:
        """Return the codes of countries of which nobody classed whether they belong to a group."""
        asked = any(group in line and UNPLACED in line for line in self.partitions)
        return self.members(UNPLACED) if asked else frozenset()

    def moved(self, on: dt.date, known: dt.date) -> Mapping[str, frozenset[str]] | None:
        """Return the members of the groups that have changed by a day, as known on another; None where none has."""
        found: dict[str, frozenset[str]] = {}
        for code, country in self.countries.items():
            for move in country.changes:
                if move.from_ <= on and move.known <= known:
                    for group in move.leaves:
                        found[group] = found.get(group, self.members(group)) - {code}
                    for group in move.joins:
                        found[group] = found.get(group, self.members(group)) | {code}
        return found or None


@cache
def load_countries() -> Countries:
    """Return the table of countries; DataError names file and line."""
    return read_countries(COUNTRIES_FILE)


def read_countries(path: Path) -> Countries:
    """Return the countries of a file; errors name file and line.

    Every country must stand in exactly one group of each partition, so that none is free because nobody classed it.
    """
    document = load(path)
    check_top(document, ("basis", "note", "countries", "groups", "partitions"))
    countries = {code: checked(document, Country, ("countries", code), id=code) for code in document.mapping("countries")}
    groups = document.mapping("groups")
    for code, country in countries.items():
        changed = [group for move in country.changes for group in (*move.leaves, *move.joins)]
        for group in (*country.groups, *changed):
            if group not in groups:
                raise document.error(f"unknown group '{group}'", "countries", code, hint=did_you_mean(group, groups))
    partitions = value_checked(document, list[list[str]], ("partitions",))
    for index, parts in enumerate(partitions):
        for part in parts:
            if part not in groups:
                raise document.error(f"unknown group '{part}'", "partitions", index, hint=did_you_mean(part, groups))
        for code, country in countries.items():
            found = [part for part in parts if part in country.groups]
            if len(found) != 1:
                what = f"'{code}' is in {' and '.join(found) or 'none'} of {', '.join(parts)}"
                raise document.error(what, "countries", code, hint="write exactly one of them under groups")
    return Countries(countries, groups, tuple(tuple(line) for line in partitions))


def find_country(name: str, *, where: str = "") -> str:
    """Return a country's code by code or name; InputError with the nearest of those that the engine knows."""
    plain = name.strip().casefold().replace(" ", "-").replace("_", "-")
    known = load_countries().countries
    if plain in known:
        return plain
    names = {alias: code for code, country in known.items() for alias in country.aliases}
    if plain in names:
        return names[plain]
    raise InputError(
        f"'{name}' is no country that the rules know",
        where=where,
        hint=did_you_mean(plain, [*known, *names, "unknown"]) + "; any code of ISO 3166-1 is known",
    )
