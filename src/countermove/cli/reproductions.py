"""`countermove reproductions`: published results made again, beside what was published."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, progress

EPILOG = """Examples:

\b
  countermove reproductions
  countermove reproductions show ifp-hopper
  countermove reproductions run
  countermove reproductions run epoch-smuggling cfr-deficit --json

Three tiers: exact (inputs and method known), bracketed (our range must contain or touch theirs), claim-only (beside, no test).
A miss is shown with its reason; nothing is adjusted to avoid one.
"""
DRAWS = 512

app = typer.Typer(
    help="Published results made again, beside what was published.",
    epilog=EPILOG,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _main(context: typer.Context, as_json: options.Json = False) -> None:
    """Print the list where no command is given."""
    if context.invoked_subcommand is None:
        list_entries(as_json=as_json)


@app.command("list", epilog=EPILOG)
def list_entries(as_json: options.Json = False) -> None:
    """List the reproductions by tier."""
    from countermove.reproductions import text
    from countermove.reproductions.catalogue import load_reproductions

    entries = load_reproductions().values()
    if as_json:
        print_json({"reproductions": [text.entry_document(entry) for entry in entries]})
    else:
        print_text(text.listing(entries))


@app.command("show", epilog=EPILOG)
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="A reproduction, such as ifp-hopper.")],
    as_json: options.Json = False,
) -> None:
    """Explain one: question, inputs, method, published figures and sources. Nothing is simulated."""
    from countermove.reproductions import text
    from countermove.reproductions.catalogue import reproduction

    entry = reproduction(name)
    if as_json:
        print_json(text.entry_document(entry))
    else:
        print_text(text.explained(entry))


@app.command("run", epilog=EPILOG)
def run(
    names: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Reproductions (default: all).")] = None,
    draws: Annotated[int, typer.Option("--draws", "-n", help="Draws of a market row, 64 or more.")] = DRAWS,
    seed: options.Seed = options.SEED,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Make published results again and compare."""
    from countermove.reproductions import text
    from countermove.reproductions.carry_out import carry_out
    from countermove.reproductions.catalogue import load_reproductions, reproduction

    chosen = [reproduction(name) for name in dict.fromkeys(names)] if names else list(load_reproductions().values())
    with progress("simulating", quiet=quiet) as watch:
        carried = carry_out(chosen, draws=draws, seed=seed, progress=watch)
    if as_json:
        print_json(text.document(carried))
    else:
        print_text(text.table(carried))


def add_to(parent: typer.Typer) -> None:
    """Register the group of commands."""
    parent.add_typer(app, name="reproductions")
