"""The ledger of a sweep: its folder, which chunks are done, and who may write.

    sweep.json                    specification, fingerprint and size of the sweep
    points.parquet                factors by point
    chunks/000/00000042.parquet   histograms of chunk 42
    rows/000/00000042.parquet     its rows, when they are kept
    summary.json, summary.parquet written last, when every chunk is done
    checksums.txt                 the SHA-256 of every file above

A line is added to the list of checksums, and the file is written under another name in the same folder, flushed to disk and
renamed. A chunk is done if and only if its files are as listed. Nothing else is read, and a file that is not as listed is an
error, or is computed again with `--resume`. The list is written anew, in order, when the sweep is finished.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.experiments.sweep_chunk import ChunkFiles
from countermove.storage.checksums import LIST, line, list_of, read_list, verified

MANIFEST, POINTS, SUMMARY, SUMMARY_TABLE = "sweep.json", "points.parquet", "summary.json", "summary.parquet"
FORMAT = "countermove-sweep"
FORMAT_VERSION = 2
NEEDED: Mapping[str, type] = {"spec": dict, "scenarios": dict, "points_hash": str, "fingerprint": str}
"""Keys of the manifest that reading a sweep needs, with their types."""
AGAIN = "continue it with `countermove sweep ... --resume`, which computes again what is damaged"
ANEW = "run it again, into another folder"
PER_FOLDER = 1000
PARTIAL = ".partial"
_CHUNK = re.compile(r"(chunks|rows)/(\d{3,})/(\d{8,})\.parquet")
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

    @cached_property
    def listed(self) -> dict[str, str]:
        """Path within the folder -> digest of every file that was written."""
        return read_list(self.folder)

    def read(self, path: Path, *, hint: str = AGAIN) -> bytes:
        """Return the content of a file of the sweep; InputError when it is missing, damaged, or not one of the sweep's."""
        return verified(self.folder, path.relative_to(self.folder).as_posix(), self.listed, hint=hint)

    def done(self, chunks: int, *, rows: bool) -> tuple[set[int], list[int]]:
        """Return the numbers of the chunks that are done, and of those that were written but are damaged.

        What a killed process left half-written is removed. InputError for a file among the chunks that is none.
        """
        found, broken = set(), []
        for number in self._written(chunks):
            try:
                for path in (self.chunk_path(number), *([self.rows_path(number)] if rows else [])):
                    self.read(path)
                found.add(number)
            except InputError:
                broken.append(number)
        return found, broken

    def _written(self, chunks: int) -> list[int]:
        """Return the numbers of the chunks whose files, any of them, are there or listed."""
        numbers = set()
        there = [path.relative_to(self.folder).as_posix() for path in self.folder.glob("*/*/*.parquet*")]
        for name in sorted({*there, *self.listed}):
            match = _CHUNK.fullmatch(name.removesuffix(PARTIAL))
            if match is None and not name.startswith(("chunks/", "rows/")):
                continue
            number = int(match[3]) if match else -1
            expected = self.chunk_path(number) if match and match[1] == "chunks" else self.rows_path(number)
            if not 0 <= number < chunks or self.folder / name.removesuffix(PARTIAL) != expected:
                hint = "move it away" if name not in self.listed else ANEW
                raise InputError("it is no chunk of this sweep", where=str(self.folder / name), hint=hint)
            if name.endswith(PARTIAL):
                (self.folder / name).unlink(missing_ok=True)
            else:
                numbers.add(number)
        return sorted(numbers)

    def store(self, files: ChunkFiles) -> None:
        """Write the files of a chunk; it is done when both are listed. EnvironmentProblem on a full disk."""
        if files.rows is not None:
            self.write(self.rows_path(files.number), files.rows)
        self.write(self.chunk_path(files.number), files.histograms)

    def write(self, path: Path, content: bytes) -> None:
        """Write one file whole or not at all, and list it."""
        partial = path.with_name(path.name + PARTIAL)
        name = path.relative_to(self.folder).as_posix()
        listing = line(name, content)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # The line first: a process killed in between leaves a file that is missing, or that is not as listed.
            with (self.folder / LIST).open("ab") as file:
                file.write(self._line_end(file) + listing)
                file.flush()
                if path.parent == self.folder:  # where the line of a chunk is lost, the chunk is computed again
                    os.fsync(file.fileno())
            self.listed[name] = listing[:64].decode()
            _put(path, partial, content)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise write_problem(error, self.folder) from error

    def _line_end(self, file: IO[bytes]) -> bytes:
        """Return what ends a line that a killed process, or a full disk, cut off."""
        if file.tell() == 0:
            return b""
        with (self.folder / LIST).open("rb") as written:
            written.seek(-1, os.SEEK_END)
            return b"" if written.read(1) == b"\n" else b"\n"

    def finish(self) -> None:
        """Write the list of checksums anew, in order, so that it is the same whatever computed the chunks."""
        path = self.folder / LIST
        try:
            _put(path, path.with_name(path.name + PARTIAL), list_of(self.listed))
        except OSError as error:
            raise write_problem(error, self.folder) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, which the system drops when the process ends, however it ends."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file: IO[str] = (self.folder / ".lock").open("a")
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


def _put(path: Path, partial: Path, content: bytes) -> None:
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


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
    """Return the manifest of a sweep; InputError when the folder holds none, or it is damaged or from an earlier version."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InputError(
            "this is not a sweep of countermove", where=str(folder), hint="give a folder that `countermove sweep --out` wrote"
        )
    if found.get("format_version") == 1:
        raise InputError("the sweep was written by an earlier version, without checksums", where=str(folder), hint=ANEW)
    found = json.loads(verified(folder, MANIFEST, hint=ANEW))
    if found.get("format_version") != FORMAT_VERSION:
        what = f"the sweep has format {found.get('format_version')}, this version reads {FORMAT_VERSION}"
        raise InputError(what, where=str(path), hint=ANEW)
    for key, kind in NEEDED.items():
        if not isinstance(found.get(key), kind):
            raise InputError(f"{key} is missing or no {kind.__name__}", where=str(path), hint=f"the file was edited: {ANEW}")
    return dict(found)
