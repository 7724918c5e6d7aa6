"""The errors a person may see, and the "did you mean" that goes with a wrong name.

Every message says what is wrong, where, and what to do; the command line prints ``str(error)`` and exits with code 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: Longest list of valid names spelled out in a hint; a longer one is cut and counted.
NAMES_SHOWN = 12


class CountermoveError(Exception):
    """Base of all errors meant for a person: what is wrong, where it is, and what to do about it."""

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """Give ``WHERE: WHAT`` and, on a second line, the hint."""
        first = f"{self.where}: {self.what}" if self.where else self.what
        return f"{first}\n  {self.hint}" if self.hint else first


class InputError(CountermoveError):
    """A file, option or value that the user gave cannot be used."""


class DataError(CountermoveError):
    """The data tree shipped with the package contradicts itself or its schema."""


class EnvironmentProblem(CountermoveError):
    """The machine lacks something: a writable folder, an extra, a program."""


def _plain(name: str) -> str:
    """Fold case and treat ``-``, ``_`` and spaces alike, so that they never count as a spelling difference."""
    return name.casefold().replace("_", "-").replace(" ", "-")


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate closest in spelling to ``name``, or None when nothing is close.

    Case and the choice of ``-`` or ``_`` are ignored. A name that is the last part of exactly one dotted or slashed
    candidate counts as close: ``duty`` finds ``washington.duty``.
    """
    by_plain = {_plain(candidate): candidate for candidate in candidates}
    wanted = _plain(name)
    if wanted in by_plain:
        return by_plain[wanted]
    ends = [candidate for plain, candidate in by_plain.items() if plain.endswith((f".{wanted}", f"/{wanted}"))]
    if wanted and len(ends) == 1:
        return ends[0]
    close = difflib.get_close_matches(wanted, by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return a hint for a wrong name: the nearest candidate, else the list of candidates, else an empty text."""
    names = list(dict.fromkeys(candidates))
    close = nearest(name, names)
    if close is not None:
        return f"did you mean '{close}'?"
    if not names:
        return ""
    shown = ", ".join(names[:NAMES_SHOWN])
    rest = f", ... ({len(names)} in all)" if len(names) > NAMES_SHOWN else ""
    return f"one of: {shown}{rest}"
