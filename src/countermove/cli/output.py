"""What commands print: one JSON document, or text; and progress on stderr.

Whatever a title, an id or a file name holds, no character reaches the terminal that it would obey: in text they are written out
by their numbers, in JSON they are escaped and so stay the same document.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from countermove.errors import EnvironmentProblem, visible

STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def print_json(document: Any) -> None:
    """Print one JSON document on stdout; keys keep their order and numbers are finite."""
    as_text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    # What has to be written out is rare, and only ever stands inside strings, where JSON has escapes of its own.
    if visible(as_text) != as_text or not _speaks_unicode():
        as_text = json.dumps(document, allow_nan=False).replace("\x7f", "\\u007f")
    sys.stdout.write(as_text + "\n")


def print_text(text: str) -> None:
    """Print text on stdout."""
    sys.stdout.write(visible(text).rstrip("\n") + "\n")


def say(message: str, *, quiet: bool) -> None:
    """Print a message on stderr unless quiet; a standard error that takes nothing is no reason to stop."""
    if not quiet:
        with contextlib.suppress(OSError, ValueError):
            print(visible(message), file=sys.stderr)


def open_streams() -> None:
    """Make sure that the three standard streams are open and can print any text; call it before any other work.

    A closed stdin or stderr becomes the null device, so that no file of ours gets its number and receives what others print
    there. Raises EnvironmentProblem when stdout is closed: the answer would be lost.
    """
    closed = [name for name, mode in STREAMS if getattr(sys, name) is None and _open_null(name, mode)]
    if "stdout" in closed:
        hint = "send it to a file (> FILE) or, if it is not wanted, to > /dev/null"
        raise EnvironmentProblem("standard output is closed", where="output", hint=hint)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _open_null(name: str, mode: str) -> bool:
    number = [stream for stream, _ in STREAMS].index(name)
    null = os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)
    if null != number:
        try:
            os.fstat(number)  # a file that was opened since then has the number
        except OSError:
            os.dup2(null, number)
            os.close(null)
            null = number
    setattr(sys, name, os.fdopen(null, mode, encoding="utf-8"))
    return True


def _speaks_unicode() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") in {"utf8", "utf16", "utf32"}


@contextmanager
def progress(what: str, *, quiet: bool, unit: str = "draws") -> Iterator[Callable[[int, int], None] | None]:
    """Give a callback that shows a bar with an estimate on stderr; None when quiet or when nobody watches (no terminal)."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),  # a file's name is no markup
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(visible(what), total=1, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
