"""`countermove claims`: the claims of a case beside the evidence and the model's probabilities."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, progress

EPILOG = """Examples:

\b
  countermove claims h200-2026
  countermove claims h200-2026 --rows C2,C8 --sources
  countermove claims h200-2026 --no-model
  countermove claims h200-2026 --draws 4000 --json > claims.json

Evidence comes from the ledger; probabilities come from running the scenarios that a row names, with the same random numbers.
A status (supported, contested, contradicted, open) sums up the evidence, not the model.
"""


def claims(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(metavar="CASE", help="The id of a case, such as h200-2026.")],
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    rows: Annotated[str | None, typer.Option("--rows", help="Only these claims: C2,C8.")] = None,
    sources: Annotated[bool, typer.Option("--sources", help="Show the address of every source.")] = False,
    model: Annotated[bool, typer.Option("--model/--no-model", help="Whether to run the model for the probabilities.")] = True,
    known: options.Known = None,
    prior: options.Prior = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Show the claims of a case: who makes them, what speaks for and against them, and the model's probability, if any."""
    from countermove.desk.claims import claims as table
    from countermove.desk.claims_text import lines

    with progress("simulating", quiet=quiet) as watch:
        document = table(
            case,
            draws=draws,
            seed=seed,
            known=known,
            beliefs="prior" if prior else "fitted",
            rows=rows.split(",") if rows else None,
            simulate=model,
            progress=watch,
        )
    if as_json:
        print_json(document)
    else:
        commands = getattr(ctx.find_root().command, "commands", {})
        print_text("\n".join(lines(document, sources=sources, commands=commands)))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("claims", epilog=EPILOG)(claims)
