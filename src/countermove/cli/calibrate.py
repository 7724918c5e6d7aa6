"""`countermove calibrate` and `countermove hindcast`: learn from published values, and say how well that predicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.kept_stages import forget
from countermove.cli.output import print_json, print_text, say

if TYPE_CHECKING:
    from countermove.outcomes.published import Published

EPILOG = """Examples:

\b
  countermove calibrate
  countermove calibrate --particles 1024 --store out/calibration
  countermove calibrate --reference --install

Takes minutes; every stage is kept in the store, and an interrupted calibration goes on from there. Needs countermove[jax].
"""
HINDCAST = """Examples:

\b
  countermove hindcast --fit-to 2024-12
  countermove hindcast --fit-to 2024-12 --vintage strict --json
  countermove hindcast --fit-to 2026-01 --score actuals.csv
  countermove hindcast --rolling --resume

The file to score has the columns series,period,value,unit; series are ids of published series or of outcomes.
"""
MOST_NAMED = 5
STORE = Path("out/calibration")
Store = Annotated[Path, typer.Option("--store", metavar="DIR", help="Folder that keeps the stages.")]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Start again, without the stages kept in the store; other files in it stay.")
]


def calibrate(
    particles: Annotated[int, typer.Option("--particles", help="Equally likely worlds to carry; the ensemble's rows.")] = 4096,
    seed: options.Seed = options.SEED,
    store: Store = STORE,
    fresh: Fresh = False,
    reference: Annotated[bool, typer.Option("--reference", help="Also run NUTS, two chains of 1,000 draws.")] = False,
    install: Annotated[bool, typer.Option("--install", help="Make it the ensemble that runs read by default.")] = False,
    restamp: Annotated[
        bool,
        typer.Option(
            "--restamp", help="First ask whether the recorded ensemble still holds; if so, only stamp it (with --install)."
        ),
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Calibrate the market model on the published values of 2022-2025: prior to posterior, with diagnostics."""
    from countermove.inference.history_model import use_devices

    use_devices()
    from countermove.evidence.ledger import load_parameters
    from countermove.experiments.ensemble import FOLDER
    from countermove.experiments.ensemble_key import present_past
    from countermove.inference import record as recorded
    from countermove.inference.calibration import calibrate as carry
    from countermove.inference.reference import diagnostics, run_reference, write_start
    from countermove.outcomes.published_errors import targets

    if restamp:
        moved = recorded.restamped(write=install)
        if not moved:
            done = "stamped anew" if install else "add --install to stamp it anew"
            say(f"the recorded ensemble still gives the same numbers: {done}", quiet=quiet)
            if as_json:
                print_json(recorded.recorded_fit())
            return
        say(f"the recorded ensemble does not hold: {'; '.join(moved[:MOST_NAMED])}", quiet=quiet)
    # A folder for each past with all its priors and published values: stages and chains of others are never carried on.
    store = store / present_past(tuple(load_parameters())).digest()[:16]
    if fresh:
        forget(store)
    found = carry(
        targets(), particles=particles, seed=seed, store=store / "cloud.npz", tell=lambda words: say(words, quiet=quiet)
    )
    chains: dict[str, Any] | None = None
    if reference:
        if not (store / "start.npz").exists():
            write_start(store, found.names, found.scores)
        run_reference(store, tell=lambda words: say(words, quiet=quiet))
        chains = diagnostics(store, found.scores)
    folder = FOLDER if install else store
    recorded.record(found, folder=folder, seed=seed, reference=chains)
    document = recorded.recorded_fit(folder)
    say(f"written: {folder}/{recorded.NAME}.yaml", quiet=quiet)
    if as_json:
        print_json(document)
    else:
        from countermove.inference.validation import fit_text

        print_text(fit_text(document or {}))


def hindcast(
    fit_to: Annotated[str | None, typer.Option("--fit-to", metavar="DATE", help="Last month that may be known: 2024-12.")] = None,
    rolling: Annotated[
        bool, typer.Option("--rolling", help="Predict from five origins, strict vintage, and score against a fixed reference.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --rolling: go on from the origins and stages that an earlier run kept.")
    ] = False,
    install: Annotated[
        bool, typer.Option("--install", help="With --rolling: record the verdict for the Validation page.")
    ] = False,
    vintage: Annotated[
        str | None,
        typer.Option("--vintage", help="strict: published by then; latest (default): of periods up to then, as known today."),
    ] = None,
    score: Annotated[Path | None, typer.Option("--score", metavar="FILE", help="Score against these values instead.")] = None,
    particles: Annotated[int, typer.Option("--particles", help="Worlds to carry from prior to posterior.")] = 1024,
    draws: options.Draws = 1024,
    seed: options.Seed = 2024,
    store: Store = Path("out/hindcast"),
    fresh: Fresh = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Fit to what was known by a date, predict what came after, and score it against predictions that need no model."""
    from countermove.inference.history_model import use_devices

    use_devices()
    if rolling:
        from countermove.cli.rolling import run_rolling

        refuse_with_rolling(fit_to=fit_to, score=score, vintage=None if vintage == "strict" else vintage)
        run_rolling(
            particles=particles,
            draws=draws,
            seed=seed,
            store=store,
            resume=resume,
            fresh=fresh,
            install=install,
            as_json=as_json,
            quiet=quiet,
        )
        return
    from countermove.inference.hindcast import hindcast as run
    from countermove.inference.hindcast_text import document, text
    from countermove.inference.score_file import read_scores
    from countermove.inference.vintage import check_vintage, cut_date

    day = needs_a_date(fit_to, resume=resume, install=install)
    vintage = vintage or "latest"
    cut_date(day)
    check_vintage(vintage)
    folder = store / f"{day}-{vintage}"
    if fresh:
        forget(folder)
    rows: tuple[Published, ...] | None = None if score is None else read_scores(score)
    found = run(
        day,
        vintage=vintage,
        score=rows,
        particles=particles,
        draws=draws,
        seed=seed,
        folder=folder,
        tell=lambda words: say(words, quiet=quiet),
    )
    if as_json:
        print_json(document(found))
    else:
        print_text(text(document(found)))


def needs_a_date(fit_to: str | None, *, resume: bool, install: bool) -> str:
    """The date of a single hindcast; InputError without one, and for what only rolling origins have."""
    from countermove.errors import InputError

    if resume or install:
        name = "--resume" if resume else "--install"
        raise InputError(f"{name} belongs to --rolling", where=name, hint="a single hindcast goes on by itself; add --rolling")
    if fit_to is None:
        raise InputError("no date to fit to", where="--fit-to", hint="give --fit-to 2024-12, or --rolling for five origins")
    return fit_to


def refuse_with_rolling(**given: object) -> None:
    """Raise InputError for an option of a single hindcast: origins, vintage and rows are fixed beforehand."""
    from countermove.errors import InputError

    for name, value in given.items():
        if value:
            option = f"--{name.replace('_', '-')}"
            hint = f"leave {option} out; origins, vintage and rows are fixed (docs/decisions/0091-rolling-origins.md)"
            raise InputError(f"{option} does not go with --rolling", where=option, hint=hint)


def add_to(app: typer.Typer) -> None:
    """Add both commands."""
    app.command("calibrate", epilog=EPILOG)(calibrate)
    app.command("hindcast", epilog=HINDCAST)(hindcast)
