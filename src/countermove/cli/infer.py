"""`countermove infer refusal`: what an observer may infer, as odds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.folders import check_pages_folder
from countermove.cli.output import print_json, print_text, progress, say

EPILOG = """Examples:

\b
  countermove infer refusal
  countermove infer refusal --events refusal --lambda 4
  countermove infer refusal --mode short-game --prior chip_parity=0.15 --prior protection=0.7

Prior, posterior and Bayes factor per capability, after one refusal and after the dated sequence. Odds, not findings of fact.
"""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Infer what an observed move reveals, as odds.")


@app.command("refusal", epilog=EPILOG)
def refusal(
    events: Annotated[
        str | None, typer.Option("--events", metavar="NAMES", help="Events to use, separated by commas (default: all).")
    ] = None,
    prior: Annotated[
        list[str] | None, typer.Option("--prior", metavar="NAME=P", help="Set a prior, any number of times: chip_parity=0.15.")
    ] = None,
    precision: Annotated[
        float | None, typer.Option("--lambda", help="Precision of replies; swept beside it in any case.")
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="reduced, or short-game (offer, reply, update, next offer).")] = "reduced",
    washington: Annotated[str | None, typer.Option("--washington", help="Washington's profile in the short game.")] = None,
    setting: Annotated[
        Path | None, typer.Option("--setting", help="File with other priors, events and trust in reports.")
    ] = None,
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    out: Annotated[
        Path | None, typer.Option("--out", help=f"Folder to write: refusal.json and refusal.html. {options.PAGES_STAY}")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Simulate anew and store nothing.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say how a refusal, and the dated reports after it, move the odds of what lies behind it."""
    from countermove.errors import InputError
    from countermove.strategy.refusal.infer import infer_refusal
    from countermove.strategy.refusal.words import document

    if washington is not None and mode == "reduced":
        hint = "add --mode short-game, or leave it out"
        raise InputError("Washington's profile matters in the short game only", where="--washington", hint=hint)
    check_pages_folder(out, "refusal")
    with progress("simulating types", quiet=quiet) as watch:
        found = infer_refusal(
            events=None if events is None else [name.strip() for name in events.split(",") if name.strip()],
            priors=_priors(prior or []),
            precision=precision,
            mode=mode,
            washington=washington,
            setting_file=setting,
            draws=draws,
            seed=seed,
            use_cache=not no_cache,
            progress=watch,
        )
    body = document(found)
    if out is not None:
        from countermove.reports.strategy import write_refusal

        say(f"written: {write_refusal(body, out)}", quiet=quiet)
    if as_json:
        print_json(body)
    else:
        from countermove.cli.strategy_table import refusal_text

        print_text(refusal_text(body))


def _priors(given: list[str]) -> dict[str, float]:
    """Return priors from NAME=P texts; InputError for what is no such text."""
    from countermove.errors import InputError

    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        try:
            found[name.strip().replace("-", "_")] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise InputError(f"{text!r} is no prior", where="--prior", hint="write NAME=P, such as chip_parity=0.15")
    return found


def add_to(parent: typer.Typer) -> None:
    """Register the group of commands."""
    parent.add_typer(app, name="infer")
