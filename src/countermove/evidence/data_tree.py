"""Where the shipped data lie, and the fingerprint of what a simulation reads of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

#: The data tree of the package: no code, only YAML, CSV and Parquet.
DATA: Final = Path(str(resources.files("countermove"))) / "data"

#: Folders that explain numbers but never enter a simulation: editing them leaves results and their fingerprint alone.
NOT_SIMULATED: Final = ("sources", "claims", "cases", "games", "reproductions", "vintage")

#: Of an ensemble a simulation reads the table; what it was made from and how it fits are stamps and pages beside it.
ENSEMBLES: Final = "ensembles"
TABLE: Final = ".npz"


def files(root: Path = DATA, *, suffix: str = "") -> Iterator[Path]:
    """Yield the files of a data tree in a fixed order (by path), hidden files and caches left out."""
    for path in sorted(root.rglob(f"*{suffix}"), key=lambda found: found.relative_to(root).as_posix()):
        parts = path.relative_to(root).parts
        if path.is_file() and not any(part.startswith((".", "__")) for part in parts):
            yield path


def shown_path(path: Path) -> str:
    """Return a path as errors show it: ``data/parameters/supply.yaml`` for shipped files, as given for others."""
    try:
        return f"{DATA.name}/{path.resolve().relative_to(DATA.resolve()).as_posix()}"
    except (ValueError, OSError):
        return str(path)


@cache
def data_hash(root: Path = DATA) -> str:
    """Return the SHA-256, in hexadecimal, over names and contents of the files that a simulation reads.

    Line ends count as one character in text files, so that a checkout on another system has the same fingerprint.
    """
    digest = hashlib.sha256()
    for path in files(root):
        relative = path.relative_to(root)
        if relative.parts[0] in NOT_SIMULATED or (relative.parts[0] == ENSEMBLES and path.suffix != TABLE):
            continue
        content = path.read_bytes()
        if path.suffix in {".yaml", ".csv"}:
            content = content.replace(b"\r\n", b"\n")
        digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
