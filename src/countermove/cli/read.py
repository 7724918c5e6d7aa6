"""`countermove read`: the claims of articles, each beside its sentence and the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, progress, say

EPILOG = """Examples:

\b
  countermove read article.txt
  countermove read saved-page.html filing.pdf --json > reading.json
  countermove read press/*.txt --store out/readings
  countermove review reading.json

Text, Markdown, saved HTML and PDF are read by rules, on this machine; nothing in a file is executed or fetched. A relation to the
ledger (new, repeats, refines, conflicts, stale, no match) is no verdict: competing values stand side by side. --endpoint sends
the
text to an address of yours; what comes back must quote the article word for word, or is dropped.
"""


def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Articles: text, Markdown, saved HTML or PDF.")],
    said: Annotated[
        str | None, typer.Option("--said", metavar="DATE", help="The day of publication, where the text has none.")
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", metavar="DIR", help="Keep each reading in this folder; the same command goes on where it stopped."
        ),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="URL", help="Also ask this address (OpenAI-like chat); off by default.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="The endpoint's model.")] = None,
    names: Annotated[
        bool, typer.Option("--spacy/--no-spacy", help="Find people's names with spaCy too, where it is installed.")
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Read articles: who said what, with which number, as of when, relayed by whom, and what the ledger has on it."""
    from countermove.quantities.calendar import parse_date
    from countermove.reading.batch import read_files
    from countermove.reading.document import document, lines

    if said is not None:
        parse_date(said, where="--said")
    if names:
        from countermove.reading.spacy_names import switch_on

        switch_on()
    with progress("reading", quiet=quiet, unit="articles") as watch:
        reading = read_files(files, said=said, store=store, progress=watch)
    if endpoint is not None:
        from countermove.reading.endpoint import ask

        reading = ask(reading, endpoint, model=model or "default", said=said)
    if as_json:
        print_json(document(reading))
    else:
        print_text("\n".join(lines(reading)))
    if store is not None:
        say(f"readings kept in {store}", quiet=quiet)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("read", epilog=EPILOG)(read)
