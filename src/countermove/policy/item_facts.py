"""Facts about chips and vendors that rules ask for and the catalogue does not keep, read from `rules/item_facts.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked
from countermove.evidence.strict_yaml import Document, load
from countermove.policy.facts import ANY_FLAG, Interval, load_facts, point

ITEM_FACTS_FILE: Final = DATA / "rules" / "item_facts.yaml"

#: Facts stated chip by chip.
STATED: Final = ("sold_in_us_on_2026_01_15", "data_centre")


class StatedFlag(BaseModel):
    """What is known of a yes-no fact of one chip; None where it was looked for and not found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: bool | None
    basis: Literal["sourced", "assumption"] | None = None
    note: str

    @model_validator(mode="after")
    def _basis_of_a_value(self) -> StatedFlag:
        if (self.value is None) != (self.basis is None):
            raise ValueError("a value needs its basis (sourced or assumption), and an unknown has none")
        return self

    @property
    def interval(self) -> Interval:
        """The flag as a fact."""
        return ANY_FLAG if self.value is None else point(float(self.value))


class Vendor(BaseModel):
    """Whose side a vendor's chips are on, and who exports them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    origin: Literal["us", "cn"]
    exporter: str


@dataclass(frozen=True)
class ItemFacts:
    """Stated flags by fact and chip, and vendors by the catalogue's name for them."""

    flags: Mapping[str, Mapping[str, StatedFlag]]
    vendors: Mapping[str, Vendor]

    def flag(self, fact: str, chip: str, *, default: Interval) -> Interval:
        """Return a yes-no fact of a chip, the default where nothing is stated."""
        stated = self.flags[fact].get(chip)
        return default if stated is None else stated.interval

    def assumed(self, chip: str) -> list[tuple[str, str]]:
        """Return the facts of a chip that rest on an assumption, each with its note."""
        found = [(fact, self.flags[fact].get(chip)) for fact in STATED]
        return [(fact, stated.note) for fact, stated in found if stated is not None and stated.basis == "assumption"]


@cache
def load_item_facts() -> ItemFacts:
    """Return the stated facts of the data tree; DataError names file and line."""
    return read_item_facts(ITEM_FACTS_FILE)


def read_item_facts(path: Path) -> ItemFacts:
    """Return the facts that a file states; InputError (DataError for the shipped file) names line and nearest valid name."""
    from countermove.hardware.catalogue import load_catalogue

    document = load(path)
    check_top(document, (*STATED, "vendors"))
    chips = load_catalogue().chips
    flags = {fact: {chip: checked(document, StatedFlag, (fact, chip)) for chip in document.mapping(fact)} for fact in STATED}
    for fact, stated in flags.items():
        for chip in stated:
            if chip not in chips:
                raise document.error(f"no chip is called '{chip}'", fact, chip, hint=did_you_mean(chip, chips))
    return ItemFacts(flags, {name: _vendor(document, name) for name in document.mapping("vendors")})


def _vendor(document: Document, name: str) -> Vendor:
    vendor = checked(document, Vendor, ("vendors", name))
    words = load_facts()["exporter"].words
    if vendor.exporter not in words:
        raise document.error(
            f"'{vendor.exporter}' is no exporter", "vendors", name, "exporter", hint=did_you_mean(vendor.exporter, words)
        )
    return vendor
