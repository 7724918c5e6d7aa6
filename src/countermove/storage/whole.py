"""One file, written whole or not at all; what a killed writer left is removed, what a living one is writing is not.

A writer holds a lock on what it is writing, which the system drops when the process ends, however it ends. Where the system has
no such locks, nothing is ever removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countermove.errors import InputError
from countermove.storage.checksums import is_signed, signed

PARTIAL = "partial"
KEPT = "nothing was changed: move it away, or give another name"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one move, over whatever file is there; OSError when it cannot be written, and then nothing changes."""
    clear_leftovers(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.{PARTIAL}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file, held(Path(name)):
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(name, 0o644)  # mkstemp gives 0600; what we write is to be shared
            file.close()  # some systems move no open file
            os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_named(path: Path, content: bytes) -> None:
    """Write a file under a name that a person chose; InputError when another file, or other content, is there already."""
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file() or path.read_bytes() != content):
        raise InputError("there is something else already", where=str(path), hint=KEPT)
    write_whole(path, content)


def write_page(path: Path, page: str) -> None:
    """Write a page (HTML, SVG, Markdown) under a name that a person chose, in place of one of ours that nobody has changed.

    InputError when anything else is there.
    """
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file() or not is_signed(path.read_bytes())):
        what = "there is a file already that is not ours, or that was changed since we wrote it"
        raise InputError(what, where=str(path), hint=KEPT)
    write_whole(path, signed(page.encode()))


def check_pair(data: Path, path: Path) -> None:
    """Raise InputError where a file and its page could not be written, see `write_pair`."""
    if os.path.lexists(data) or os.path.lexists(path):
        plain = all(one.is_file() and not one.is_symlink() for one in (data, path))
        if not plain or not is_signed(path.read_bytes(), beside=data.read_bytes()):
            what = f"{data.name} or {path.name} is there already and not ours, or was changed since we wrote it"
            raise InputError(what, where=str(path.parent), hint=KEPT)


def write_pair(data: Path, text: str, path: Path, page: str) -> None:
    """Write a file, and a page made from it that vouches for both, in place of a pair of ours that nobody has changed.

    InputError when anything else is there.
    """
    check_pair(data, path)
    write_whole(data, text.encode())
    write_whole(path, signed(page.encode(), beside=text.encode()))


@contextmanager
def held(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock of a file or folder; gives whether it could be had. With `wait`, until it is free."""
    handle = _locked(path, wait=wait)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _locked(path: Path, *, wait: bool) -> int | None:
    """Return a handle that holds the lock of what stands at `path` now; None when it is held, gone, or cannot be locked."""
    try:
        import fcntl
    except ImportError:  # a system without these locks
        return None
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        # It may have been removed, or replaced, before the lock was had.
        if os.path.samestat(os.fstat(handle), os.stat(path)):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def leftovers(path: Path, kind: str = PARTIAL) -> list[Path]:
    """Return what lies beside `path` under the names of unfinished work on it."""
    pattern = re.compile(rf"\.{re.escape(path.name)}\.{kind}-[a-z0-9_]{{8}}")
    try:
        return sorted(found for found in path.parent.iterdir() if pattern.fullmatch(found.name))
    except OSError:
        return []


def clear_leftovers(path: Path) -> None:
    """Remove what killed writers of `path` left beside it, never what a living one holds."""
    for left in leftovers(path):
        with held(left) as dead:
            if not dead or left.is_symlink():
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    left.unlink()
