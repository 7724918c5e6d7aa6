"""`countermove claims`: the claims of a case beside the evidence and the model's probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, progress, say

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG = """Examples:

\b
  countermove claims h200-2026
  countermove claims h200-2026 --rows C2,C8 --sources
  countermove claims h200-2026 --no-model
  countermove claims h200-2026 --draws 4000 --json > claims.json
  countermove claims --from article.txt --out article-claims.html

Evidence comes from the ledger; probabilities come from running the scenarios that a row names, with the same random numbers.
A status (supported, contested, contradicted, open) sums up the evidence, not the model.
"""


def claims(
    ctx: typer.Context,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="The id of a case, such as h200-2026.")] = None,
    article: Annotated[
        list[Path] | None, typer.Option("--from", metavar="FILE", help="An article as the case, any number of times.")
    ] = None,
    said: Annotated[str | None, typer.Option("--said", metavar="DATE", help="The article's day, where it has none.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=f"With --from: write the report (HTML). {options.PAGE_STAYS}")
    ] = None,
    draws: options.Draws = options.DRAWS,
    seed: options.Seed = options.SEED,
    rows: Annotated[str | None, typer.Option("--rows", help="Only these claims: C2,C8.")] = None,
    sources: Annotated[bool, typer.Option("--sources", help="Show the address of every source.")] = False,
    model: Annotated[bool, typer.Option("--model/--no-model", help="Whether to run the model for the probabilities.")] = True,
    known: options.Known = None,
    prior: options.Prior = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Show the claims of a case or an article: who makes them, what is for and against, and the model's probability, if any."""
    from countermove.desk.claims_text import lines

    _check_given(case, article, rows, out)
    with progress("simulating", quiet=quiet) as watch:
        given: dict[str, Any] = {
            "draws": draws,
            "seed": seed,
            "known": known,
            "beliefs": "prior" if prior else "fitted",
            "simulate": model,
            "progress": watch,
        }
        document = _of_articles(article, said, given) if article else _of_case(case or "", rows, given)
    if out is not None:
        from countermove.desk.article_case import page
        from countermove.storage.whole import write_page

        write_page(out, page(document))
        say(f"written: {out}", quiet=quiet)
    if as_json:
        print_json(document)
    else:
        commands = getattr(ctx.find_root().command, "commands", {})
        print_text("\n".join(lines(document, sources=sources, commands=commands)))


def _check_given(case: str | None, article: list[Path] | None, rows: str | None, out: Path | None) -> None:
    from countermove.errors import InputError

    if (case is None) == (not article):
        what = "give either a case or an article" if case else "no case and no article"
        raise InputError(what, where="claims", hint="countermove claims h200-2026, or countermove claims --from FILE")
    if article and rows:
        raise InputError("--rows chooses claims of a case", where="--rows", hint="leave it out with --from")
    if out is not None and not article:
        raise InputError("--out writes the report of an article", where="--out", hint="add --from FILE")


def _of_articles(files: Sequence[Path], said: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from countermove.desk.article_case import case_of
    from countermove.reading.batch import read_files

    return case_of(read_files(files, said=said), **given)


def _of_case(case: str, rows: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from countermove.desk.claims import claims as table

    return table(case, rows=rows.split(",") if rows else None, **given)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("claims", epilog=EPILOG)(claims)
