"""Named groups of items as the file `rules/item_groups.yaml` states them: by criteria over facts of the item, or by name.

`criteria.py` turns a group into a criterion and `classification.py` evaluates it; this module reads and checks the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked, value_checked
from countermove.evidence.strict_yaml import Document, load
from countermove.policy.dates import Names

GROUPS_FILE: Final = DATA / "rules" / "item_groups.yaml"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GroupValue(_Frozen):
    """A number of a group: the same as a dated value of a rule, named `rule/value` by `repeats`."""

    value: float
    unit: str
    repeats: str


class Settled(_Frozen):
    """Whether a chip belongs to a group where the criteria leave it open, and why."""

    member: bool
    basis: Literal["sourced", "assumption"]
    note: str


class Partition(_Frozen):
    """Groups into which every member of another falls, each into exactly one."""

    of: str
    into: Names


class Elsewhere(_Frozen):
    """A part that a rule names and the catalogue does not hold."""

    note: str


class ItemGroup(_Frozen):
    """One group: criteria with the chips they leave open settled, or names."""

    id: str
    meaning: str
    values: Mapping[str, GroupValue] = Field(default_factory=dict)
    criteria: Mapping[str, Any] | None = None
    settled: Mapping[str, Settled] = Field(default_factory=dict)
    named: Names = ()
    unsure: Literal["member", "outside"] | None = None

    @model_validator(mode="after")
    def _one_definition(self) -> ItemGroup:
        if (self.criteria is None) == (not self.named):
            raise ValueError("give either criteria or named")
        if (self.criteria is None) != (self.unsure is None):
            raise ValueError("'unsure' (member or outside) belongs to a group with criteria, which needs it")
        if self.criteria is None and (self.values or self.settled):
            raise ValueError("'values' and 'settled' belong to a group with criteria")
        return self

    def settled_as(self, *, member: bool) -> list[str]:
        """Return the chips settled as members, or as no members."""
        return [name for name, one in self.settled.items() if one.member == member]


@dataclass(frozen=True)
class ItemGroups:
    """All groups by name, how they part one another, and the file they stand in."""

    groups: Mapping[str, ItemGroup]
    partitions: tuple[Partition, ...]
    elsewhere: Mapping[str, Elsewhere]
    document: Document


@cache
def load_item_groups() -> ItemGroups:
    """Return the groups of the data tree; DataError names file, line and the nearest valid name."""
    return read_item_groups(GROUPS_FILE)


def read_item_groups(path: Path) -> ItemGroups:
    """Return the groups of a file; InputError (DataError for the shipped file) names line and nearest valid name."""
    document = load(path)
    check_top(document, ("elsewhere", "groups", "partitions"))
    elsewhere = {name: checked(document, Elsewhere, ("elsewhere", name)) for name in document.mapping("elsewhere")}
    groups = {name: checked(document, ItemGroup, ("groups", name), id=name) for name in document.mapping("groups")}
    partitions = tuple(value_checked(document, list[Partition], ("partitions",)))
    for name, group in groups.items():
        for chip in group.named:
            _check_chip(document, chip, elsewhere, "groups", name, "named")
        for chip in group.settled:
            _check_chip(document, chip, elsewhere, "groups", name, "settled", chip)
    for index, partition in enumerate(partitions):
        for name in (partition.of, *partition.into):
            if name not in groups:
                raise document.error(f"unknown group '{name}'", "partitions", index, hint=did_you_mean(name, groups))
    return ItemGroups(groups, partitions, elsewhere, document)


def known_chips(elsewhere: Iterable[str] | None = None) -> list[str]:
    """Return the ids that the fact `item` may hold: the catalogue's chips, and parts that only rules name."""
    from countermove.hardware.catalogue import load_catalogue

    return [*load_catalogue().chips, *(load_item_groups().elsewhere if elsewhere is None else elsewhere)]


def _check_chip(document: Document, chip: str, elsewhere: Iterable[str], *keys: str) -> None:
    known = known_chips(elsewhere)
    if chip not in known:
        raise document.error(f"no chip is called '{chip}'", *keys, hint=did_you_mean(chip, known))
