"""`countermove evidence`: where a number comes from, who says otherwise, and what the paths are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text

EPILOG = """Examples:

\b
  countermove evidence
  countermove evidence parameters/supply.hbm_imports
  countermove evidence claims/policy.cn.h200
  countermove evidence policy.cn.h200.import --on 2026-01-20 --known 2026-01-20
  countermove evidence presets/h200-rule --json

Grades: A official text or filing, B named press or analyst, C derived or one weak page, D do not rely on it.
"""

On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="For a topic: only claims about this date.")]


def evidence(
    path: Annotated[
        str | None, typer.Argument(help="A parameter, claim, topic, source, series, case or preset; nothing lists all paths.")
    ] = None,
    on: On = None,
    known: options.Known = None,
    overlay: Annotated[
        Path | None, typer.Option("--overlay", metavar="DIR", help="Lay the accepted claims of this folder over the ledger.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show the claims and sources behind a number, competing ones side by side."""
    from countermove import api
    from countermove.evidence import text

    ledger = api.ledger()
    if overlay is not None:
        from countermove.reading.overlay import existing_overlay

        ledger = existing_overlay(overlay).over(ledger)
    if path is None:
        _list(api.evidence_paths(ledger), as_json=as_json)
        return
    entry = api.look_up(path, on=on, known=known, over=ledger)
    if as_json:
        print_json(text.as_json(entry, ledger))
    else:
        print_text("\n".join(text.lines(entry, ledger)))


def _list(paths: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"paths": paths})
    else:
        print_text("\n".join(paths))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("evidence", epilog=EPILOG)(evidence)
