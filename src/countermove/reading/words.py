"""Words of a text as stems for comparison: small letters, without endings and without words that say nothing."""

from __future__ import annotations

import re
from functools import cache

from countermove.reading.lexicon import words

_EMPTY = frozenset(words("alike")["empty"])


@cache
def _alike() -> dict[str, str]:
    return {word: stem for stem, listed in words("alike")["alike"].items() for word in listed}


@cache
def stem(word: str) -> str:
    """Return a word's stem."""
    word = word.lower().strip("'’-")
    if word in _alike():
        return _alike()[word]
    short = re.sub(r"(?:'s|’s)$", "", word)
    for ending in ("ations", "ation", "ings", "ing", "ments", "ment", "ies", "ed", "es", "s"):
        if short.endswith(ending) and len(short) - len(ending) >= 4:
            short = short[: -len(ending)]
            break
    return _alike().get(short, short)


def stems(text: str) -> set[str]:
    """Return the stems of a text's words that say something; numbers are left out, model names stay."""
    found = re.findall(r"[A-Za-z][\w&'’-]*|\d{3}[A-Z]+", text)
    return {
        stem(part) for word in found for part in re.split(r"[-]", word.lower()) if part not in _EMPTY and len(part) > 1
    } - _EMPTY
