"""`countermove play`: fill a game by simulation and solve it."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, progress

EPILOG = """Examples:

\b
  countermove play lead
  countermove play lead --order cn-first --washington lead-first --beijing self-reliance-first
"""


def play(
    game: Annotated[str, typer.Argument(metavar="GAME", help="A game, a game file, or a preset of Washington's.")] = "lead",
    washington: Annotated[str | None, typer.Option("--washington", help="Profile of Washington's aims.")] = None,
    beijing: Annotated[str | None, typer.Option("--beijing", help="Profile of Beijing's aims.")] = None,
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play a game: payoffs, best replies, equilibria, orders of move."""
    from countermove.strategy.documents import document
    from countermove.strategy.play import play as play_game

    with progress("simulating pairs", quiet=quiet) as watch:
        played = play_game(game, washington=washington, beijing=beijing, draws=draws, seed=seed, progress=watch)
    body = document(played)
    if as_json:
        print_json(body)
    else:
        print_text(str(body["equilibria"]))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("play", epilog=EPILOG)(play)
