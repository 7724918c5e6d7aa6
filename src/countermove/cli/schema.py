"""`countermove schema`: the JSON schema of a command's document."""

from __future__ import annotations

from typing import Annotated

import typer

from countermove.cli.output import print_json

EPILOG = """Example:

\b
  countermove schema run > run.schema.json
"""


def schema(
    command: Annotated[str, typer.Argument(help="The command whose --json document is described, such as run or claims.")],
) -> None:
    """Print the JSON schema of the document that a command prints with --json."""
    from countermove.cli.documents import DOCUMENTS
    from countermove.errors import InputError, did_you_mean

    if command not in DOCUMENTS:
        raise InputError(f"no schema for {command!r}", where="schema", hint=did_you_mean(command, DOCUMENTS))
    document = DOCUMENTS[command].model_json_schema()
    print_json({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"countermove {command} --json"} | document)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("schema", epilog=EPILOG)(schema)
