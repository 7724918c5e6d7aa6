"""What commands print: one JSON document, or text; and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def print_json(document: Any) -> None:
    """Print one JSON document on stdout; keys keep their order and numbers are finite."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def print_text(text: str) -> None:
    """Print text on stdout."""
    sys.stdout.write(text.rstrip("\n") + "\n")


def say(message: str, *, quiet: bool) -> None:
    """Print a message on stderr unless quiet."""
    if not quiet:
        print(message, file=sys.stderr)


@contextmanager
def progress(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Give a callback that shows a bar with an estimate on stderr; None when quiet or when nobody watches (no terminal)."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} draws"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=1, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
