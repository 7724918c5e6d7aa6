"""Whether an ensemble still belongs to the world it was made from.

A posterior hangs on the simulated past, on the priors of the fitted parameters and on the published values that the likelihood
was given, whatever file states them: all are kept as numbers in ``posterior-past.json`` (`past_record`). Simulating them costs
about as much as a small run, so three steps spare it: files that lie as they did when the ensemble was stamped moved nothing;
files that were asked about before have an answer in the user's cache folder; only then is the past simulated and compared.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA, ENSEMBLES, NOT_SIMULATED, files
from countermove.experiments.ensemble import FOLDER, Ensemble, read_ensemble

if TYPE_CHECKING:
    from countermove.experiments.past_record import PastRecord

PACKAGE = Path(__file__).resolve().parents[1]
ROOMS = ("quantities", "evidence", "hardware", "policy", "market", "outcomes", "experiments")
"""Rooms whose code the simulated past may depend on: this one and those below."""
NO_CAUSE = (*NOT_SIMULATED, ENSEMBLES)
"""Folders of the data tree that no simulation reads, and the one that holds the ensemble itself."""
RECORD = "posterior-past.json"
MOST_NAMED = 4
MOST_ANSWERS = 64
ANSWER = re.compile("[0-9a-f]{40}")
HOLDS = "holds"
REBUILD = (
    "make ensemble (or countermove calibrate --restamp --install) stamps it where simulated values are the same, else fits anew; "
    "--prior shows the world before data"
)


def check_key(key: Mapping[str, Any], name: str, folder: Path) -> None:
    """Raise DataError unless the ensemble of this key and folder was made from the present past, priors and published values."""
    if key.get("files") == files_hash():
        return
    answer = _answer(key)
    if _answered(answer):
        return
    refuse(differences(key, folder), name)
    _remember(answer)


def refuse(moved: list[str], name: str) -> None:
    """Raise DataError that says what moved; nothing where nothing did."""
    if moved:
        more = f" and {len(moved) - MOST_NAMED} more" if len(moved) > MOST_NAMED else ""
        what = f"the posterior was made from another past; what moved: {'; '.join(moved[:MOST_NAMED])}{more}"
        raise DataError(what, where=f"ensembles/{name}", hint=REBUILD)


def differences(key: Mapping[str, Any], folder: Path, *, inputs: bool = True) -> list[str]:
    """Simulate the past and return in words what differs from that of the ensemble in a folder, empty when nothing does.

    `inputs` says whether compiled inputs count, beside outcomes, published values and priors. DataError for a record that is
    missing, broken or of another ensemble.
    """
    from countermove.experiments.past_record import moved

    before = recorded_past(key, folder)
    return moved(before, present_past(tuple(before.priors)), inputs=inputs)


def recorded_past(key: Mapping[str, Any], folder: Path) -> PastRecord:
    """Return the record beside an ensemble; DataError where it is missing, broken, or of another ensemble."""
    from countermove.experiments.past_record import read_record

    path = folder / RECORD
    if path.is_file() and key.get("past") != record_hash(path):
        raise DataError("it is not the record that the ensemble was stamped with", where=f"ensembles/{RECORD}", hint=REBUILD)
    return read_record(path)


def present_past(names: tuple[str, ...]) -> PastRecord:
    """Return the record of the past as it would be calibrated now, with the priors of the parameters `names`."""
    from countermove.experiments.past_record import compiled_past, past_record
    from countermove.outcomes.published_errors import targets

    return past_record(compiled_past(), targets(), names)


def record_hash(path: Path) -> str:
    """Return the SHA-256 of a record, shortened; line ends count as one character."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:32]


@cache
def files_hash() -> str:
    """Return a hash of all code and data that the simulated past may depend on, as they lie; line ends count as one character."""
    digest = hashlib.sha256()
    code = [(path, PACKAGE) for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    data = [(path, DATA) for path in files(DATA) if path.relative_to(DATA).parts[0] not in NO_CAUSE]
    for path, root in [*code, *data]:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:32]


def _answer(key: Mapping[str, Any]) -> str:
    """Return what identifies the question: these files and packages against this record."""
    return hashlib.sha256(f"{files_hash()} {key.get('past')} {np.__version__}".encode()).hexdigest()


def answers_folder() -> Path:
    """Return the folder of earlier answers: below `COUNTERMOVE_CACHE`, else in the user's cache folder."""
    given = os.environ.get("COUNTERMOVE_CACHE")
    base = Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "countermove"
    return base / "ensembles"


def _sealed(answer: str) -> str:
    """Return the text of a good answer; a file cut short or changed does not hold it."""
    return f"{HOLDS} {hashlib.sha256(f'{HOLDS} {answer}'.encode()).hexdigest()}\n"


def _answered(answer: str) -> bool:
    try:
        return (answers_folder() / answer[:40]).read_text(encoding="utf-8") == _sealed(answer)
    except (OSError, UnicodeDecodeError):
        return False


def _remember(answer: str) -> None:
    """Store a good answer and forget the oldest; a folder that cannot be written only costs the next run time."""
    folder = answers_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(_sealed(answer))
        os.replace(name, folder / answer[:40])
        ours = [entry for entry in folder.iterdir() if ANSWER.fullmatch(entry.name)]
        for entry in sorted(ours, key=lambda entry: entry.stat().st_mtime)[:-MOST_ANSWERS]:
            entry.unlink(missing_ok=True)
    except OSError:
        return


@cache
def load_ensemble() -> Ensemble | None:
    """Return the ensemble that the data tree names as current, None where none is recorded.

    Raises DataError for a broken file, or one made from another simulated past, other priors or published values.
    """
    found = read_ensemble()
    if found is not None:
        check_key(found.key, found.name, FOLDER)
    return found
