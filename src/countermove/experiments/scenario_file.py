"""The scenario file: its schema, and reading one into a checked specification.

A file may leave out almost everything; what it leaves out comes from the preset it extends. Every mistake is an InputError that
names the file, the line, what was found and the nearest valid name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from countermove.errors import InputError, did_you_mean
from countermove.evidence.strict_yaml import described, load
from countermove.experiments import schedules
from countermove.experiments.schedules import Value, Where
from countermove.quantities.calendar import END, month_index

SCHEMA = 1
DEFAULT_START = "2026-01"
"""Start month when neither a scenario nor what it extends says otherwise: the month of the January 2026 rule."""


class Range(BaseModel):
    """A replaced prior: uniform between two bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    low: float
    high: float


Override = float | Range
"""A pinned value, or a replaced prior."""


class ScenarioFile(BaseModel):
    """The keys of a scenario file. Months are written 2026-02; shares are fractions."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: Literal[1] = Field(alias="schema", description="version of this format: 1")
    id: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]*$", description="kebab-case name")
    label: str | None = Field(default=None, description="one line for a table")
    description: str | None = Field(default=None, description="what the scenario assumes, in a few sentences")
    extends: str | None = Field(default=None, description="preset that this one starts from, with suffixes: h200-rule+necessity")
    start: str | None = Field(default=None, description="month from which it may differ from history")
    horizon: str | None = Field(default=None, description="last month reported")
    hazards: bool | None = Field(default=None, description="whether gates that no lever pins may open and close by themselves")
    levers: dict[str, Any] = Field(default_factory=dict, description="lever -> value, dated schedule, or parts")
    set_: dict[str, float | Range] = Field(default_factory=dict, alias="set", description="path -> value or {low, high}")
    anchors: tuple[str, ...] = Field(default=(), description="sources that the settings rest on")
    whatif: str | None = Field(default=None, description="a proposed rule: the path of its YAML file, or its text")


@dataclass(frozen=True)
class Draft:
    """One checked scenario file, before what it extends is known: its keys, and where each of them stands."""

    name: str
    origin: str
    file: ScenarioFile
    where: Where
    """`where("levers", "washington.duty")` -> "file.yaml:12 (levers.washington.duty)", for errors found later."""

    def levers(self, start: str) -> dict[str, dict[str, dict[str, Value]]]:
        """Return the file's levers as schedules (lever -> part -> month -> value), plain values dated `start`.

        Raises InputError for a malformed schedule, a lever written twice, and a start that is not before the horizon.
        """
        last = self.file.horizon or END
        if month_index(start, where=self.where("start")) >= month_index(last, where=self.where("horizon")):
            raise InputError(
                f"the start {start} is not before the horizon {last}", where=self.where("start"), hint="move one of them"
            )
        levers: dict[str, dict[str, dict[str, Value]]] = {}
        for written, setting in self.file.levers.items():
            lever = written.removeprefix("levers.")
            if lever in levers:
                raise InputError(f"{lever} is set twice", where=self.where("levers", written), hint="keep one")
            levers[lever] = schedules.parse_lever(setting, start=start, where=partial(self.where, "levers", written))
        return levers

    def place_of(self, lever: str) -> str:
        """Return where the file sets a lever, with or without the `levers.` prefix; the file itself for other levers."""
        written = next((name for name in (lever, f"levers.{lever}") if name in self.file.levers), None)
        return self.origin if written is None else self.where("levers", written)


def read_scenario_file(path: Path) -> Draft:
    """Return the draft in a YAML file; InputError with file, line and the nearest valid key when it is malformed."""
    document = load(path)
    return draft(document.data, name=path.stem, origin=str(path), where=document.where)


def draft(body: Any, *, name: str, origin: str, where: Where) -> Draft:
    """Return the checked draft of a scenario's body; `where(*keys)` names the place of a key."""
    if not isinstance(body, Mapping):
        raise InputError(
            f"{described(body)} where a scenario is expected",
            where=where(),
            hint="start the file with `schema: 1`, then `levers:`",
        )
    _check_schema(body, where)
    file = _validate(body, where)
    if file.start is not None:
        month_index(file.start, where=where("start"))
    return Draft(name=file.id or name, origin=origin, file=file, where=where)


def _check_schema(body: Mapping[str, Any], where: Where) -> None:
    """Check the format's version first: with another version, every other message would mislead."""
    if "schema" not in body:
        raise InputError("`schema` is missing", where=where(), hint=f"add the line `schema: {SCHEMA}`")
    if body["schema"] != SCHEMA or isinstance(body["schema"], bool):
        raise InputError(
            f"schema {body['schema']!r} is unknown", where=where("schema"), hint=f"this version reads schema: {SCHEMA}"
        )


def _validate(body: Mapping[str, Any], where: Where) -> ScenarioFile:
    try:
        return ScenarioFile.model_validate(dict(body))
    except ValidationError as error:
        raise _input_error(error, where) from None


def _input_error(error: ValidationError, where: Where) -> InputError:
    """Turn pydantic's most telling complaint into one about the file: the place, what was found, what was expected."""
    # A value that fits no branch of a union gives one complaint per branch; a misspelt key says most.
    problems = error.errors(include_url=False)
    problem = next((found for found in problems if found["type"] == "extra_forbidden"), problems[0])
    # Pydantic adds the branch of a union ("float", "Range") to the place; only keys that the file has are wanted.
    keys = [key for key in problem["loc"] if key not in ("float", "Range")]
    if problem["type"] == "extra_forbidden":
        key = str(keys[-1])
        known = ["low", "high"] if len(keys) > 1 else [field.alias or name for name, field in ScenarioFile.model_fields.items()]
        return InputError(f"unknown key {key!r}", where=where(*keys), hint=did_you_mean(key, known))
    found = problem.get("input")
    if isinstance(found, str) and found.strip().endswith("%"):
        try:
            schedules.scalar(found, where=where(*keys))
        except InputError as percentage:
            return percentage
    return InputError(f"{described(found)} where {_expected(keys)} is expected", where=where(*keys), hint=problem["msg"].lower())


def _expected(keys: list[Any]) -> str:
    words = {
        "id": "a kebab-case name",
        "levers": "a mapping from levers to values",
        "set": "a number or {low, high}",
        "hazards": "true or false",
        "anchors": "a list of source ids",
    }
    return words.get(str(keys[0]), "a line of text") if keys else "a scenario"
