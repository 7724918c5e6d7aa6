"""`countermove forecasts`: the register of dated, hashed predictions, and how they fared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, say

EPILOG = """Examples:

\b
  countermove forecasts
  countermove forecasts --score actuals.csv
  countermove forecasts --json

The file to score has the columns series,period,value,unit, in the spellings people use: "CNY bn", "thousand packages", FY27Q1.
Entries are never rewritten; --record adds one with the present model.
"""


def forecasts(
    score: Annotated[Path | None, typer.Option("--score", metavar="FILE", help="Score every entry against these values.")] = None,
    record: Annotated[
        str | None, typer.Option("--record", metavar="NAME", help="Predict with the present model and add the entry DATE-NAME.")
    ] = None,
    supersedes: Annotated[
        str | None, typer.Option("--supersedes", metavar="ENTRY", help="With --record: the entry that the new one replaces.")
    ] = None,
    draws: options.Draws = 4096,
    seed: options.Seed = options.SEED,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Print the register of predictions for 2026Q2 to 2027Q4; with --score, hold them against values that came later."""
    import datetime as dt

    from countermove.errors import InputError
    from countermove.inference.register.entry import add, read_register
    from countermove.inference.register.scoring import document
    from countermove.inference.register.text import text
    from countermove.inference.rolling.judged import ALSO
    from countermove.inference.score_file import read_scores

    if supersedes is not None and record is None:
        raise InputError("--supersedes belongs to --record", where="--supersedes", hint="add --record NAME")
    rows = None if score is None else read_scores(score, also=ALSO, one_per_outcome=True)
    if record is not None:
        from countermove.inference.register.predict import predict

        today = dt.date.today()
        name = f"{today.isoformat()}-{record}"
        entry = predict(
            name,
            made_on=today,
            draws=draws,
            seed=seed,
            supersedes=supersedes,
            tell=lambda words: say(words, quiet=quiet),
        )
        say(f"written: {add(entry)}", quiet=quiet)
    body = document(read_register(), rows)
    if as_json:
        print_json(body)
    else:
        print_text(text(body))


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forecasts", epilog=EPILOG)(forecasts)
