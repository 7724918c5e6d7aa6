"""The refusal file: offers, replies, capabilities, priors of motives, trust in reports, and the dated events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import InputError, did_you_mean
from countermove.evidence.priors import Uniform
from countermove.evidence.reading import checked
from countermove.evidence.strict_yaml import load
from countermove.strategy.game_file import GAMES, WindowFile

REPLIES = ("refuse", "narrow", "open")
MOTIVES = ("relief", "protection", "displacement", "bargaining", "distrust")
CAPABILITIES = ("chip_parity", "system_parity", "supply_cover", "protection", "bargaining", "distrust", "other_causes")
"""The keys of the published document, in its order."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Capability(_Frozen):
    """A state of the model that a draw has or lacks: an outcome of a year above or below a threshold."""

    label: str
    outcome: str
    year: int = Field(ge=2026, le=2032)
    above: float | None = None
    below: float | None = None


class Motive(_Frozen):
    """A weight with its prior; strong above `strong`."""

    label: str
    unit: str
    prior: Uniform
    strong: float | None = None
    basis: Literal["assumption"]
    note: str
    sources: tuple[str, ...] = ()


class Chance(_Frozen):
    """A prior probability, strictly between 0 and 1."""

    label: str
    prior: float = Field(gt=0, lt=1)
    basis: Literal["assumption"]


class Reliability(_Frozen):
    """How often a report appears when its event happened (`hit`) and when it did not (`false`)."""

    hit: float = Field(gt=0, le=1)
    false: float = Field(ge=0, lt=1)


class Event(_Frozen):
    """One dated report, and the chance of what it says under each reply of Beijing's, and under other causes."""

    date: str
    label: str
    claims: tuple[str, ...]
    grade: Literal["A", "B", "C", "D"]
    at: Literal["now", "later"]
    likelihood: dict[Literal["refuse", "narrow", "open"], float]
    other: float | None = None


class Later(_Frozen):
    """When Beijing looks at the gate again, and what it may then do."""

    month: str
    replies: tuple[Literal["refuse", "narrow", "open"], ...]


class Setting(_Frozen):
    """Everything that the inference assumes."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["refusal"]
    sources: tuple[str, ...] = ()
    game: str
    offer: str
    better_offer: str
    offers: tuple[str, ...]
    replies: dict[Literal["refuse", "narrow", "open"], str]
    later: Later
    window: WindowFile
    discount: float = Field(ge=0, le=1)
    lambda_: float = Field(alias="lambda", ge=0)
    capabilities: dict[str, Capability]
    motives: dict[str, Motive]
    other_causes: Chance
    hidden_chip: Chance
    reliability: dict[Literal["A", "B", "C", "D"], Reliability]
    reliability_basis: Literal["assumption"]
    events: dict[str, Event]

    def chosen_events(self, names: tuple[str, ...] | None) -> dict[str, Event]:
        """Return events by name in the order of their dates; all of them for None. InputError with the nearest name."""
        for name in names or ():
            if name not in self.events:
                raise InputError(f"no event named {name!r}", where="--events", hint=did_you_mean(name, self.events))
        chosen = self.events if names is None else {name: self.events[name] for name in names}
        return dict(sorted(chosen.items(), key=lambda item: item[1].date))


@cache
def shipped_setting() -> Setting:
    """Return the shipped setting."""
    return read_setting(GAMES / "refusal.yaml")


def read_setting(path: Path) -> Setting:
    """Return the setting in a YAML file; errors name its file and line."""
    if not path.is_file():
        raise InputError("the setting file does not exist", where=str(path), hint="give the path of a YAML file")
    document = load(path)
    document.mapping()
    setting = checked(document, Setting, ())
    if set(setting.replies) != set(REPLIES):
        raise document.error(
            "replies must name refuse, narrow and open", "replies", hint="write {refuse: ..., narrow: ..., open: ...}"
        )
    if set(setting.motives) != set(MOTIVES):
        raise document.error(
            f"motives must name {', '.join(MOTIVES)}", "motives", hint="keep all four; a prior near 0 silences one"
        )
    for name, event in setting.events.items():
        for reply in REPLIES:
            chance = event.likelihood.get(reply)  # type: ignore[call-overload]
            if chance is None or not 0 <= chance <= 1:
                raise document.error(
                    f"the chance of {name} under {reply} is {chance}", "events", name, "likelihood", hint="give 0 to 1"
                )
        if not any(event.likelihood.values()):
            raise document.error(
                f"{name} is impossible under every reply", "events", name, "likelihood", hint="give one a chance"
            )
    return setting


def check_priors(priors: Mapping[str, float]) -> dict[str, float]:
    """Return prior probabilities set by a reader; checked.

    InputError for an unknown name, and for anything not strictly between 0 and 1: certainty never moves.
    """
    known = (*CAPABILITIES, "hidden_chip")
    for name, value in priors.items():
        if name not in known:
            raise InputError(f"no capability named {name!r}", where="--prior", hint=did_you_mean(name, known))
        if not (math.isfinite(value) and 0.0 < value < 1.0):
            raise InputError(
                f"the prior of {name} is {value:g}",
                where="--prior",
                hint="give a number strictly between 0 and 1: certainty never moves",
            )
    return dict(priors)
