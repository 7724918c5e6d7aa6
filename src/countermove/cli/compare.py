"""`countermove compare`: several scenarios with the same random numbers, and their paired differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import options
from countermove.cli.folders import check_run_folder
from countermove.cli.idle import notes
from countermove.cli.output import print_json, print_text, progress, say

if TYPE_CHECKING:
    from countermove.nouns import Scenario

EPILOG = """Examples:

\b
  countermove compare no-h200 h200-rule
  countermove compare h200-2026 h200-rule+open h200-rule+ban --out out/three
  countermove compare no-h200 open-h200+open open-h200+bundled --draws 4000 --json
  countermove compare h200-2026 --overlay my-overlay

The first scenario is the reference. Each draw uses the same uncertain world in every scenario, so that a difference is due to the
levers alone; it is the other scenario minus the reference.
"""


def compare(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="Two or more presets or scenario files; the first is the reference."),
    ],
    overlay: Annotated[
        Path | None,
        typer.Option("--overlay", metavar="DIR", help="Also run the scenarios with what accepted claims of this folder move."),
    ] = None,
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
    """Compare scenarios draw by draw against the first one.

    A change given with --set applies to every scenario.
    """
    from countermove import api
    from countermove.cli.table import comparison_table

    lengths = options.periods(by)
    chosen = [api.load(name, sets=tuple(sets or ())) for name in scenarios]
    moved, moves = _moved(scenarios, tuple(sets or ()), overlay)
    chosen += moved
    check_run_folder(out)
    said = [*notes(chosen), *moves]
    with progress("simulating", quiet=quiet) as watch:
        wanted = lengths if as_json else tuple(dict.fromkeys(("year", *lengths)))
        comparison = api.compare(
            chosen,
            draws=draws,
            seed=seed,
            periods=wanted,
            known=known,
            beliefs="prior" if prior else "fitted",
            monthly=out is not None,
            progress=watch,
        )
    if out is not None:
        api.write(comparison, out)
        say(f"written: {out}", quiet=quiet)
    if as_json:
        say("\n".join(said), quiet=quiet or not said)
        print_json(comparison.to_dict() | ({"notes": said} if said else {}))
    else:
        print_text("\n".join([comparison_table(comparison), *said]))


def _moved(names: list[str], sets: tuple[str, ...], overlay: Path | None) -> tuple[list[Scenario], list[str]]:
    """Return each scenario as the overlay's linked claims move it, under a name of its own, and what moves."""
    if overlay is None:
        return [], []
    import dataclasses

    from countermove import api
    from countermove.errors import InputError
    from countermove.evidence.ledger import load_ledger
    from countermove.reading.moves import changes
    from countermove.reading.overlay import existing_overlay

    moves = existing_overlay(overlay).moves(load_ledger())
    if not changes(moves):
        raise InputError(
            "no accepted claim with a link moves anything", where=str(overlay), hint="countermove review FILE --link PATH"
        )
    made = [api.load(name, sets=(*sets, *changes(moves))) for name in names]
    named = [dataclasses.replace(one, id=f"{one.id}-overlay", label=f"{one.label}, with the overlay") for one in made]
    return named, [f"overlay: {move.words}" for move in moves]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("compare", epilog=EPILOG)(compare)
