"""`countermove what-matters`: what would change the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.folders import check_pages_folder
from countermove.cli.output import print_json, print_text, progress, say

EPILOG = """Examples:

\b
  countermove what-matters
  countermove what-matters h200-rule+necessity --period 2030
  countermove what-matters --only supply.hbm_domestic_2026
  countermove what-matters --out out/what-matters
  countermove what-matters --draws 256 --switch-draws 128 --json

Three questions per headline outcome: which assumptions it moves with; what it becomes when one side of a disagreement
between sources is believed; and how the case moves over the response of R&D to denial, on whose sign findings disagree.
"""
DRAWS, SWITCH_DRAWS = 1024, 256


def what_matters(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A preset, with or without suffixes, or the path of a scenario file.")
    ] = "h200-2026",
    period: Annotated[str, typer.Option("--period", help="Year in which outcomes are read; dates have none.")] = "2028",
    draws: Annotated[int, typer.Option("--draws", "-n", help="Draws behind the correlations.")] = DRAWS,
    switch_draws: Annotated[int, typer.Option("--switch-draws", help="Draws of each run with one side believed.")] = SWITCH_DRAWS,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PARAMETER", help="Switch this conflict alone, any number of times.")
    ] = None,
    seed: options.Seed = options.SEED,
    out: Annotated[
        Path | None, typer.Option("--out", help=f"Folder to write: what-matters.html and what-matters.json. {options.PAGES_STAY}")
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Show what the headline outcomes hang on: assumptions, conflicts between sources, and the response to denial."""
    from countermove.desk import what_matters as answers

    check_pages_folder(out, "what-matters")
    with progress("simulating", quiet=quiet) as watch:
        document = answers.what_matters(
            scenario, period=period, draws=draws, switch_draws=switch_draws, seed=seed, only=tuple(only or ()), progress=watch
        )
    if out is not None:
        from countermove.reports.what_matters import write_what_matters

        say(f"written: {write_what_matters(document, out)}", quiet=quiet)
    if as_json:
        print_json(document)
    else:
        from countermove.desk.what_matters_text import text

        print_text(text(document))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("what-matters", epilog=EPILOG)(what_matters)
