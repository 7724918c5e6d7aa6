"""Installed packages against the lock file of a checkout, or against what the package itself asks for."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from countermove.evidence.data_tree import DATA

LOCK = "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)([^\\\n]*)", re.MULTILINE)
_ASKED = re.compile(r"^([A-Za-z0-9._-]+)\s*>=\s*([0-9.]+)")


def find_lock() -> Path | None:
    """Return the lock file of the checkout that this package runs from, None for an installed package."""
    path = DATA.parents[2] / LOCK
    return path if path.is_file() else None


def against_lock(lock: Path | None) -> tuple[list[str], list[str], int, str]:
    """Return missing packages, packages of other versions ("numpy 2.1 (locked 2.0)"), how many were compared, with what.

    Without a lock file the least versions that the package asks for are checked.
    """
    wanted = _asked() if lock is None else _pinned(lock)
    missing, other = [], []
    for name, numbers in wanted.items():
        found = _installed(name)
        if found is None:
            missing.append(name)
        elif lock is not None and found not in numbers:
            other.append(f"{name} {found} (locked {' or '.join(numbers)})")
        elif lock is None and _parts(found) < _parts(numbers[0]):
            other.append(f"{name} {found} (needs {numbers[0]})")
    return missing, other, len(wanted), LOCK if lock is not None else "the package's own requirements (no lock file here)"


def _pinned(lock: Path) -> dict[str, tuple[str, ...]]:
    """Versions of each package of the lock file, which may pin one per Python (`; python_full_version < '3.12'`).

    Packages of other systems (`; sys_platform == 'win32'`) are left out where not installed.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, number, condition in _PINNED.findall(lock.read_text(encoding="utf-8")):
        if condition.strip(" ;") and _installed(name) is None:
            continue
        found[name] = (*found.get(name, ()), number)
    return found


def _asked() -> dict[str, tuple[str, ...]]:
    matches = [_ASKED.match(line) for line in requires("countermove") or () if "extra ==" not in line]
    return {match[1]: (match[2],) for match in matches if match}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", number)[:3])
