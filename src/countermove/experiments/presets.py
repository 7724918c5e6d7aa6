"""Presets: the scenario files that ship with the package, their suffixes, and the names they used to have.

`h200-rule+necessity` is the preset `h200-rule` followed by the suffix `necessity`. Suffixes set Beijing's side only; two
suffixes that set the same part of a lever contradict each other and are refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from countermove.errors import DataError, InputError, did_you_mean
from countermove.experiments.scenario_file import Draft, read_scenario_file

SEPARATOR = "+"
ALIASES = "aliases.yaml"


class Aliases(BaseModel):
    """Old name -> name now, for presets, suffixes, and the paths of levers, parameters and constants."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema")
    presets: dict[str, str] = {}
    suffixes: dict[str, str] = {}
    paths: dict[str, str] = {}


def preset_folder() -> Path:
    """Return the folder of the shipped presets."""
    from countermove.evidence.data_tree import DATA

    return Path(str(DATA)) / "presets"


@cache
def preset_files() -> dict[str, Path]:
    """Return id -> file of every preset; the id is the file's name."""
    return {path.stem: path for path in sorted(preset_folder().glob("*.yaml")) if path.name != ALIASES}


@cache
def suffix_files() -> dict[str, Path]:
    """Return id -> file of every suffix, without the plus sign."""
    return {path.stem: path for path in sorted((preset_folder() / "suffixes").glob("*.yaml"))}


@cache
def aliases() -> Aliases:
    """Return the renamed ids; DataError when the table is malformed."""
    from countermove.evidence.strict_yaml import load

    path = preset_folder() / ALIASES
    try:
        return Aliases.model_validate(load(path).data)
    except ValidationError as error:
        raise DataError(str(error.errors(include_url=False)[0]["msg"]), where=ALIASES, hint="old name: new name") from None


def read_combination(name: str, *, where: str = "") -> list[Draft]:
    """Return the drafts of a name such as `open-h200+open+70bn`: the preset first, then its suffixes in the order written.

    Raises InputError for an unknown preset or suffix (with the nearest name), one given twice, and contradicting suffixes.
    """
    first, *rest = name.split(SEPARATOR)
    suffixes = [_read(suffix, suffix_files(), aliases().suffixes, "suffix", where=where or name) for suffix in rest]
    drafts = [read_preset(first, where=where or name), *suffixes]
    _refuse_contradictions(drafts[1:], where=where or name)
    return drafts


def read_preset(name: str, *, where: str = "") -> Draft:
    """Return the draft of one preset by its id or a former id."""
    if not name:
        raise InputError("no scenario is named", where=where, hint=f"one of: {', '.join(preset_files())}")
    return _read(name, preset_files(), aliases().presets, "preset", where=where or name)


def canonical_name(name: str) -> str:
    """Return a combination's name with former ids replaced by today's."""
    first, *rest = name.split(SEPARATOR)
    return SEPARATOR.join([aliases().presets.get(first, first), *(aliases().suffixes.get(suffix, suffix) for suffix in rest)])


def _read(name: str, files: dict[str, Path], renamed: dict[str, str], kind: str, *, where: str) -> Draft:
    found = files.get(renamed.get(name, name))
    if found is None:
        hint = did_you_mean(name, [*files, *renamed])
        raise InputError(
            f"no {kind} named {name!r}",
            where=where,
            hint=f"{hint} (or give the path of a scenario file)" if kind == "preset" else hint,
        )
    return read_scenario_file(found)


def _refuse_contradictions(drafts: Iterable[Draft], *, where: str) -> None:
    """Refuse a suffix given twice and two suffixes that set the same part of a lever."""
    setters: dict[tuple[str, str], str] = {}
    names: set[str] = set()
    for suffix in drafts:
        if suffix.name in names:
            raise InputError(f"+{suffix.name} is given twice", where=where, hint="keep one")
        names.add(suffix.name)
        for lever, parts in suffix.levers(suffix.file.start or "2026-01").items():
            for part in parts:
                other = setters.setdefault((lever, part), suffix.name)
                if other != suffix.name:
                    raise InputError(f"+{other} and +{suffix.name} both set {lever}", where=where, hint="keep one of them")
