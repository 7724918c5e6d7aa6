"""The judge's findings as recorded: one file for each market model that was judged, the present one and those before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermove import __version__
from countermove.errors import InputError
from countermove.evidence.data_tree import DATA
from countermove.experiments.ensemble import FOLDER
from countermove.experiments.ensemble_key import files_hash
from countermove.inference.rolling.document import document
from countermove.inference.rolling.run import Rolled
from countermove.storage.whole import write_whole

MODELS: Mapping[str, str] = {"market-1": "the first market model (November 2026)"}
"""Market models that have been judged, in order; the last one is the model of this version."""
PRESENT = list(MODELS)[-1]


def model_hash() -> str:
    """Hash of all code and data that a simulation depends on, and of the code that fits, predicts and scores."""
    digest = hashlib.sha256(files_hash().encode())
    for path in [*sorted(Path(__file__).parents[1].rglob("*.py")), DATA / "vintage" / "priors.yaml"]:
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:32]


def path_of(model: str, folder: Path = FOLDER) -> Path:
    """Where the findings about a model are recorded."""
    return folder / f"rolling-{model}.json"


def record(found: Rolled, settings: Mapping[str, Any], *, folder: Path = FOLDER) -> Path:
    """Write the findings about the model of this version, whole or not at all."""
    about = {"model": PRESENT, "made": dt.date.today().isoformat(), "version": __version__, "model_hash": model_hash()}
    body = about | {"settings": dict(settings)} | document(found.rows, found.origins)
    path = path_of(PRESENT, folder)
    before = recorded(PRESENT, folder)
    for name in ("particles", "draws"):
        if before is not None and settings[name] < before["settings"][name]:
            what = f"{settings[name]} {name} would replace a verdict of {before['settings'][name]}"
            raise InputError(what, where=str(path), hint=f"give as many {name} or more")
    write_whole(path, (json.dumps(body, indent=1, allow_nan=False) + "\n").encode())
    return path


def recorded(model: str = PRESENT, folder: Path = FOLDER) -> dict[str, Any] | None:
    """What is recorded about a model, None where nothing is. Raises InputError for a model that is none."""
    if model not in MODELS:
        raise InputError(f"no model named {model!r}", where="rolling", hint=f"models are {', '.join(MODELS)}")
    path = path_of(model, folder)
    if not path.is_file():
        return None
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return body
