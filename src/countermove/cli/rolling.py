"""`countermove hindcast --rolling`: five origins, strict vintage, the fixed reference, the gate."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from countermove.cli.output import print_json, print_text, say

_KEPT = re.compile(r"origin\.json|cloud\.npz")
FOLDER = "rolling"


def run_rolling(
    *, particles: int, draws: int, seed: int, store: Path, resume: bool, install: bool, as_json: bool, quiet: bool
) -> None:
    """Run all origins and print the verdict; keeps every origin and every stage of a fit in `store`."""
    from countermove.inference.rolling.document import document
    from countermove.inference.rolling.forecaster import market_forecaster
    from countermove.inference.rolling.judged import judged_rows
    from countermove.inference.rolling.record import model_hash, record
    from countermove.inference.rolling.run import rolling
    from countermove.inference.rolling.text import text

    folder = store / FOLDER
    if not resume:
        forget(folder)
    forecaster = market_forecaster(particles=particles, draws=draws, seed=seed, tell=lambda words: say(words, quiet=quiet))
    made_by = hashlib.sha256(f"{model_hash()} {particles} {draws} {seed}".encode()).hexdigest()
    found = rolling(forecaster, judged_rows(), made_by=made_by, folder=folder, tell=lambda words: say(words, quiet=quiet))
    if install:
        path = record(found, {"particles": particles, "draws": draws, "seed": seed})
        say(f"written: {path}", quiet=quiet)
    if as_json:
        print_json(document(found.rows, found.origins))
    else:
        print_text(text(document(found.rows, found.origins)))


def forget(folder: Path) -> None:
    """Remove the origins and stages that a folder keeps, and nothing else; EnvironmentProblem where that is not allowed."""
    from countermove.errors import EnvironmentProblem

    try:
        for path in sorted(folder.glob("*/*")) if folder.is_dir() else ():
            if _KEPT.fullmatch(path.name) and path.is_file():
                path.unlink()
    except OSError as error:
        what = f"what it keeps cannot be removed: {error.strerror or error}"
        raise EnvironmentProblem(what, where=str(folder), hint="give another folder with --store") from None
