"""`countermove sensitivity` and `countermove robustness`: what an outcome depends on, and how settings compare over futures."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, say

EPILOG = """Examples:

\b
  countermove sensitivity out/duty china_compute_h100e@2032 --scenario h200-rule+open
  countermove sensitivity out/duty domestic_share_units@2032 --scenario h200-rule+ban --against h200-rule+open
  countermove sensitivity out/saltelli --of p95

Methods: sobol (needs a sweep of kind saltelli), morris (kind morris), delta (any sweep). Without an outcome, all that were kept.
"""
ROBUST = """Examples:

\b
  countermove robustness out/duty china_compute_h100e@2032 --want less
  countermove robustness out/duty domestic_share_units@2032 --want more --threshold 0.5

Regret of a setting in a future: how much better the best setting would have done in it. What is wanted is yours to say.
"""
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished sweep.")]
ScenarioName = Annotated[str | None, typer.Option("--scenario", help="A scenario of the sweep.")]
Against = Annotated[str | None, typer.Option("--against", help="Take the paired difference from this scenario.")]


def sensitivity(
    folder: Folder,
    outcome: Annotated[str | None, typer.Argument(metavar="OUTCOME", help="An outcome the sweep kept: ID@PERIOD.")] = None,
    method: Annotated[str | None, typer.Option("--method", help="sobol, morris or delta.")] = None,
    scenario: ScenarioName = None,
    against: Against = None,
    of: Annotated[str, typer.Option("--of", help="Statistic over the draws of a point: mean, median, p5 or p95.")] = "mean",
    top: Annotated[int, typer.Option("--top", min=1, help="Factors shown in the table.")] = 12,
    as_json: options.Json = False,
) -> None:
    """Say which levers and parameters an outcome depends on most."""
    from countermove.errors import InputError, did_you_mean
    from countermove.experiments.sensitivity import sensitivity as indices
    from countermove.experiments.sweep_table import STATISTICS, SweepTable

    if of not in STATISTICS:
        raise InputError(f"no statistic named {of!r}", where="--of", hint=did_you_mean(of, STATISTICS))
    names = [outcome] if outcome else [str(quantity) for quantity in SweepTable(folder).plan.quantities]
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always")
        found = [indices(folder, name, method=method, scenario=scenario, against=against, statistic=of) for name in names]
    if any("Bias Notice" in str(notice.message) for notice in notices):
        say("few runs per factor: some indices may be biased; more draws or points sharpen them", quiet=False)
    if as_json:
        print_json({"folder": str(folder), "outcomes": found})
    else:
        print_text("\n\n".join(_table(document, top) for document in found))


def _table(document: dict[str, Any], top: int) -> str:
    rows = document["factors"]
    columns = [name for name in rows[0] if name != "factor"]
    lines = [f"{document['outcome']}: {document['method']} of {document['statistic']}"]
    lines.append(f"  {'':48}" + "".join(f"{name.replace('_', ' '):>22}" for name in columns))
    lines += [f"  {row['factor']:48}" + "".join(f"{row[name]:>22.4g}" for name in columns) for row in rows[:top]]
    if len(rows) > top:
        lines.append(f"  and {len(rows) - top} more (--top, --json)")
    return "\n".join(lines)


def robustness(
    folder: Folder,
    outcome: Annotated[str, typer.Argument(metavar="OUTCOME", help="An outcome the sweep kept: ID@PERIOD.")],
    want: Annotated[str, typer.Option("--want", help="more or less: which direction counts as better.")],
    threshold: Annotated[float | None, typer.Option("--threshold", help="Also the share of futures that reach this.")] = None,
    as_json: options.Json = False,
) -> None:
    """Compare settings over all futures: median, worst 5%, regret, and the share that reaches a threshold."""
    from countermove.errors import InputError, did_you_mean
    from countermove.experiments.robustness import robustness as compare

    if threshold is not None and not math.isfinite(threshold):
        raise InputError(f"{threshold}", where="--threshold", hint="give a finite number")
    if want not in ("more", "less"):
        raise InputError(f"--want is {want!r}", where="--want", hint=did_you_mean(want, ("more", "less")))
    document = compare(folder, outcome, more_is_better=want == "more", threshold=threshold)
    if as_json:
        print_json(document)
        return
    lines = [f"{document['outcome']}, {want} is better, {document['futures']:,} futures; least regret first"]
    for row in document["settings"]:
        numbers = {name: value for name, value in row.items() if isinstance(value, float) and not name.startswith(("lev", "par"))}
        at = ", ".join(f"{name} = {value}" for name, value in row.items() if name.startswith(("levers.", "parameters/")))
        lines.append(f"{row['scenario']}{'  ' + at if at else ''}")
        lines.append("    " + "   ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in numbers.items()))
    print_text("\n".join(lines))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("sensitivity", epilog=EPILOG)(sensitivity)
    app.command("robustness", epilog=ROBUST)(robustness)
