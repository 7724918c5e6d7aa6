"""Versions of serving engines: ``vllm@0.11``, the month it came out in, and whether a port still launched kernels one by one."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, NamedTuple

from countermove.errors import InputError
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top
from countermove.evidence.strict_yaml import load
from countermove.hardware.serving.rows import engine_name

FILE: Final = "engines.yaml"


class Software(NamedTuple):
    """An engine, the version given (empty: current), and the month it came out in, 2025-01 = 0 (None where not given)."""

    engine: str
    version: str
    month: float | None


def software(text: str) -> Software:
    """Return the engine and version in ``NAME`` or ``NAME@VERSION``; InputError for an unknown engine or version."""
    name, _, version = text.partition("@")
    engine = engine_name(name)
    if "@" not in text:
        return Software(engine, "", None)
    if _number(version) is None:
        raise InputError(f"unreadable version '{version}'", where="--software", hint=f"such as {engine}@{newest(engine)}")
    return Software(engine, version.lstrip("v"), released(engine, version))


def released(engine: str, version: str) -> float:
    """Return the month of the newest listed version that is not newer than ``version``; of the oldest for still older ones."""
    asked = _number(version) or ()
    listed = sorted(((_number(name) or (), month) for name, month in _months()[engine].items()))
    return next((month for number, month in reversed(listed) if number <= asked), listed[0][1])


def newest(engine: str) -> str:
    """Return the newest listed version of an engine."""
    return max(_months()[engine], key=lambda name: _number(name) or ())


def launches_singly(stack: str, engine: str, version: str) -> bool:
    """Return whether this version of the engine's port to a stack is known to run without captured graphs."""
    since = _graphs().get(stack, {}).get(engine)
    return bool(version) and since is not None and (_number(version) or ()) < (_number(since) or ())


@cache
def _months() -> dict[str, dict[str, float]]:
    document = _document()
    return {
        str(engine): {str(name): float(entry["month"]) for name, entry in document.mapping("engines", engine).items()}
        for engine in document.mapping("engines")
    }


@cache
def _graphs() -> dict[str, dict[str, str]]:
    document = _document()
    return {
        str(stack): {str(key): str(value) for key, value in document.mapping("graphs", stack).items()}
        for stack in document.mapping("graphs")
    }


@cache
def _document() -> Any:
    document = load(DATA / "hardware" / FILE)
    check_top(document, ("engines", "graphs"))
    return document


def _number(version: str) -> tuple[int, ...] | None:
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", version)
    return None if found is None else tuple(int(part) for part in found.groups(default="0"))
