"""`countermove run`: simulate one scenario."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.folders import check_run_folder
from countermove.cli.idle import notes
from countermove.cli.output import print_json, print_text, progress, say

EPILOG = """Examples:

\b
  countermove run h200-2026
  countermove run h200-rule+necessity --set levers.washington.duty=0.1
  countermove run open-h200+open+70bn --draws 4000 --out out/open
  countermove run my-scenario.yaml --json > result.json
  countermove run h200-2026 --set parameters/supply.hbm_imports=12

\b
Presets: h200-2026 no-h200 h20-only h200-rule open-h200 b30a all-open no-controls stall
Premises of published analyses: no-exports h200-two-million semianalysis-ledger semianalysis-hbm-free bernstein-logic-bound
Beijing's side, added with a plus sign: +open +bundled +necessity +ban +70bn

What a number means: the median and the ranges in which 50% and 90% of the draws lie, given the scenario and the
stated assumptions.
"""


def run(
    scenario: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO", help="A preset, with or without suffixes (h200-rule+ban), or the path of a scenario file."
        ),
    ],
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    sets: options.Sets = None,
    out: options.Out = None,
    by: options.By = "year",
    known: options.Known = None,
    prior: options.Prior = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Simulate one scenario and print what happens, with its uncertainty.

    A scenario is what the two governments do (levers), from a start month on. Everything uncertain is drawn anew for each draw.
    """
    from countermove import api
    from countermove.cli.table import result_table

    lengths = options.periods(by)
    chosen = api.load(scenario, sets=tuple(sets or ()))
    check_run_folder(out)
    said = notes([chosen])
    with progress(f"simulating {chosen.id}", quiet=quiet) as watch:
        result = api.run(
            chosen,
            draws=draws,
            seed=seed,
            periods=_stored(lengths, table=not as_json),
            known=known,
            beliefs="prior" if prior else "fitted",
            monthly=out is not None,
            progress=watch,
        )
    if out is not None:
        api.write(result, out)
        say(f"written: {out}", quiet=quiet)
    if as_json:
        say("\n".join(said), quiet=quiet or not said)
        print_json(result.to_dict() | ({"notes": said} if said else {}))
    else:
        print_text("\n".join([result_table(result), *said]))


def _stored(lengths: tuple[str, ...], *, table: bool) -> tuple[str, ...]:
    """Years are simulated whenever a table is to be printed, beside what `--by` asks for."""
    return tuple(dict.fromkeys(("year", *lengths))) if table else lengths


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("run", epilog=EPILOG)(run)
