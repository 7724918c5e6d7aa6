"""Named buyers: their kind and their dated headquarters, read from `rules/parties.yaml`.

Listings (Entity List, Section 1260H) are provisions that name the party, so that they have dates and sources of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Date, Names
from countermove.policy.places import load_countries

PARTIES_FILE: Final = DATA / "rules" / "parties.yaml"
_KINDS_FILE: Final = DATA / "rules" / "end_users.yaml"

#: Words of the fact `party` for a buyer that is not named, and for one that is named and not on file.
UNNAMED: Final = "unnamed"
UNRECORDED: Final = "named-buyer"


class Headquarters(BaseModel):
    """Where a buyer's ultimate parent has its headquarters from a day on; None where that is not on file or contested."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: Date = Field(alias="from")
    country: str | None
    basis: Literal["sourced", "assumption"]
    note: str = ""


class Ownership(BaseModel):
    """Which share of a buyer listed parties own from a day on; None where that is an open question."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: Date = Field(alias="from")
    share: float | None = Field(ge=0.0, le=1.0)
    basis: Literal["sourced", "assumption"]
    note: str = ""


class Party(BaseModel):
    """A named buyer: the kind of end user it is, its headquarters over time, and where known who owns it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    aliases: Names = ()
    kind: str
    headquarters: tuple[Headquarters, ...]
    ownership: tuple[Ownership, ...] = ()

    def owned(self, on: dt.date | None = None) -> Ownership | None:
        """Return what is on file about ownership by listed parties on a day, None where nothing is: the default is printed."""
        begun = [one for one in self.ownership if on is None or one.from_ <= on]
        return max(begun, key=lambda one: one.from_) if begun else None

    def home(self, on: dt.date | None = None) -> str | None:
        """Return the country of the headquarters on a day (default: the latest on file), None where nobody can say."""
        begun = [one for one in self.headquarters if on is None or one.from_ <= on]
        return max(begun, key=lambda one: one.from_).country if begun else None


@cache
def load_parties() -> Mapping[str, Party]:
    """Return the named buyers by id; DataError names file and line."""
    return read_parties(PARTIES_FILE)


def read_parties(path: Path) -> Mapping[str, Party]:
    """Return the named buyers of a file; errors name file, line and the nearest valid kind or country."""
    document = load(path)
    check_top(document, ("basis", "note", "parties"))
    kinds, countries = load(_KINDS_FILE).mapping("end_users"), load_countries().countries
    found: dict[str, Party] = {}
    for name in document.mapping("parties"):
        party = checked(document, Party, ("parties", name), id=name)
        if party.kind not in kinds:
            raise document.error(
                f"'{party.kind}' is no kind of end user", "parties", name, "kind", hint=did_you_mean(party.kind, kinds)
            )
        for one in party.headquarters:
            if one.country is not None and one.country not in countries:
                hint = did_you_mean(one.country, countries)
                raise document.error(f"'{one.country}' is no country", "parties", name, "headquarters", hint=hint)
        found[name] = party
    return found


@cache
def party_names() -> Mapping[str, str]:
    """Return the id of each named buyer by id and alias."""
    return {alias: party.id for party in load_parties().values() for alias in (party.id, *party.aliases)}


def find_party(name: str) -> Party | None:
    """Return a named buyer by id or alias, None where it is not on file."""
    plain = name.strip().casefold().replace(" ", "-").replace("_", "-")
    found = party_names().get(plain)
    return None if found is None else load_parties()[found]
