"""`countermove reproduce`: run a stored result again and compare every number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, progress

EPILOG = """Examples:

\b
  countermove run h200-2026 --out out/mine
  countermove reproduce out/mine
  countermove reproduce out/mine --json
  countermove reproduce shared/run --tolerance 1e-6

\b
Exit codes
  0  every number is the same: to the last bit where version, data, packages, Python and kind of machine are those of the
     stored run, to 1e-9 of its size elsewhere (or within --tolerance)
  1  some number differs; the table says which, by how much, and what else changed
  2  the folder is no run, is damaged, or cannot be read by this version
"""

DIFFERS = 1


def reproduce(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that `countermove run --out` or `compare --out` wrote.")
    ],
    tolerance: Annotated[
        float | None, typer.Option("--tolerance", help="Largest relative difference that counts as the same.")
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a stored result again from its manifest and say whether every number is the same."""
    from countermove.desk.reproduce import lines
    from countermove.desk.reproduce import reproduce as again

    with progress("simulating again", quiet=quiet) as watch:
        found = again(folder, tolerance=tolerance, progress=watch)
    if as_json:
        print_json(found.to_dict())
    else:
        print_text("\n".join(lines(found)))
    if not found.reproduced:
        raise typer.Exit(DIFFERS)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("reproduce", epilog=EPILOG)(reproduce)
