"""`countermove catalog`: chips, systems and LLM architectures, with the sources of each value."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text

KINDS = ("chips", "systems", "models")

EPILOG = """Examples:

\b
  countermove catalog
  countermove catalog chips h200
  countermove catalog systems cloudmatrix-384 --json
"""


def catalog(
    kind: Annotated[str, typer.Argument(help="chips, systems or models.")] = "chips",
    name: Annotated[str | None, typer.Argument(help="One of them: all its values with their sources.")] = None,
    as_json: options.Json = False,
) -> None:
    """List what is known of chips, systems and models, or one of them with the sources of every value."""
    from countermove import api
    from countermove.cli.columns import columns
    from countermove.errors import InputError, did_you_mean

    if kind not in KINDS:
        raise InputError(f"no catalogue of {kind!r}", where="catalog", hint=did_you_mean(kind, KINDS))
    rows = api.catalogue(kind) if name is None else [api.catalogue_entry(kind, name)]
    if as_json:
        print_json({"kind": kind, "rows": rows})
    else:
        print_text(columns(rows))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("catalog", epilog=EPILOG)(catalog)
