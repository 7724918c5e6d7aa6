"""The closed list of facts that rules may compare: of the item, or of the transaction, with their defaults.

A number is held as an interval (low, high): a point where it is known, all that competing sources state where they differ, and
everything where it is unknown. A flag is an interval within 0 to 1. A word is a text, None where it is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import entries
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Names, OptionalDate
from countermove.policy.parties import UNNAMED, UNRECORDED, find_party, party_names
from countermove.policy.places import find_country
from countermove.quantities.axes import SEGMENTS

FACTS_FILE: Final = DATA / "rules" / "facts.yaml"
END_USERS_FILE: Final = DATA / "rules" / "end_users.yaml"

#: What a person writes for a fact that is not known.
UNKNOWN: Final = "unknown"

Interval = tuple[float, float]
Fact = Interval | str | None

ANY_NUMBER: Final[Interval] = (-math.inf, math.inf)
ANY_FLAG: Final[Interval] = (0.0, 1.0)
_FLAGS: Final = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}


class FactDefinition(BaseModel):
    """One fact: whose it is, its kind and unit, what stands in when it is not stated, and what would settle it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    of: Literal["item", "transaction"]
    kind: Literal["number", "flag", "word", "country"]
    label: str
    short: str = ""
    unit: str = ""
    words: Names = ()
    aliases: Mapping[str, str] = Field(default_factory=dict)
    default: float | bool | str | None = None
    says: str = ""
    settle: str
    since: OptionalDate = None
    """Day on which the question became public; a check as known before does not print it."""

    @property
    def name(self) -> str:
        """The name used in sentences."""
        return self.short or self.label

    @property
    def unknown(self) -> Fact:
        """The fact when nothing is known about it."""
        return {"number": ANY_NUMBER, "flag": ANY_FLAG}.get(self.kind)

    def default_fact(self) -> Fact:
        """Return the fact that stands in when it is not stated: the default, or unknown where there is none."""
        if self.default is None:
            return self.unknown
        return self.default if isinstance(self.default, str) else point(float(self.default))

    def read(self, value: Any, *, where: str = "") -> Fact:
        """Return a stated value as a fact; InputError for a wrong kind, word or country, with the nearest name."""
        place = where or self.id
        if value is None or value == UNKNOWN:
            return self.unknown
        if self.kind == "country":
            return find_country(str(value), where=place)
        if self.kind == "word":
            return self._word(str(value), place)
        if self.kind == "flag":
            return self._flag(value, place)
        return point(_number(value, place))

    def _word(self, value: str, place: str) -> str:
        if self.id == "end_user":
            return find_end_user(value, where=place).id
        if self.id == "party":
            return party_word(value, where=place)
        value = self.aliases.get(value.casefold(), value)
        if self.words and value not in self.words:
            raise InputError(f"'{value}' is no {self.label}", where=place, hint=did_you_mean(value, (*self.words, UNKNOWN)))
        return value

    def _flag(self, value: Any, place: str) -> Interval:
        if isinstance(value, bool):
            return point(float(value))
        found = _FLAGS.get(str(value).casefold())
        if found is None:
            raise InputError(f"'{value}' is neither yes nor no", where=place, hint=f"write yes, no or {UNKNOWN}")
        return point(found)


def point(value: float) -> Interval:
    """Return the interval of a known number."""
    return value, value


def _number(value: Any, place: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"'{value}' is not a number", where=place, hint=f"write a number or {UNKNOWN}") from None
    if not math.isfinite(number) or number < 0:
        raise InputError(f"{value} is not a finite number from 0", where=place, hint=f"write a number or {UNKNOWN}")
    return number


@cache
def load_facts() -> Mapping[str, FactDefinition]:
    """Return the registry of facts by name; DataError names file and line."""
    return entries(load(FACTS_FILE), "facts", FactDefinition)


def find_fact(name: str, *, where: str = "--fact") -> FactDefinition:
    """Return a fact by name (dashes and underscores alike); InputError with the nearest."""
    found = load_facts().get(name.replace("-", "_"))
    if found is None:
        raise InputError(f"no fact is called '{name}'", where=where, hint=did_you_mean(name, load_facts()))
    return found


class EndUser(BaseModel):
    """A kind of end user and what it implies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    label: str
    aliases: Names
    segment: str
    facts: Mapping[str, bool] = Field(default_factory=dict)


@cache
def load_end_users() -> Mapping[str, EndUser]:
    """Return the kinds of end user by id; DataError names file and line."""
    return read_end_users(END_USERS_FILE)


def read_end_users(path: Path) -> Mapping[str, EndUser]:
    """Return the kinds of end user of a file; errors name file, line and the nearest name.

    What a kind implies must be a yes-no fact of the transaction, its segment a class of buyers; a misspelt one implies nothing.
    """
    document = load(path)
    users = entries(document, "end_users", EndUser)
    flags = [name for name, fact in load_facts().items() if fact.kind == "flag" and fact.of == "transaction"]
    for name, user in users.items():
        if user.segment not in SEGMENTS:
            hint = did_you_mean(user.segment, SEGMENTS)
            raise document.error(f"unknown segment '{user.segment}'", "end_users", name, "segment", hint=hint)
        for fact in user.facts:
            if fact not in flags:
                hint = did_you_mean(fact, flags)
                raise document.error(f"'{fact}' is no yes-no fact of a transaction", "end_users", name, "facts", fact, hint=hint)
    return users


def find_end_user(name: str, *, where: str = "") -> EndUser:
    """Return a kind of end user by id or alias, or the kind of a named buyer; InputError with the nearest."""
    plain = name.strip().casefold().replace(" ", "-").replace("_", "-")
    users = load_end_users()
    names = {alias: user for user in users.values() for alias in (user.id, *user.aliases)}
    if plain in names:
        return names[plain]
    party = find_party(plain)
    if party is not None:
        return users[party.kind]
    raise InputError(
        f"'{name}' is no kind of end user and no buyer on file",
        where=where,
        hint=did_you_mean(plain, [*names, *party_names(), UNKNOWN]) + "; for another buyer write named-buyer",
    )


def party_word(name: str, *, where: str = "") -> str:
    """Return the word of the fact `party` for a named buyer; InputError with the nearest."""
    if name in (UNNAMED, UNRECORDED):
        return name
    party = find_party(name)
    if party is None:
        raise InputError(f"'{name}' is no buyer on file", where=where, hint=did_you_mean(name, [*party_names(), UNRECORDED]))
    return party.id
