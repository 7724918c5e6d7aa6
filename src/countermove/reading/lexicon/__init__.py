"""The word lists of the reader, loaded once: speech, units and names. Lists are YAML; each word stands once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from countermove.evidence.strict_yaml import load


@cache
def words(name: str) -> dict[str, Any]:
    """Return the word list `speech`, `units` or `names` as written."""
    found = load(Path(__file__).parent / f"{name}.yaml").mapping()
    return {key: value for key, value in found.items() if key != "schema"}


@cache
def word_set(name: str, key: str) -> frozenset[str]:
    """Return one list of words as a set."""
    return frozenset(words(name)[key])
