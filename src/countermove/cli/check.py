"""`countermove check`: both governments' rules on one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, say

EPILOG = """Examples:

\b
  countermove check h200-sxm --to cn --on 2026-02-01
  countermove check h20 --to cn --on 2025-09-01 --known 2025-08-09 --json
  countermove check h200 --to cn --quantity 20000 --us-units 100000 --value-usd 600000000
  countermove check custom --tpp 15832 --die-mm2 814 --bandwidth-gb-s 4800 --fact sold_in_us_on_2026_01_15=yes
  countermove check h200 --to sg --end-user bytedance
  countermove check rtx-5090 --to de --strict
  countermove check h200 --to cn --on 2026-02-01 --checklist h200.md

What is not stated takes a default, which is printed; write `unknown` to leave it open, or --strict to leave everything open.
Outcomes: allowed (no encoded rule bars it), reviewable (case by case or with conditions), denied (a presumption of denial
counts), unknown (also where a field of law that is not encoded could bar the deal). Findings: pass, flag, block, incomplete.
"""

Word = str | None
Number = float | None


def check(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="A chip or system of the catalogue, or `custom` with numbers.")],
    to: Annotated[Word, typer.Option("--to", metavar="COUNTRY", help="Destination (default: cn).")] = None,
    parent: Annotated[Word, typer.Option("--parent", metavar="COUNTRY", help="Headquarters of the ultimate parent.")] = None,
    end_user: Annotated[Word, typer.Option("--end-user", help="Kind of end user, or a named buyer.")] = None,
    end_use: Annotated[
        Word, typer.Option("--end-use", help="civilian, training, inference, research, military, weapons.")
    ] = None,
    route: Annotated[Word, typer.Option("--route", help="from-us, re-export, in-country or remote-access.")] = None,
    departure: Annotated[Word, typer.Option("--from", metavar="COUNTRY", help="Country of departure.")] = None,
    exporter: Annotated[Word, typer.Option("--exporter", help="Firm that exports.")] = None,
    quantity: Annotated[Number, typer.Option("--quantity", help="Chips in this transaction.")] = None,
    value_usd: Annotated[Number, typer.Option("--value-usd", help="Entered value in US dollars.")] = None,
    us_units: Annotated[Number, typer.Option("--us-units", help="Chips of this product shipped to US customers.")] = None,
    exported_units: Annotated[Number, typer.Option("--exported-units", help="Chips already exported to China and Macau.")] = None,
    tpp: Annotated[Number, typer.Option("--tpp", help="Total processing performance.")] = None,
    die_mm2: Annotated[Number, typer.Option("--die-mm2", help="Area of all logic dies.")] = None,
    bandwidth_gb_s: Annotated[Number, typer.Option("--bandwidth-gb-s", help="Memory bandwidth.")] = None,
    io_gb_s: Annotated[Number, typer.Option("--io-gb-s", help="Two-way bandwidth between chips.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="NAME=VALUE", help="Any fact; `unknown` leaves it open.")
    ] = None,
    on: Annotated[Word, typer.Option("--on", metavar="DATE", help="Day of the transaction (default: today).")] = None,
    known: options.Known = None,
    strict: Annotated[bool, typer.Option("--strict", help="Assume nothing: what is not stated is unknown.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Print the provisions that pass, too.")] = False,
    checklist: Annotated[
        Path | None,
        typer.Option(
            "--checklist",
            metavar="FILE",
            help=f"Write a file checklist (.md or .html). {options.PAGE_STAYS}",
        ),
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say which rules of both governments bite on a transaction, with the numbers compared and their sources."""
    from countermove.cli.check_text import lines
    from countermove.policy import checks
    from countermove.policy.check_document import to_dict

    stated: dict[str, Any] = {
        "to": to, "parent": parent, "end_user": end_user, "end_use": end_use, "route": route, "departure": departure,
        "exporter": exporter, "quantity": quantity, "value_usd": value_usd, "us_units": us_units,
        "exported_units": exported_units, "tpp": tpp, "die_mm2": die_mm2, "bandwidth_gb_s": bandwidth_gb_s, "io_gb_s": io_gb_s,
    }  # fmt: skip
    result = checks.check(item, on=on, known=known, facts=parse_facts(fact or ()), strict=strict, **stated)
    claims = _claims(result)
    if checklist is not None:
        from countermove.desk.file_checklist import write

        say(f"checklist written to {write(result, checklist)}", quiet=quiet)
    if as_json:
        print_json(to_dict(result) | {"claims": claims})
    else:
        print_text("\n".join(lines(result, claims, everything=everything)))


def parse_facts(given: Sequence[str]) -> dict[str, Any]:
    """Return `NAME=VALUE` options as a mapping; InputError for another form or a fact given twice."""
    from countermove.errors import InputError

    facts: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise InputError(f"expected name=value, found '{text}'", where="--fact", hint="such as --fact us_test=no")
        if name in facts:
            raise InputError(f"'{name}' is given twice", where="--fact", hint="keep one")
        facts[name] = value
    return facts


def _claims(result: Any) -> list[dict[str, Any]]:
    """Return the claims that bear on the outcome and contradict or carry it, as known on the day."""
    from countermove.policy.check_claims import bearing_claims

    return bearing_claims(result)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("check", epilog=EPILOG)(check)
