"""`countermove play`: fill a game by simulation and solve it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.folders import check_pages_folder
from countermove.cli.output import print_json, print_text, progress, say

if TYPE_CHECKING:
    from countermove.strategy.play import Played

EPILOG = """Examples:

\b
  countermove play lead
  countermove play lead --order cn-first --washington lead-first --beijing self-reliance-first
  countermove play h200-rule --draws 200
  countermove play lead --also bomb,protection,inverse --out out/lead
  countermove play lead --repeated adaptive --start rule/refuse --draws 128

Profiles: washington revenue-first, lead-first, stall-rival; beijing self-reliance-first, compute-first, balanced.
Payoffs are assumptions about aims; a stable pair is no forecast.
"""

ORDERS = ("us-first", "simultaneous", "cn-first")
ALSO = ("bomb", "protection", "inverse")
START = "rule/refuse"
FEW_DRAWS = 256
"""Most draws of the further analyses, which need many more simulations than the game itself."""


def play(
    game: Annotated[str, typer.Argument(metavar="GAME", help="A game, a game file, or a preset of Washington's.")] = "lead",
    order: Annotated[str | None, typer.Option("--order", help="Print one order: us-first, simultaneous or cn-first.")] = None,
    washington: Annotated[str | None, typer.Option("--washington", help="Profile of Washington's aims.")] = None,
    beijing: Annotated[str | None, typer.Option("--beijing", help="Profile of Beijing's aims.")] = None,
    profiles: Annotated[Path | None, typer.Option("--profiles", help="File with further profiles.")] = None,
    precision: Annotated[list[float] | None, typer.Option("--lambda", help="Precisions of the quantal path.")] = None,
    also: Annotated[str | None, typer.Option("--also", help="Further analyses: bomb, protection, inverse.")] = None,
    repeated: Annotated[str | None, typer.Option("--repeated", help="Yearly revision: adaptive or quantal.")] = None,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="US/CN", help="Pair that the repeated play starts from (default: rule/refuse)."),
    ] = None,
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    out: Annotated[
        Path | None, typer.Option("--out", help=f"Folder to write: game.json and game.html. {options.PAGES_STAY}")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Simulate anew and store nothing.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play a game: payoffs from simulation, best replies, equilibria, orders of move, imprecise replies."""
    from countermove.strategy.documents import document
    from countermove.strategy.play import play as play_game
    from countermove.strategy.quantal import LAMBDAS

    _check_order(order)
    wanted = _analyses(also)
    _check_repeated(repeated, start)
    check_pages_folder(out, "game")
    with progress("simulating pairs", quiet=quiet) as watch:
        played = play_game(
            game,
            washington=washington,
            beijing=beijing,
            profile_file=profiles,
            precisions=precision or LAMBDAS,
            draws=draws,
            seed=seed,
            use_cache=not no_cache,
            progress=watch,
        )
    for name in wanted:
        with progress(f"analysing {name}", quiet=quiet) as watch:
            played.extras[name] = _analysis(name, min(draws, FEW_DRAWS), seed, use_cache=not no_cache, watch=watch)
    if repeated is not None:
        with progress("playing year by year", quiet=quiet) as watch:
            played.extras["repeated"] = _repeat(played, repeated, start or START, min(draws, FEW_DRAWS), seed, precision, watch)
    body = document(played)
    if out is not None:
        from countermove.reports.strategy import write_game

        say(f"written: {write_game(body, out)}", quiet=quiet)
    if as_json:
        print_json(body)
    else:
        from countermove.cli.strategy_table import game_text

        print_text(game_text(body, order))


def _check_order(order: str | None) -> None:
    from countermove.errors import InputError, did_you_mean

    if order is not None and order not in ORDERS:
        raise InputError(f"no order of move named {order!r}", where="--order", hint=did_you_mean(order, ORDERS))


def _check_repeated(repeated: str | None, start: str | None) -> None:
    from countermove.errors import InputError

    if start is not None and repeated is None:
        raise InputError("a start belongs to repeated play", where="--start", hint="add --repeated adaptive, or leave it out")


def _analyses(also: str | None) -> list[str]:
    """Return the names of the further analyses; InputError with the nearest name."""
    from countermove.errors import InputError, did_you_mean

    names = [name.strip() for name in (also or "").split(",") if name.strip()]
    for name in names:
        if name not in ALSO:
            raise InputError(f"no analysis named {name!r}", where="--also", hint=did_you_mean(name, ALSO))
    return names


def _analysis(name: str, draws: int, seed: int, *, use_cache: bool, watch: Any) -> dict[str, Any]:
    from countermove.strategy.bomb import bomb_effect
    from countermove.strategy.inverse import inverse_search
    from countermove.strategy.protection import protection_test

    if name == "bomb":
        return bomb_effect(draws=draws, seed=seed, use_cache=use_cache, progress=watch)
    if name == "protection":
        return protection_test(draws=draws, seed=seed, use_cache=use_cache, progress=watch)
    return inverse_search(draws=draws, seed=seed, use_cache=use_cache, progress=watch)


def _repeat(
    played: Played, kind: str, start: str, draws: int, seed: int, precision: list[float] | None, watch: Any
) -> dict[str, Any]:
    """Play the repeated version from a pair written US/CN."""
    from countermove.errors import InputError
    from countermove.strategy.repeated import Sides, repeated

    us, slash, cn = start.partition("/")
    if not slash:
        raise InputError(f"{start!r} is no pair", where="--start", hint="write US/CN, such as rule/refuse")
    return repeated(
        played.game,
        played.profiles["washington"],
        played.profiles["beijing"],
        start=Sides(us, cn),
        play=kind,
        precision=precision[0] if precision else 2.0,
        draws=draws,
        seed=seed,
        progress=watch,
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("play", epilog=EPILOG)(play)
