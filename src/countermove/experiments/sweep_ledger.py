"""The ledger of a sweep: its folder, which chunks are done, and who may write.

    sweep.json                    specification, fingerprint and size of the sweep
    points.parquet                factors by point
    chunks/000/00000042.parquet   histograms of chunk 42; the file exists if and only if the chunk is done
    rows/000/00000042.parquet     its rows, when they are kept
    summary.json, summary.parquet written last, when every chunk is done

Every file is written under another name in the same folder, flushed to disk and renamed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.experiments.sweep_chunk import ChunkFiles

MANIFEST, POINTS, SUMMARY, SUMMARY_TABLE = "sweep.json", "points.parquet", "summary.json", "summary.parquet"
FORMAT = "countermove-sweep"
FORMAT_VERSION = 2
"""2: points of assumptions have draws of their own. Before, what a point was given cannot be drawn again."""
PER_FOLDER = 1000
PARTIAL = ".partial"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Ledger:
    """The folder of one sweep, open for writing by one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def chunk_path(self, number: int) -> Path:
        """Where the histograms of a chunk stand."""
        return self.folder / "chunks" / f"{number // PER_FOLDER:03d}" / f"{number:08d}.parquet"

    def rows_path(self, number: int) -> Path:
        """Where the rows of a chunk stand."""
        return self.folder / "rows" / f"{number // PER_FOLDER:03d}" / f"{number:08d}.parquet"

    def done(self) -> set[int]:
        """Return the numbers of the chunks that are done; what a killed process left half-written is removed."""
        found = set()
        for path in (self.folder / "chunks").glob("*/*.parquet"):
            found.add(int(path.stem))
        for path in self.folder.rglob(f"*{PARTIAL}"):
            path.unlink(missing_ok=True)
        return found

    def store(self, files: ChunkFiles) -> None:
        """Write the files of a chunk; the histograms last, because they mark it done. EnvironmentProblem on a full disk."""
        if files.rows is not None:
            self.write(self.rows_path(files.number), files.rows)
        self.write(self.chunk_path(files.number), files.histograms)

    def write(self, path: Path, content: bytes) -> None:
        """Write one file whole or not at all."""
        partial = path.with_name(path.name + PARTIAL)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise write_problem(error, self.folder) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, which the system drops when the process ends, however it ends."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file: IO[str] = (self.folder / ".lock").open("w")
        except OSError as error:
            raise write_problem(error, self.folder) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(
                    "another process is writing this sweep", where=str(self.folder), hint="wait for it, or choose another folder"
                ) from None
            yield


def write_problem(error: OSError, folder: Path) -> CountermoveError:
    """Return the error to show when a file cannot be written; what is done stays."""
    if error.errno in FULL:
        hint = "what is done is kept: free some space and give --resume"
        return EnvironmentProblem("the disk is full", where=str(folder), hint=hint)
    what = error.strerror or str(error)
    return EnvironmentProblem(f"the folder cannot be written: {what}", where=str(folder), hint="choose another folder with --out")


def check_new(folder: Path) -> None:
    """Raise InputError when a folder cannot take a new sweep."""
    if folder.exists() and not folder.is_dir():
        raise InputError("this is not a folder", where=str(folder), hint="choose another folder with --out")
    if not folder.is_dir():
        return
    if (folder / MANIFEST).is_file():
        raise InputError(
            "the folder holds a sweep already", where=str(folder), hint="continue it with --resume, or choose another"
        )
    if any(path.name != ".lock" for path in folder.iterdir()):
        raise InputError("the folder is not empty", where=str(folder), hint="nothing was changed; choose a new folder with --out")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a sweep; InputError when the folder holds none."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError(
            "this is not a sweep of countermove", where=str(folder), hint="give a folder that `countermove sweep --out` wrote"
        )
    if (version := found.get("format_version")) != FORMAT_VERSION:
        raise InputError(
            f"the sweep has format {version!r:.20}, this version reads {FORMAT_VERSION}",
            where=str(folder),
            hint="which draws a point is given has changed: run the sweep again in a new folder",
        )
    return found
