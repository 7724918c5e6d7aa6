"""`countermove whatif`: what a proposed rule would catch and free over the whole catalogue."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.check import parse_facts
from countermove.cli.output import print_json, print_text

if TYPE_CHECKING:
    from countermove.policy.whatif import Change, Comparison


EPILOG = """Examples:

\b
  countermove whatif proposed.yaml
  countermove whatif proposed.yaml --to cn --end-user university --json

A proposal is a YAML file:

\b
  schema: 1
  id: lower-line
  from: "2026-11-01"
  change:
    us/bis/licensing/review-policy-2026: {performance: 10000}
  enact: [us/congress/ai-overwatch]
"""

WIDTH = 110


def whatif(
    proposal: Annotated[Path, typer.Argument(metavar="FILE", help="The proposal, a YAML file.")],
    to: Annotated[str | None, typer.Option("--to", metavar="COUNTRY", help="Destination (default: cn).")] = None,
    parent: Annotated[
        str | None, typer.Option("--parent", metavar="COUNTRY", help="Headquarters of the ultimate parent.")
    ] = None,
    end_user: Annotated[str | None, typer.Option("--end-user", help="Kind of end user, or a named buyer.")] = None,
    end_use: Annotated[str | None, typer.Option("--end-use", help="End use.")] = None,
    route: Annotated[str | None, typer.Option("--route", help="from-us, re-export, in-country or remote-access.")] = None,
    fact: Annotated[list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="Any fact of the transaction.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day (default: the proposal's first).")] = None,
    known: options.Known = None,
    as_json: options.Json = False,
) -> None:
    """List which chips of the catalogue a proposed rule catches, and which it frees."""
    from countermove.policy import whatif as proposals

    stated: dict[str, Any] = {
        "destination": to, "parent": parent, "end_user": end_user, "end_use": end_use, "route": route, **parse_facts(fact or ()),
    }  # fmt: skip
    result = proposals.whatif(proposals.load_proposal(proposal), on=on, known=known, **stated)
    if as_json:
        print_json(document(result))
    else:
        print_text("\n".join(_lines(result)))


def document(result: Comparison) -> dict[str, Any]:
    """Return the comparison as the document that `--json` prints."""
    from countermove.policy.checks import NOTICE
    from countermove.policy.force import evidence_end

    def rows(changes: Sequence[Change]) -> list[dict[str, Any]]:
        return [change._asdict() for change in changes]

    return {
        "proposal": result.proposal.id,
        "title": result.proposal.title,
        "on": result.on.isoformat(),
        "known": result.known.isoformat(),
        "caught": rows(result.caught),
        "freed": rows(result.freed),
        "unclear": rows(result.unclear),
        "unchanged": list(result.unchanged),
        "conditions": list(result.conditions),
        "evidence_until": evidence_end().isoformat(),
        "notice": NOTICE,
    }


def _lines(result: Comparison) -> Iterator[str]:
    from countermove.policy.checks import NOTICE
    from countermove.policy.force import evidence_end

    yield f"{result.proposal.title} ({result.proposal.id}), on {result.on}, as known on {result.known}"
    yield f"Evidence ends on {evidence_end()}."
    yield NOTICE
    for name, changes in (("Caught", result.caught), ("Freed", result.freed), ("Unclear", result.unclear)):
        yield ""
        yield f"{name}: {len(changes)}"
        for change in changes:
            side = {"us": "Washington", "cn": "Beijing"}[change.government]
            yield f"  {change.item:<18}{side}: {change.before} -> {change.after}"
            yield from textwrap.wrap(change.reason, WIDTH, initial_indent="      ", subsequent_indent="      ")
    yield ""
    yield from textwrap.wrap(f"Unchanged: {', '.join(result.unchanged) or 'none'}", WIDTH, subsequent_indent="  ")
    yield from textwrap.wrap(f"Conditions: {'; '.join(result.conditions)}", WIDTH, subsequent_indent="  ")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("whatif", epilog=EPILOG)(whatif)
