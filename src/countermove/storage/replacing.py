"""A folder of ours, written whole or not at all in place of an earlier one; files of others in it stay.

The new folder is filled beside its place under another name. Then the earlier one is moved aside, the new one takes its place,
what in the earlier one is not ours is moved over, and what is ours is deleted, file by file. A process that is killed in between
leaves the earlier folder whole, at its place or beside it; the next reader or writer puts it back, or finishes the moves.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from countermove.errors import InputError
from countermove.storage.checksums import LIST, read_list, unchanged
from countermove.storage.whole import PARTIAL, clear_leftovers, held, leftovers

REPLACED = "replaced"
KEPT = "nothing was changed: move it away, or choose another folder with --out"


def check_replaceable(target: Path, names: set[str]) -> None:
    """Raise InputError when a folder of ours cannot take new files of these names without loss.

    That is where it has no list of what we wrote, a listed file was changed, or a file of somebody else bears such a name.
    """
    listed = read_list(target)
    if not listed:
        what = f"the folder holds a result without {LIST}, from an earlier version"
        raise InputError(what, where=str(target), hint=KEPT)
    ours = unchanged(target, listed)
    for name in sorted({*listed, *names} - {LIST}):
        if name not in ours and os.path.lexists(target / name):
            what = "it was changed since it was written" if name in listed else "it is not ours, and a new file has its name"
            raise InputError(f"{what}, so it is not replaced", where=str(target / name), hint=KEPT)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` that takes its place when the block ends well, and vanishes when it does not.

    `target` is absolute. What the block wrote must be listed (`checksums.write_list`). InputError when files of others are in
    the way; OSError when something cannot be written. In both cases `target` is as it was.
    """
    made = [parent for parent in target.parents if not parent.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        clear_leftovers(target)
        with _new_folder(target) as partial:
            yield partial
            _swap(partial, target)
    except BaseException:
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


def recover(target: Path) -> None:
    """Finish or undo what a killed writer of `target` began to move; a living one is waited for."""
    if leftovers(target, REPLACED):
        with held(target.parent, wait=True):
            for aside in leftovers(target, REPLACED):
                _put_back(aside, target)


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """Give a new folder beside `target`, held until the block ends; what is there under its name then is removed."""
    partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.{PARTIAL}-", dir=target.parent))
    try:
        with held(partial):
            partial.chmod(0o755)
            yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _swap(partial: Path, target: Path) -> None:
    """Put `partial` at `target`, with what in the folder there is not ours."""
    with held(target.parent, wait=True):
        if not os.path.lexists(target):
            partial.rename(target)
            return
        if any(target.iterdir()):
            check_replaceable(target, {path.name for path in partial.iterdir()})
        aside = partial.with_name(partial.name.replace(f".{PARTIAL}-", f".{REPLACED}-"))
        try:
            target.rename(aside)
            partial.rename(target)
        finally:
            if aside.exists():
                _put_back(aside, target)


def _put_back(aside: Path, target: Path) -> None:
    """Make an earlier folder that was moved aside the present one; where a new one is present, only what is not ours in it."""
    if not os.path.lexists(target):
        aside.rename(target)
        return
    if not (target / LIST).is_file():
        hint = f"it is what {target} held when a write was killed: move it back, or away"
        raise InputError("an earlier folder lies here", where=str(aside), hint=hint)
    for name in (*unchanged(aside, read_list(aside)), LIST):
        (aside / name).unlink(missing_ok=True)
    for entry in sorted(aside.iterdir()):
        if os.path.lexists(target / entry.name):
            raise InputError("it could not be moved back into its folder", where=str(entry), hint=f"it belongs into {target}")
        entry.rename(target / entry.name)
    aside.rmdir()
