"""The options that several commands share, with their help texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DRAWS = 1000
SEED = 2026

Draws = Annotated[int, typer.Option("--draws", "-n", help="How many joint samples of the uncertain parameters to simulate.")]
Seed = Annotated[int, typer.Option("--seed", help="Number that fixes all random draws; the same seed gives the same result.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a lever or a parameter, any number of times: levers.washington.duty=0.1, "
        "levers.beijing.import_gate='{2026-02: 0.667, 2027-01: 0}', parameters/supply.hbm_imports=12.",
    ),
]
STAYS = "An earlier run there is replaced unless its files were changed; any other file there stays."
"""What the help of every command that writes a run says of a folder that is there already."""
PAGES_STAY = "Both are replaced only while they are as we wrote them."
PAGE_STAYS = "A file there is replaced only while it is as we wrote it."
Out = Annotated[
    Path | None, typer.Option("--out", help=f"Folder to write: outcomes (Parquet), manifest.json and report.html. {STAYS}")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no messages on stderr, except errors.")]
Known = Annotated[
    str | None, typer.Option("--known", metavar="DATE", help="Use only evidence known on this date (default: all of it).")
]
Prior = Annotated[
    bool, typer.Option("--prior", help="Draw the assumptions from their priors, without the calibration on published values.")
]
By = Annotated[str, typer.Option("--by", help="Length of the reported periods: year, quarter or both.")]
"""Whether JSON and Parquet hold years, quarters or both; the printed table always shows years."""


def periods(by: str) -> tuple[str, ...]:
    """Return the period lengths that `--by` names."""
    from countermove.errors import InputError, did_you_mean

    choices = {"year": ("year",), "quarter": ("quarter",), "both": ("year", "quarter")}
    if by not in choices:
        raise InputError(f"no period length named {by!r}", where="--by", hint=did_you_mean(by, choices))
    return choices[by]
