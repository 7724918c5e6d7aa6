"""`countermove doctor`: is this installation sound?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text

EPILOG = """Examples:

\b
  countermove doctor
  countermove doctor --json
  countermove doctor --data my-copy-of-the-data --no-run

Each line is ok, a warning (it works, something is worth a look) or a problem, with what to do. Nothing is changed.

\b
Exit codes
  0  no problem (warnings may be there)
  1  at least one problem
"""

PROBLEMS = 1


def doctor(
    data: Annotated[Path | None, typer.Option("--data", help="Audit another data tree instead of the shipped one.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder in which results would be written (default: out).")] = None,
    smoke: Annotated[bool, typer.Option("--run/--no-run", help="Whether to run the model on a few draws.")] = True,
    as_json: options.Json = False,
) -> None:
    """Check Python, packages, data, engines, permissions and a small run; say what to do where something is wrong."""
    from countermove.desk import doctor as desk

    findings = []
    for found in desk.examine(data=data, out=out, smoke=smoke):
        findings.append(found)
        if not as_json:
            print_text("\n".join(desk.finding_lines(found)))
    if as_json:
        print_json(desk.document(findings))
    else:
        print_text("\n" + desk.verdict(findings))
    if desk.worst(findings) == "problem":
        raise typer.Exit(PROBLEMS)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("doctor", epilog=EPILOG)(doctor)
