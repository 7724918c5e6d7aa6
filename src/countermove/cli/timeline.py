"""`countermove timeline`: both gates for one item from 2022 to the end of the evidence, on one chart."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.check import parse_facts
from countermove.cli.output import print_json, print_text, say

if TYPE_CHECKING:
    from countermove.policy.check_timeline import Timeline


EPILOG = """Examples:

\b
  countermove timeline h200 --to cn
  countermove timeline h20 --to cn --known 2025-06-01
  countermove timeline h200 --to cn --end-user state-funded-data-centre --json
  countermove timeline h200 --to cn --svg h200.svg

One column is a month, shown by the outcome on its last day.
"""

MARKS = {"allowed": ".", "reviewable": "~", "denied": "#", "unknown": "?"}
NAMES = {"us": "Washington", "cn": "Beijing"}
WIDTH = 110


def timeline(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="A chip or system of the catalogue.")],
    to: Annotated[str | None, typer.Option("--to", metavar="COUNTRY", help="Destination (default: cn).")] = None,
    parent: Annotated[
        str | None, typer.Option("--parent", metavar="COUNTRY", help="Headquarters of the ultimate parent.")
    ] = None,
    end_user: Annotated[str | None, typer.Option("--end-user", help="Kind of end user, or a named buyer.")] = None,
    end_use: Annotated[str | None, typer.Option("--end-use", help="End use.")] = None,
    route: Annotated[str | None, typer.Option("--route", help="from-us, re-export, in-country or remote-access.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="Any fact; `unknown` leaves it open.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", "--on", metavar="DATE", help="Last day (default: end of the evidence).")
    ] = None,
    known: options.Known = None,
    as_known_then: Annotated[bool, typer.Option("--as-known-then", help="Judge each day by what was known on that day.")] = False,
    svg: Annotated[
        Path | None,
        typer.Option(
            "--svg",
            metavar="FILE",
            help=f"Write the chart as SVG. {options.PAGE_STAYS}",
        ),
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Show both governments' gates for an item over time, with the provision behind each spell."""
    from countermove.policy import check_timeline

    stated: dict[str, Any] = {"to": to, "parent": parent, "end_user": end_user, "end_use": end_use, "route": route}
    shown = check_timeline.timeline(
        item, known=known, until=until, as_known_then=as_known_then, facts=parse_facts(fact or ()), **stated
    )
    if svg is not None:
        from countermove.cli.timeline_svg import write

        say(f"chart written to {write(shown, svg)}", quiet=quiet)
    if as_json:
        print_json(document(shown))
    else:
        print_text("\n".join(_lines(shown)))


def document(shown: Timeline) -> dict[str, Any]:
    """Return the timeline as the document that `--json` prints."""
    from countermove.policy.checks import NOTICE, shown_defaults
    from countermove.policy.force import evidence_end

    return {
        "item": shown.item.id,
        "to": shown.transaction.destination,
        "known": shown.known.isoformat(),
        "end": shown.end.isoformat(),
        "spells": [
            {
                "start": spell.start.isoformat(),
                "until": None if spell.until is None else spell.until.isoformat(),
                "government": spell.government,
                "outcome": spell.outcome,
                "rules": list(spell.rules),
                "reason": spell.reason,
                "reference": spell.reference,
                "sources": list(spell.sources),
                "competing_claims": list(spell.competing),
            }
            for spell in shown.spells
        ],
        "conditions": shown_defaults(shown.transaction, shown.known),
        "evidence_until": evidence_end().isoformat(),
        "notice": NOTICE,
    }


def _lines(shown: Timeline) -> Iterator[str]:
    from countermove.policy.checks import NOTICE
    from countermove.policy.force import evidence_end

    yield f"{shown.item.name} ({shown.item.id}) to {shown.transaction.destination}, as known on {shown.known}"
    yield f"Evidence ends on {evidence_end()}."
    yield NOTICE
    yield ""
    months = list(_month_ends(shown.end))
    years = "".join(str(day.year)[2:].ljust(12, " ") if day.month == 1 else "" for day in months)
    yield " " * 12 + "".join(f"'{years[start : start + 12]}"[:12] for start in range(0, len(years), 12))
    for government in ("us", "cn"):
        marks = "".join(MARKS[shown.outcome("us" if government == "us" else "cn", day)] for day in months)
        yield f"{NAMES[government]:<12}{marks}"
    yield " " * 12 + "  ".join(f"{mark} {name}" for name, mark in MARKS.items()) + "  (allowed: no encoded rule bars it)"
    for government in ("us", "cn"):
        yield ""
        yield NAMES[government]
        for spell in shown.of("us" if government == "us" else "cn"):
            end = "evidence ends" if spell.until is None else str(spell.until - dt.timedelta(days=1))
            yield f"  {spell.start} to {end}: {spell.outcome}"
            text = f"{spell.rules[0]}: {spell.reason}" if spell.rules else spell.reason
            yield from textwrap.wrap(text, WIDTH, initial_indent="      ", subsequent_indent="      ")
            if spell.reference:
                yield from textwrap.wrap(
                    spell.reference, WIDTH, initial_indent="      ", subsequent_indent="      ", break_long_words=False
                )


def _month_ends(end: dt.date) -> Iterator[dt.date]:
    """Yield the last day of each month from January 2022, and the end itself."""
    first = dt.date(2022, 1, 1)
    while first <= end:
        after = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
        yield min(after - dt.timedelta(days=1), end)
        first = after


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("timeline", epilog=EPILOG)(timeline)
