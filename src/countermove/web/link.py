"""Reading a link: the part after the hash, version 1, as the front end writes it. What is not understood is refused."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import BaseModel

from countermove.errors import InputError, did_you_mean
from countermove.experiments.presets import aliases, canonical_name
from countermove.web.listing import LARGE, SMALL
from countermove.web.reading import checked
from countermove.web.schema import By, Side, Strict

VERSION: Final = "v1"
KEYS: Final = ("p", "f", "l.LEVER", "s.PARAMETER", "big", "small", "by", "y", "seed", "view", "item")
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_STEP = re.compile(r"(20\d\d-\d\d):(.+)")


class Shown(Strict):
    """What a link says is on screen."""

    a: Side
    b: Side
    large: list[str]
    small: list[str]
    by: By
    year: int
    seed: int

    @property
    def outcomes(self) -> list[str]:
        """The outcomes charted, each once."""
        return list(dict.fromkeys((*self.large, *self.small)))


def read_link(text: str) -> Shown:
    """Return what a link shows; InputError for another version, an unknown key, or a value that does not fit."""
    body = text.removeprefix("#")
    version, _, rest = body.partition("&")
    if version not in ("", VERSION, f"{VERSION}="):
        raise InputError(f"a link of version {version[:20]!r}", where="link", hint=f"this version reads {VERSION}")
    shown: dict[str, Any] = {"large": list(LARGE), "small": list(SMALL), "by": "quarter", "year": 2028, "seed": 2026}
    sides: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
    for key, value in parse_qsl(rest, keep_blank_values=True):
        if not _take(shown, sides, key, value):
            raise InputError(f"{key[:60]!r} is no part of a link", where="link", hint=did_you_mean(key, KEYS))
    return _checked(shown | {name: _model(side) for name, side in sides.items()}, Shown)


def _checked(data: dict[str, Any], model: type[Shown]) -> Shown:
    return checked(data, model, where="link")


def _model(side: dict[str, Any]) -> BaseModel:
    return checked(side, Side, where="link")


def _take(shown: dict[str, Any], sides: dict[str, dict[str, Any]], key: str, value: str) -> bool:
    """Put one key of a link in its place; tell whether it has one."""
    if key in ("view", "item"):
        return True
    if key in ("big", "small"):
        shown["large" if key == "big" else "small"] = value.split(",")
        return True
    if key in ("y", "seed"):
        if not value.isdecimal():
            raise InputError(f"{value[:40]!r} is no whole number", where=f"link ({key})")
        shown["year" if key == "y" else "seed"] = int(value)
        return True
    if key == "by":
        shown["by"] = value
        return True
    if _take_side(sides["a"], key, value):
        return True
    return key.startswith("b") and _take_side(sides["b"], key[1:], value)


def _take_side(side: dict[str, Any], key: str, value: str) -> bool:
    renamed = aliases().paths
    if key == "p":
        side["preset"] = canonical_name(value.replace(" ", "+"))
    elif key == "f":
        side["start"] = value
    elif key.startswith("l."):
        path = renamed.get(f"levers.{key[2:]}", key[2:]).removeprefix("levers.")
        side.setdefault("levers", {})[path] = _setting(value)
    elif key.startswith("s."):
        path = f"parameters/{key[2:]}"
        side.setdefault("assumptions", {})[renamed.get(path, path)] = _range(value)
    else:
        return False
    return True


def _scalar(text: str) -> float | str:
    return float(text) if _NUMBER.fullmatch(text) else text


def _setting(text: str) -> Any:
    """Return a value, or the steps of `2026-11:0.1,2028-01:0`."""
    if not _STEP.match(text):
        return _scalar(text)
    steps = [_STEP.fullmatch(step) for step in text.split(",")]
    return {step[1]: _scalar(step[2]) for step in steps if step is not None}


def _range(text: str) -> Any:
    low, tilde, high = text.partition("~")
    return {"low": _scalar(low), "high": _scalar(high)} if tilde else _scalar(low)
