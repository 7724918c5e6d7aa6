"""`countermove demo`: the lead comparison, written into a folder with its report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.folders import check_run_folder
from countermove.cli.output import print_json, print_text, progress

SCENARIOS = ("no-h200", "h200-2026", "h200-rule+necessity", "open-h200+open")
"""The lead case: the world without the H200, as reference; the status quo; the rule met by a review; both gates open."""

EPILOG = """Example:

\b
  countermove demo
"""


def demo(
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    out: Annotated[Path, typer.Option("--out", help=f"Folder to write. {options.STAYS}")] = Path("out/demo"),
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run the lead comparison: what H200 sales change, with Beijing reviewing or admitting them; write its report."""
    from countermove import api
    from countermove.cli.table import comparison_table

    check_run_folder(out)
    with progress("simulating", quiet=quiet) as watch:
        comparison = api.compare(SCENARIOS, draws=draws, seed=seed, monthly=True, progress=watch)
    api.write(comparison, out)
    if as_json:
        print_json(comparison.to_dict() | {"report": str(out / "report.html")})
    else:
        print_text(f"{comparison_table(comparison)}\n\nReport: {out / 'report.html'}")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("demo", epilog=EPILOG)(demo)
