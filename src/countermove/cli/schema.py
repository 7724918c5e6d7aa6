"""`countermove schema`: the JSON schema of a command's document."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from countermove.cli.output import print_json

EPILOG = """Examples:

\b
  countermove schema run > run.schema.json
  countermove schema infer refusal
  countermove schema predict --batch

Required keys stay; further keys may appear.
"""


def schema(
    command: Annotated[
        list[str],
        typer.Argument(metavar="COMMAND...", help="The command whose --json document is meant: run, infer refusal."),
    ],
) -> None:
    """Print the JSON schema of the document that a command prints with --json."""
    print_json(published(" ".join(command)))


def published(name: str) -> dict[str, Any]:
    """Return the JSON schema of a command, given in the words that one types; InputError for one without a document."""
    from countermove.cli.documents import DOCUMENTS
    from countermove.errors import InputError, did_you_mean

    below = [known for known in DOCUMENTS if known.startswith(f"{name} ") and name not in DOCUMENTS]
    chosen = below[0] if len(below) == 1 else name
    if chosen not in DOCUMENTS:
        hint = f"one of: {', '.join(below)}" if below else did_you_mean(name, DOCUMENTS)
        raise InputError(f"no schema for {name!r}", where="schema", hint=hint)
    document = DOCUMENTS[chosen].model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"countermove {chosen} --json", "type": "object"}
    return head | {key: value for key, value in document.items() if key not in head}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    # `predict --batch` is a name here, no option.
    app.command("schema", epilog=EPILOG, context_settings={"ignore_unknown_options": True})(schema)
