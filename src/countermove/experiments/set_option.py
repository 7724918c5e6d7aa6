"""The `--set path=value` option: any lever, parameter or top-level key of a scenario, from the command line.

Paths are `levers.washington.duty`, `levers.beijing.import_gate.ceiling` (a part), `parameters/supply.hbm_imports`, or one of
`start`, `horizon`, `hazards`. Values are YAML: `0.1`, `training`, `{2026-02: 0.5, 2027-01: 0}`, `{low: 1, high: 2}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from countermove.errors import InputError, did_you_mean, nearest, shortened
from countermove.experiments.schedules import MAIN

TOP_LEVEL = ("start", "horizon", "hazards")
GOVERNMENTS = ("washington", "beijing")
EXAMPLE = "for example --set levers.washington.duty=0.1"


def parse_sets(options: Sequence[str]) -> dict[str, Any]:
    """Return the options as the body of a scenario file: `levers`, `set` and top-level keys.

    Raises InputError for a missing `=`, a malformed value, an unknown kind of path, and a path given twice.
    """
    body: dict[str, Any] = {}
    seen: set[str] = set()
    for option in options:
        path, separator, text = option.partition("=")
        path, where = path.strip(), f"--set {shortened(path.strip())}"
        if not separator or not path or not text.strip():
            raise InputError(f"expected path=value, found '{shortened(option)}'", where="--set", hint=EXAMPLE)
        if path in seen:
            raise InputError(f"{path} is set twice", where=where, hint="keep one")
        seen.add(path)
        _place(body, path, parse_value(text, where=where), where=where)
    return body


def parse_value(text: str, *, where: str) -> Any:
    """Return the YAML value of a text: a number, a word, a list, or a mapping whose keys stay text."""
    from countermove.evidence.strict_yaml import loads

    try:
        return loads(text, where).data
    except InputError as error:
        hint = "write 0.5, a word, or {2026-02: 0.5, 2027-01: 0}"
        raise InputError(f"cannot read the value '{shortened(text)}': {error.what}", where=where, hint=hint) from None


def place_of_set(options: Sequence[str]) -> Callable[..., str]:
    """Return the `where(*keys)` of a body made by `parse_sets`: the option that set a key."""

    def where(*keys: Any) -> str:
        wanted = str(keys[1]) if len(keys) > 1 else str(keys[0]) if keys else ""
        for option in options:
            path = option.partition("=")[0].strip().removeprefix("levers.")
            if path == wanted or path.startswith(f"{wanted}."):
                return f"--set {shortened(option.partition('=')[0].strip())}"
        return "--set"

    return where


def _place(body: dict[str, Any], path: str, value: Any, *, where: str) -> None:
    """Put one value at its place in the body."""
    if path in TOP_LEVEL:
        body[path] = value
        return
    if "/" in path:
        body.setdefault("set", {})[path] = value
        return
    words = path.removeprefix("levers.").split(".")
    if words[0] not in GOVERNMENTS:
        raise InputError(f"no such path {path!r}", where=where, hint=_nearest_path(path))
    if not 2 <= len(words) <= 3:
        raise InputError(f"{path!r} names no lever", where=where, hint=EXAMPLE)
    lever = ".".join(words[:2])
    levers = body.setdefault("levers", {})
    added = value if len(words) == 2 else {words[2]: value}
    # A lever and its parts may be set by separate options, in any order; a plain value joins the parts as `value`.
    levers[lever] = {**_parts(levers[lever]), **_parts(added)} if lever in levers else added


def _parts(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping) and not any(str(key)[:1].isdigit() for key in value):
        return value
    return {MAIN: value}


def _nearest_path(path: str) -> str:
    """Return a hint for a path of no known kind: the nearest lever, parameter or key, else the forms that paths have."""
    from countermove.evidence.ledger import load_parameters
    from countermove.policy.lever_definitions import load_levers

    known = [*TOP_LEVEL, *(f"levers.{lever}" for lever in load_levers()), *(f"parameters/{name}" for name in load_parameters())]
    return (
        did_you_mean(path, known) if nearest(path, known) else f"paths are levers.GOVERNMENT.LEVER or parameters/NAME; {EXAMPLE}"
    )
