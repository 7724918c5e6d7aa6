"""The errors a person may see, and the "did you mean" that goes with a wrong name.

Every message says what is wrong, where, and what to do; the command line prints ``str(error)`` and exits with code 2.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

#: Longest list of valid names spelled out in a hint; a longer one is cut and counted.
NAMES_SHOWN = 12

#: A quoted value of more characters than `LONGEST_VALUE` is shown by its first `VALUE_SHOWN`; a path may be longer.
VALUE_SHOWN, LONGEST_VALUE, LONGEST_PATH = 40, 60, 400
#: Longest part of a message (what, where or hint), whatever it is made of.
LONGEST_PART = 800
#: Longest name that is compared with the valid ones: nobody misspells more, and the comparison takes quadratic time.
LONGEST_NAME = 200

# What a terminal obeys or hides instead of showing it: controls (C0 without tab and line feed, DEL, C1), marks that turn the
# direction of writing, invisible and tag characters, lone surrogates. The two joiners that some scripts need are no such thing.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_WORD = re.compile(r"""[^\s'"`]+""")
_QUOTED = re.compile(r"""(?<!\w)(['"])((?:(?!\1).)+)\1(?!\w)""", re.DOTALL)
_BREAK = re.compile(r"[\t\n]")


def visible(text: str) -> str:
    """Return a text with every character that a terminal would obey or hide written out by its number.

    Tabs and line feeds stay. The result can be printed in any UTF-8 terminal.
    """
    return _UNSEEN.sub(_written_out, text)


def shortened(value: Any) -> str:
    """Return a user's value as a message quotes it: whole when short, else its first characters and its length."""
    if isinstance(value, int) and value.bit_length() > 3 * LONGEST_PART:
        return f"a whole number of about {round(value.bit_length() * 0.30103):,} digits"  # more than Python writes out
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:VALUE_SHOWN]}... ({len(text):,} characters)"


def one_line(text: str) -> str:
    """Return a part of a message in one visible line: line breaks written out, overlong words and texts cut."""
    cut = _WORD.sub(_cut_word, _QUOTED.sub(_cut_quoted, text))
    line = _BREAK.sub(_written_out, visible(cut))
    return line if len(line) <= LONGEST_PART else f"{line[:LONGEST_PART]}... ({len(text):,} characters)"


def _written_out(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def _cut_quoted(match: re.Match[str]) -> str:
    quote, inside = match[1], match[2]
    return (
        match[0]
        if len(inside) <= 2 * LONGEST_VALUE or ("/" in inside and len(inside) <= LONGEST_PATH)
        else (f"{quote}{shortened(inside)}{quote}")
    )


def _cut_word(match: re.Match[str]) -> str:
    word = match[0]
    return word if len(word) <= (LONGEST_PATH if "/" in word else 2 * LONGEST_VALUE) else shortened(word)


class CountermoveError(Exception):
    """Base of all errors meant for a person: what is wrong, where it is, and what to do about it.

    Each is kept as one visible line of bounded length (`one_line`), whatever the user's value in it was.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = one_line(what)
        self.where = one_line(where)
        self.hint = one_line(hint)
        super().__init__(self.what)

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
    candidate counts as close: ``duty`` finds ``washington.duty``. Nothing is close to a name of over 200 characters.
    """
    if len(name) > LONGEST_NAME:
        return None
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
