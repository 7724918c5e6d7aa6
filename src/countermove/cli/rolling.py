"""`countermove hindcast --rolling`: five origins, strict vintage, the fixed reference, the gate."""

from __future__ import annotations

import hashlib
from pathlib import Path

from countermove.cli.kept_stages import forget
from countermove.cli.output import print_json, print_text, say
from countermove.errors import EnvironmentProblem, InputError

FOLDER = "rolling"
LEAST_PARTICLES, LEAST_DRAWS = 128, 64


def run_rolling(
    *, particles: int, draws: int, seed: int, store: Path, resume: bool, fresh: bool, install: bool, as_json: bool, quiet: bool
) -> None:
    """Run all origins and print the verdict; keeps every origin and every stage of a fit in `store`."""
    from countermove.inference.rolling.document import document
    from countermove.inference.rolling.forecaster import market_forecaster
    from countermove.inference.rolling.judged import judged_rows
    from countermove.inference.rolling.record import model_hash, record
    from countermove.inference.rolling.run import rolling
    from countermove.inference.rolling.text import text

    folder = store / FOLDER
    check_settings(particles, draws)
    if fresh:
        for place in sorted(folder.glob("*")):
            forget(place)
    elif not resume and (kept := sum(1 for _ in folder.glob("*/origin.json"))):
        hint = "add --resume to go on from there, or --fresh to forget it"
        raise InputError(f"an earlier run kept {kept} of 10 origins", where=str(folder), hint=hint)
    writable(folder)
    forecaster = market_forecaster(particles=particles, draws=draws, seed=seed, tell=lambda words: say(words, quiet=quiet))
    made_by = hashlib.sha256(f"{model_hash()} {particles} {draws} {seed}".encode()).hexdigest()
    try:
        found = rolling(forecaster, judged_rows(), made_by=made_by, folder=folder, tell=lambda words: say(words, quiet=quiet))
    except KeyboardInterrupt:
        # The general message, "nothing was written", would be wrong here.
        say("interrupted; what is done is kept: continue with --resume", quiet=False)
        raise SystemExit(130) from None
    if install:
        path = record(found, {"particles": particles, "draws": draws, "seed": seed})
        say(f"written: {path}", quiet=quiet)
    if as_json:
        print_json(document(found.rows, found.origins))
    else:
        print_text(text(document(found.rows, found.origins)))


def check_settings(particles: int, draws: int) -> None:
    """Raise InputError for fewer worlds than a fit or a range can be made of."""
    if particles < LEAST_PARTICLES:
        what = f"{particles} particles are fewer than twice the parameters that are fitted"
        raise InputError(what, where="--particles", hint=f"give {LEAST_PARTICLES} or more; 1,024 is usual")
    if draws < LEAST_DRAWS:
        raise InputError(f"{draws} draws give no 90% range", where="--draws", hint=f"give {LEAST_DRAWS} or more; 1,024 is usual")


def writable(folder: Path) -> None:
    """Make the folder; EnvironmentProblem where that is not allowed, before any work is done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"it cannot be made: {error.strerror or error}"
        raise EnvironmentProblem(what, where=str(folder), hint="give another folder with --store") from None
