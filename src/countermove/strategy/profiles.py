"""What a government is after: weights over outcomes, shipped as labelled assumptions or given in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import InputError, did_you_mean
from countermove.evidence.reading import checked
from countermove.evidence.strict_yaml import Document, load
from countermove.strategy.game_file import GAMES, SIDES

SPENDING = "beijing_subsidy_usd_bn"
"""The one term that is no outcome of the market: the chip subsidy that Beijing's levers cost, billion USD a year."""
DEFAULT = {"washington": "revenue-first", "beijing": "balanced"}


class _ProfileFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    basis: Literal["assumption"] = "assumption"
    reading: str = ""
    claims: tuple[str, ...] = ()
    weights: dict[str, float]


class _ProfilesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["profiles"]
    sources: tuple[str, ...] = ()
    washington: dict[str, _ProfileFile] = {}
    beijing: dict[str, _ProfileFile] = {}


@dataclass(frozen=True)
class Profile:
    """One reading of a government's aims: outcome -> weight, sizes adding up to one; a negative weight wants less."""

    id: str
    side: str
    label: str
    reading: str
    claims: tuple[str, ...]
    weights: Mapping[str, float]


def profile(id_: str, side: str, weights: Mapping[str, float], *, label: str = "", reading: str = "", where: str = "") -> Profile:
    """Return a profile with its weights divided by the sum of their sizes.

    Raises InputError for an outcome that does not exist (with the nearest), a date outcome, weights that are not finite, and
    weights that are all zero.
    """
    from countermove.outcomes import OUTCOMES

    place = where or f"{side}.{id_}"
    for name, weight in weights.items():
        if name != SPENDING and name not in OUTCOMES:
            raise InputError(f"no outcome named {name!r}", where=place, hint=did_you_mean(name, [*OUTCOMES, SPENDING]))
        if name != SPENDING and OUTCOMES[name].kind == "date":
            raise InputError(f"{name} is a date, not a yearly outcome", where=place, hint="weigh a level or a gap instead")
        if not math.isfinite(weight):
            raise InputError(f"the weight of {name} is {weight}", where=place, hint="give a finite number")
    total = sum(abs(weight) for weight in weights.values())
    if total <= 0.0:
        raise InputError("the weights add up to zero", where=place, hint="give at least one outcome a weight other than 0")
    return Profile(id_, side, label or id_, reading, (), {name: weight / total for name, weight in weights.items()})


@cache
def shipped_profiles() -> dict[str, dict[str, Profile]]:
    """Return side -> id -> profile of the shipped file."""
    return read_profiles(GAMES / "profiles.yaml")


def read_profiles(path: Path) -> dict[str, dict[str, Profile]]:
    """Return side -> id -> profile of a YAML file; errors name its file and line."""
    document = load(path)
    document.mapping()
    body = checked(document, _ProfilesFile, ())
    return {side: {id_: _read(document, side, id_, entry) for id_, entry in getattr(body, side).items()} for side in SIDES}


def find_profile(side: str, name: str | None = None, *, file: Path | None = None) -> Profile:
    """Return a government's profile by name, from a file if one is given; the default where no name is given."""
    found = dict(shipped_profiles()[side])
    if file is not None:
        if not file.is_file():
            raise InputError("the profile file does not exist", where=str(file), hint="give the path of a YAML file")
        found |= read_profiles(file)[side]
    wanted = name or DEFAULT[side]
    if wanted not in found:
        raise InputError(f"no profile of {side.title()} named {wanted!r}", where="profile", hint=did_you_mean(wanted, found))
    return found[wanted]


def _read(document: Document, side: str, id_: str, entry: _ProfileFile) -> Profile:
    where = document.where(side, id_, "weights")
    found = profile(id_, side, entry.weights, label=entry.label, reading=" ".join(entry.reading.split()), where=where)
    return Profile(found.id, side, found.label, found.reading, entry.claims, found.weights)
