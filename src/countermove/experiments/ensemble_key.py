"""What an ensemble was made from: equations, priors and series, as hashes; another value of any refuses it.

Equations are hashed as they are parsed, without comments and docstrings, so that better words do not void a posterior.
Parsing costs a fifth of a second; the hash of the files as they lie is compared first.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA

ROOM = Path(__file__).resolve().parents[1] / "market"
#: Parts of the market room that only run the equations.
RUNNERS = ("engines", "simulate.py")


def ensemble_key() -> dict[str, str]:
    """Return the hashes that an ensemble made now would carry: files, equations, priors, series."""
    return {"files": files_hash(), "equations": equations_hash(), "priors": priors_hash(), "series": series_hash()}


def check_key(key: Mapping[str, Any], name: str) -> None:
    """Raise DataError unless an ensemble with this key was made from the present equations, priors and series."""
    current: dict[str, Callable[[], str]] = {"priors": priors_hash, "series": series_hash}
    if key.get("files") != files_hash():
        current["equations"] = equations_hash
    for part, make in current.items():
        if key.get(part) != make():
            raise DataError(
                f"the posterior was made from other {part}",
                where=f"ensembles/{name}",
                hint="make ensemble rebuilds it; --prior shows the world before data",
            )


def _files() -> list[Path]:
    return [path for path in sorted(ROOM.rglob("*.py")) if path.relative_to(ROOM).parts[0] not in RUNNERS]


@cache
def files_hash() -> str:
    """Return the hash of the equations' files as they lie."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def equations_hash() -> str:
    """Return the hash of the equations as parsed, without docstrings."""
    digest = hashlib.sha256()
    for path in _files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [part for part in body if not _words(part)]  # type: ignore[attr-defined]
        digest.update(ast.dump(tree).encode())
    return digest.hexdigest()[:16]


def _words(part: Any) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


@cache
def priors_hash() -> str:
    """Return the hash of every parameter's prior and limits."""
    from countermove.evidence.ledger import load_parameters

    digest = hashlib.sha256()
    for name, parameter in sorted(load_parameters().items()):
        digest.update(f"{name} {parameter.prior.model_dump_json()} {parameter.valid}\n".encode())
    return digest.hexdigest()[:16]


@cache
def series_hash() -> str:
    """Return the hash of the tables of published values."""
    digest = hashlib.sha256()
    for path in sorted((Path(str(DATA)) / "series").glob("*.csv")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
