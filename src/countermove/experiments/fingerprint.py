"""The fingerprint of an installation: what must agree before two processes may compute parts of one result."""

from __future__ import annotations

import json
from functools import cache

from countermove import __version__


@cache
def fingerprint() -> str:
    """Return version, data hash, code hash and package versions as one JSON text."""
    from countermove.evidence.data_tree import data_hash
    from countermove.experiments.store import _package_versions

    return json.dumps(
        {"countermove": __version__, "code": code_hash(), "data": data_hash()} | _package_versions(), sort_keys=True
    )


@cache
def code_hash() -> str:
    """Return a hash over the modules that compute: two checkouts of one version may differ."""
    import hashlib
    from pathlib import Path

    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for room in ("quantities", "evidence", "hardware", "policy", "market", "outcomes", "experiments"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def differences(one: str, other: str) -> str:
    """Return in words what differs between two fingerprints, an empty text when nothing does."""
    if one == other:
        return ""
    here, there = json.loads(one), json.loads(other)
    unlike = [name for name in sorted({*here, *there}) if here.get(name) != there.get(name)]
    return ", ".join(f"{name} {_short(here.get(name))} against {_short(there.get(name))}" for name in unlike)


def _short(value: str | None) -> str:
    return "missing" if value is None else value if len(value) <= 16 else value[:12]
