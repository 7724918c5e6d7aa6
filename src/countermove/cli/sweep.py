"""`countermove sweep`: a large design of levers, parameters and scenarios, run in resumable chunks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.idle import notes
from countermove.cli.output import print_json, print_text, progress, say

EPILOG = """Examples:

\b
  countermove sweep duty.yaml --out out/duty
  countermove sweep duty.yaml --out out/duty --resume
  countermove sweep duty.yaml --out out/duty --executor dask --scheduler tcp://10.0.0.5:8786

\b
A sweep file:
  schema: 1
  scenarios: [h200-rule+open, h200-rule+ban]
  design:
    kind: grid
    factors:
      levers.washington.duty: [0, 0.25, 0.5]
  draws: 1000
  outcomes: [china_compute_h100e, domestic_share_units]
  periods: ["2028", "2032"]

Designs: grid, latin-hypercube, sobol, saltelli, morris, file. Factors are levers and parameters. After an interruption, whatever
it was, --resume continues to the same bits. Only chunks in work at that moment are done again.
"""


def sweep(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="The sweep file.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder to write: a new or an empty one, or that of the sweep with --resume.")
    ],
    executor: Annotated[str, typer.Option("--executor", help="serial, threads, processes (or local) or dask.")] = "processes",
    workers: Annotated[int | None, typer.Option("--workers", help="Threads or worker processes (default: one per core).")] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", help="Address of a running Dask scheduler.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue a sweep that was interrupted; chunks that are damaged are computed again.")
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a sweep: scenarios x levers x parameters x draws, with quantiles and, if wanted, every run's final outcomes."""
    from countermove.experiments import sweep as sweeping
    from countermove.experiments.sweep_file import read_sweep

    def tell(words: str) -> None:
        say(words, quiet=quiet)

    asked, scenarios = read_sweep(spec)
    said = notes(scenarios.values(), varied=asked.design.factors)
    say("\n".join(said), quiet=quiet or not said)
    try:
        with progress(f"sweeping {spec.stem}", quiet=quiet) as watch:
            done = sweeping.sweep(
                spec, out, executor=executor, workers=workers, scheduler=scheduler, resume=resume, progress=watch, tell=tell
            )
    except KeyboardInterrupt:
        # The general message, "nothing was written", would be wrong here.
        print("interrupted; what is done is kept: continue with --resume", file=sys.stderr)
        raise SystemExit(130) from None
    say(f"{done.computed} chunks computed, {done.kept} found done; written: {out}", quiet=quiet)
    document = sweeping.require_finished(out)
    if as_json:
        print_json({"folder": str(out), "computed": done.computed, "kept": done.kept} | document)
    else:
        print_text("\n".join(_lines(document)))


def _lines(document: dict[str, Any]) -> list[str]:
    """Return the summary as a table: one line per cell and quantity."""
    fixed = ("scenario", "outcome", "period", "runs", "mean", "low", "high", "p5", "p25", "median", "p75", "p95")
    lines = [f"{document['runs']:,} runs, {document['points']:,} points, {document['cells']:,} cells"]
    if document.get("copula_runs"):
        lines.append(f"{document['copula_runs']:,} of them lie beyond the ensemble's rows and come from its copula")
    before: tuple[object, ...] = ()
    for row in document["rows"]:
        factors = {name: value for name, value in row.items() if name not in fixed}
        cell = (row["scenario"], *factors.items())
        if cell != before:
            at = "".join(f"  {name} = {value}" for name, value in factors.items())
            lines += ["", f"{row['scenario']}{at}", f"  {'':44}{'median':>11}{'p5':>11}{'p25':>11}{'p75':>11}{'p95':>11}"]
            before = cell
        numbers = "".join(f"{_number(row[level], row['period']):>11}" for level in ("median", "p5", "p25", "p75", "p95"))
        lines.append(f"  {row['outcome'] + ' ' + row['period']:44}{numbers}")
    hidden = document["rows_in_all"] - len(document["rows"])
    if hidden:
        lines += ["", f"{hidden:,} more rows are in summary.parquet"]
    return lines


def _number(value: float, period: str) -> str:
    """Return a number of the table; dates keep their months."""
    return f"{value:.2f}" if period == "horizon" else f"{value:.4g}"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("sweep", epilog=EPILOG)(sweep)
