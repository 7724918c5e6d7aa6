"""`countermove explain`: from a number back to what it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli import options
from countermove.cli.idle import notes
from countermove.cli.output import print_json, print_text, progress, say

if TYPE_CHECKING:
    from countermove.experiments.result import Comparison, Result

EPILOG = """Examples:

\b
  countermove explain h200-2026 domestic_ai_chip_revenue_usd_bn
  countermove explain out/demo h200_china_revenue_usd_bn --period 2027 --scenario open-h200+open
  countermove explain h200-2026 us_china_compute_ratio_h100e --depth 3
  countermove explain h200-2026 parity_year_chip_decode --all --json

The chain: outcome <- monthly series <- mechanisms that write them <- mechanisms that feed those <- parameters, levers and
tables <- claims <- sources with their addresses.
"""

DRAWS = 500


def explain(
    run: Annotated[
        str,
        typer.Argument(metavar="RUN", help="A folder that `countermove run --out` wrote, or a preset or scenario file to run."),
    ],
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="The id of an outcome, such as h200_china_revenue_usd_bn.")],
    period: Annotated[
        str | None, typer.Option("--period", help="Year, quarter or horizon (default: 2028, or the horizon).")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Which scenario of a stored comparison (default: first).")
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=0, help="Steps of the chain shown beyond the first mechanisms.")] = 1,
    everything: Annotated[bool, typer.Option("--all", help="Show every mechanism, parameter, table entry and source.")] = False,
    draws: Annotated[int, typer.Option("--draws", "-n", help="Draws when RUN is a scenario that has to be run.")] = DRAWS,
    seed: options.Seed = options.SEED,
    prior: options.Prior = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Explain an outcome: what it moves with, which relations make it, and which claims and sources they rest on."""
    from countermove import api
    from countermove.desk.explain import chosen_result
    from countermove.desk.explain import explain as explanation
    from countermove.desk.explain_text import lines
    from countermove.outcomes import outcome as checked

    if Path(run).is_dir():
        stored: Result | Comparison = api.load_result(run)
    else:
        chosen = api.load(run)
        periods = _periods(outcome, period, run)
        said = notes([chosen])
        say("\n".join(said), quiet=quiet or not said)
        with progress(f"simulating {chosen.id}", quiet=quiet) as watch:
            beliefs = "prior" if prior else "fitted"
            stored = api.run(chosen, draws=draws, seed=seed, periods=periods, beliefs=beliefs, progress=watch)
    result = chosen_result(stored, scenario)
    if outcome not in result.outcomes:
        checked(outcome)
    document = explanation(result, outcome, period=period)
    if as_json:
        print_json(document)
    else:
        print_text("\n".join(lines(document, depth=depth, everything=everything)))


def _periods(outcome: str, period: str | None, where: str) -> tuple[str, ...]:
    """Check the outcome and the period before anything is run, and return the period lengths that are needed."""
    from countermove.errors import InputError, did_you_mean
    from countermove.outcomes import HORIZON
    from countermove.outcomes import outcome as checked
    from countermove.quantities.calendar import quarters, years

    valid = [HORIZON] if checked(outcome).kind == "date" else [*years(), *quarters()]
    if period is not None and period not in valid:
        raise InputError(f"{outcome} has no period {period!r}", where=where, hint=did_you_mean(period, valid))
    return ("quarter",) if period in quarters() else ("year",)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("explain", epilog=EPILOG)(explain)
