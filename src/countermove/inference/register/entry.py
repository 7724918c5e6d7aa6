"""An entry of the register: what a model said on one day about periods of which it knew no value."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from countermove.errors import DataError, InputError
from countermove.evidence.data_tree import DATA
from countermove.storage.checksums import LIST, digest, list_of, read_list
from countermove.storage.whole import write_whole

FOLDER = DATA / "register"
LEVELS: tuple[float, ...] = (0.005, 0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99, 0.995)
"""Levels whose quantiles an entry keeps, so that whole ranges can be scored from the file alone."""
NAMED: Mapping[str, float] = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}

_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Prediction(_Frozen):
    """One series and period: quantiles at `LEVELS`, in the unit of the series."""

    series: str
    period: str
    unit: str
    quantiles: tuple[float, ...] = Field(min_length=len(LEVELS), max_length=len(LEVELS))

    @model_validator(mode="after")
    def _ordered(self) -> Prediction:
        if list(self.quantiles) != sorted(self.quantiles):
            raise ValueError(f"{self.series} {self.period}: quantiles must not decrease")
        return self

    def at(self, level: float) -> float:
        """The quantile at one of `LEVELS`."""
        return self.quantiles[LEVELS.index(level)]


class Known(_Frozen):
    """Values of a published series that were known on the day: what the fixed reference predicts from."""

    source: str
    periods: tuple[str, ...]
    values: tuple[float, ...]


class Conditions(_Frozen):
    """What a prediction takes as given."""

    scenario: str
    market_series_to: str
    policy_to: str
    fitted: bool
    draws: int
    seed: int
    note: str = ""


class Entry(_Frozen):
    """Predictions made on one day by one model; `known` by series and frequency, such as "cambricon_revenue_cny_bn quarter"."""

    schema_: int = Field(alias="schema", default=1)
    name: str
    made_on: dt.date
    model: str
    data_hash: str
    model_hash: str
    conditions: Conditions
    supersedes: str | None = None
    left_out: Mapping[str, str] = Field(default_factory=dict)
    predictions: tuple[Prediction, ...] = Field(min_length=1)
    known: Mapping[str, Known] = Field(default_factory=dict)


def frequency(period: str) -> str:
    """Year, half, quarter or month."""
    return "year" if len(period) == len("2026") else {"Q": "quarter", "H": "half"}.get(period[4], "month")


def read_register(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """All entries, oldest first. Raises DataError for a file that is damaged, or whose name is not that of its entry."""
    entries = []
    listed = read_list(folder)
    for path in sorted(folder.glob("*.json")):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        if listed.get(path.name) != digest(content):
            what = "its checksum is not the one that it was written with: an entry is never rewritten"
            raise DataError(what, where=f"register/{path.name}", hint="restore the file")
        try:
            entry = Entry.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DataError(f"{place}: {first['msg']}", where=f"register/{path.name}", hint="restore the file") from None
        if entry.name != path.stem:
            raise DataError(f"it names itself {entry.name}", where=f"register/{path.name}", hint="restore the file")
        entries.append(entry)
    return tuple(sorted(entries, key=lambda entry: (entry.made_on, entry.name)))


def add(entry: Entry, folder: Path = FOLDER) -> Path:
    """Write a new entry whole. Raises InputError for a name that is taken or no name, or one that supersedes an unknown entry."""
    if not _NAME.fullmatch(entry.name) or not entry.name.startswith(entry.made_on.isoformat()):
        hint = f"begin with the day and go on in small letters: {entry.made_on}-market-1"
        raise InputError(f"{entry.name!r} is no name of an entry", where="forecasts", hint=hint)
    path = folder / f"{entry.name}.json"
    if path.exists():
        hint = "an entry is never rewritten: give another name, with supersedes where it replaces this one"
        raise InputError("an entry of that name exists", where=f"register/{path.name}", hint=hint)
    if entry.supersedes is not None and not (folder / f"{entry.supersedes}.json").is_file():
        raise InputError(f"no entry named {entry.supersedes!r}", where="forecasts", hint="supersede an entry of the register")
    folder.mkdir(parents=True, exist_ok=True)
    listed = read_list(folder)
    body = json.dumps(entry.model_dump(mode="json", by_alias=True), allow_nan=False, separators=(",", ":"))
    content = (body.replace('{"series"', '\n{"series"') + "\n").encode()
    write_whole(path, content)
    write_whole(folder / LIST, list_of({**listed, path.name: digest(content)}))
    return path


def hashes(folder: Path = FOLDER) -> dict[str, str]:
    """SHA-256 of every file of the register by name; line ends count as one character."""
    return {path.stem: digest(path.read_bytes().replace(b"\r\n", b"\n")) for path in sorted(folder.glob("*.json"))}
