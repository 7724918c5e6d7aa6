"""Countermove: a sourced simulator of the contest over AI chips between two governments.

    import countermove

    result = countermove.load("h200-2026").with_levers({"washington.duty": 0.1}).run(draws=1000)
    result.quantiles()["h200_china_units"]

Everything that `countermove.api` offers is reachable here; nothing heavy is imported before it is used.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Fetch a name of `countermove.api` when it is first used."""
    if name.startswith("_"):
        raise AttributeError(name)
    from importlib import import_module

    api = import_module("countermove.api")
    if name in api.__all__:
        return getattr(api, name)
    try:
        return import_module(f"countermove.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"countermove.{name}":
            raise
    from countermove.errors import did_you_mean

    raise AttributeError(f"countermove has no {name!r}; {did_you_mean(name, api.__all__)}")


def __dir__() -> list[str]:
    """List what the package offers."""
    from importlib import import_module

    return sorted([*globals(), *import_module("countermove.api").__all__])
