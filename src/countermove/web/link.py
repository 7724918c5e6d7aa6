"""Reading a link: the part after the hash, version 1, as the front end writes it. What does not fit is refused, whole.

    link     = "" | "v1" { "&" part }                    an empty part says nothing; no key twice, former names included
    part     = key "=" value                             percent-encoded UTF-8, a plus sign for a space
    p, bp    = preset { "+" suffix }                     b: the second scenario, which is the dashed baseline
    f, bf    = month                                     2022-01 to 2032-12
    l., bl.  = LEVER[.PART] "=" ( scalar | step { "," step } )
    step     = month ":" scalar                          no month twice
    scalar   = number | word                             finite numbers in decimal digits
    s., bs.  = PARAMETER "=" number [ "~" number ]       low before high
    big      = 2 outcomes, small = 6 outcomes            separated by commas
    by = month | quarter | year     y = 2022 to 2032     seed = 0 to 2^53     view = one of VIEWS     item = text

`frontend/src/lib/read_link.ts` reads the same grammar; `frontend/tests/links.json` and `links_refused.json` hold both to it.
Whether a name exists, and a value lies in its range, is decided where scenarios are read.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final
from urllib.parse import unquote

from countermove.errors import InputError, did_you_mean
from countermove.experiments.presets import aliases, canonical_name
from countermove.quantities.calendar import END, FIRST_YEAR, LAST_YEAR, START
from countermove.web.listing import LARGE, SMALL
from countermove.web.reading import checked
from countermove.web.schema import By, Seed, Side, Strict, Year

VERSION: Final = "v1"
KEYS: Final = ("p", "f", "l.LEVER", "s.PARAMETER", "big", "small", "by", "y", "seed", "view", "item")
VIEWS: Final = (
    "simulator",
    "compare",
    "game",
    "refusal",
    "gates",
    "substitute",
    "case",
    "read",
    "assumptions",
    "sources",
    "validation",
)
PERIODS: Final = ("month", "quarter", "year")
CHARTS: Final = {"big": ("large", 2), "small": ("small", 6)}
MOST_ITEM: Final = 300
MOST_PRESET: Final = 120
MOST_SEED: Final = 2**53
QUOTED: Final = 40
"""Characters of what was found that a message repeats."""

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*([ ,]+[A-Za-z0-9][A-Za-z0-9_.-]*)*")
_MONTH = re.compile(r"20[0-9][0-9]-(0[1-9]|1[0-2])")
_PRESET = re.compile(r"[a-z0-9-]+(\+[a-z0-9-]+)*")
_LEVER = re.compile(r"(washington|beijing)\.[a-z0-9_]+(\.[a-z0-9_]+)?")
_PARAMETER = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_OUTCOME = re.compile(r"[a-z0-9_]+")
_WHOLE = re.compile(r"[0-9]{1,16}")
_YEAR = re.compile(r"[0-9]{4}")


class Shown(Strict):
    """What a link says is on screen."""

    a: Side
    b: Side
    large: list[str]
    small: list[str]
    by: By
    year: Year
    seed: Seed

    @property
    def outcomes(self) -> list[str]:
        """The outcomes charted, each once."""
        return list(dict.fromkeys((*self.large, *self.small)))


class _Refused(Exception):
    """A value does not fit its key."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


def read_link(text: str) -> Shown:
    """Return what a link shows; InputError, naming the part, for anything that the grammar does not hold."""
    version, _, rest = text.removeprefix("#").partition("&")
    if (version or rest) and version not in (VERSION, f"{VERSION}="):
        raise InputError(f"a link of version {_quoted(version)}", where="link", hint=f"this version reads {VERSION}")
    shown: dict[str, Any] = {"large": list(LARGE), "small": list(SMALL), "by": "quarter", "year": 2028, "seed": 2026}
    sides: dict[str, dict[str, Any]] = {"": {}, "b": {}}
    taken: set[str] = set()
    for part in filter(None, rest.split("&")):
        key, _, value = part.partition("=")
        try:
            key = _decoded(key)
            name = _take(shown, sides, key, _decoded(value))
            if name in taken:
                raise _Refused("it is given twice", "keep one")
        except _Refused as error:
            raise InputError(error.what, where=f"link ({key[:80]})", hint=error.hint) from None
        taken.add(name)
    a, b = (checked(side, Side, where="link") for side in sides.values())
    return checked(shown | {"a": a, "b": b}, Shown, where="link")


def _quoted(text: str) -> str:
    return f"'{text[:QUOTED]}'"


def _decoded(text: str) -> str:
    """Return percent-encoded text."""
    try:
        if _BROKEN.search(text):
            raise ValueError
        return unquote(text.replace("+", " "), errors="strict")
    except ValueError:
        raise _Refused(f"{_quoted(text)} is no percent-encoded text", "write a percent sign as %25") from None


def _take(shown: dict[str, Any], sides: dict[str, dict[str, Any]], key: str, value: str) -> str:
    """Put one part of a link in its place, and return the key by which no other part may be known."""
    read = _KEYS.get(key)
    mark = "b" if key.startswith("b") else ""
    name = key.removeprefix(mark)
    if read is None and name not in ("p", "f") and not name.startswith(("l.", "s.")):
        raise _Refused(f"{_quoted(key)} is no part of a link", did_you_mean(key, KEYS) or f"one of: {', '.join(KEYS)}")
    if value == "":
        raise _Refused("it holds nothing", "give a value, or leave the part out")
    if read is None:
        return mark + _take_side(sides[mark], name, value)
    shown |= read(value)
    return key


def _take_side(side: dict[str, Any], key: str, value: str) -> str:
    renamed = aliases().paths
    path = key[2:]
    if key == "p":
        side["preset"] = _preset(value)
    elif key == "f":
        side["start"] = _month(value)
    elif key.startswith("l."):
        if not _LEVER.fullmatch(path):
            raise _Refused(f"{_quoted(path)} is no lever", "write l.washington.duty, or with a part l.beijing.import_gate.mode")
        # The value of a lever is the lever itself, so that the two cannot contradict each other.
        path = renamed.get(f"levers.{path}", path).removeprefix("levers.").removesuffix(".value")
        side.setdefault("levers", {})[path] = _setting(value)
        return f"l.{path}"
    else:
        if not _PARAMETER.fullmatch(path):
            raise _Refused(f"{_quoted(path)} is no parameter", "write s.demand.price_elasticity")
        path = renamed.get(f"parameters/{path}", f"parameters/{path}")
        side.setdefault("assumptions", {})[path] = _range(value)
        return f"s.{path}"
    return key


def _preset(text: str) -> str:
    name = text.replace(" ", "+")
    if not _PRESET.fullmatch(name) or len(name) > MOST_PRESET:
        raise _Refused(f"{_quoted(text)} is no name of a scenario", "write a preset and its suffixes: h200-rule%2Bban")
    return canonical_name(name)


def _month(text: str) -> str:
    if not _MONTH.fullmatch(text) or not START <= text <= END:
        raise _Refused(f"{_quoted(text)} is no month of the clock", f"write {START} to {END}")
    return text


def _scalar(text: str) -> float | str | None:
    """Return a finite number or a word, None for anything else."""
    if _NUMBER.fullmatch(text):
        return float(text) if math.isfinite(float(text)) else None
    return text if _WORD.fullmatch(text) else None


def _setting(text: str) -> float | str | dict[str, float | str]:
    """Return a value, or the steps of `2026-11:0.1,2028-01:0`."""
    hint = "write a number, a word, or steps such as 2026-11:0.1,2028-01:0"
    if ":" not in text:
        value = _scalar(text)
        if value is None:
            raise _Refused(f"{_quoted(text)} is no value of a lever", hint)
        return value
    steps: dict[str, float | str] = {}
    for step in text.split(","):
        month, _, written = step.partition(":")
        value = _scalar(written)
        if value is None:
            raise _Refused(f"{_quoted(step)} is no step of a schedule", hint)
        if _month(month) in steps:
            raise _Refused(f"{_quoted(month)} is given twice", "keep one")
        steps[month] = value
    return steps


def _range(text: str) -> float | dict[str, float]:
    ends = [_scalar(end) for end in text.split("~")]
    numbers = [end for end in ends if isinstance(end, float)]
    if len(numbers) < len(ends) or len(ends) > 2:
        raise _Refused(f"{_quoted(text)} is no number and no range", "write 12 or 0.5~0.9")
    if len(numbers) == 1:
        return numbers[0]
    if not numbers[0] < numbers[1]:
        raise _Refused(f"{_quoted(text)} does not rise", "write the low end first, or one number")
    return {"low": numbers[0], "high": numbers[1]}


def _charts(key: str, value: str) -> dict[str, Any]:
    name, count = CHARTS[key]
    ids = value.split(",")
    if len(ids) != count or not all(_OUTCOME.fullmatch(one) for one in ids):
        raise _Refused(f"{_quoted(value)} does not name {count} outcomes", f"name {count} outcomes, separated by commas")
    return {name: ids}


def _by(value: str) -> dict[str, Any]:
    if value not in PERIODS:
        raise _Refused(f"{_quoted(value)} is no length of periods", f"one of: {', '.join(PERIODS)}")
    return {"by": value}


def _year(value: str) -> dict[str, Any]:
    if not _YEAR.fullmatch(value) or not FIRST_YEAR <= int(value) <= LAST_YEAR:
        raise _Refused(f"{_quoted(value)} is no year of the clock", f"write {FIRST_YEAR} to {LAST_YEAR}")
    return {"year": int(value)}


def _seed(value: str) -> dict[str, Any]:
    if not _WHOLE.fullmatch(value) or int(value) > MOST_SEED:
        raise _Refused(f"{_quoted(value)} is no seed", f"write a whole number from 0 to {MOST_SEED}")
    return {"seed": int(value)}


def _view(value: str) -> dict[str, Any]:
    if value not in VIEWS:
        raise _Refused(f"{_quoted(value)} is no view", f"one of: {', '.join(VIEWS)}")
    return {}


def _item(value: str) -> dict[str, Any]:
    if len(value) > MOST_ITEM:
        raise _Refused(f"it is longer than {MOST_ITEM} characters", "shorten it")
    return {}


_KEYS: Final = {
    "big": lambda value: _charts("big", value),
    "small": lambda value: _charts("small", value),
    "by": _by,
    "y": _year,
    "seed": _seed,
    "view": _view,
    "item": _item,
}
