"""`countermove substitute`: which other systems do the work of a target, and what that takes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text

EPILOG = """Examples:

\b
  countermove substitute h200 --workload decode
  countermove substitute hgx-h200 --workload prefill --count 1000 --candidates cloudmatrix-384 --candidates hgx-h20
  countermove substitute h200 --workload decode --tpot-ms 15 --json

Numbers in brackets span 5% to 95%. "months behind" counts from the target's launch to that of the vendor's first match;
"not reached yet" where all launches of the vendor in the catalogue came before the target and none matches it. "gates" are
the outcomes of the encoded rules of Washington and Beijing for a shipment to China today.
"""


def substitute(
    target: Annotated[str, typer.Argument(help="A chip (in a server of eight) or a system of `countermove catalog`.")],
    workload: Annotated[str, typer.Option("--workload", help="training, prefill or decode.")] = "decode",
    count: Annotated[
        int | None, typer.Option("--count", help="Chips of the target (default: those of the system, or one).")
    ] = None,
    candidates: Annotated[
        list[str] | None, typer.Option("--candidates", help="Systems or chips, any number of times (default: the usual ones).")
    ] = None,
    tpot_ms: Annotated[float | None, typer.Option("--tpot-ms", help="Longest time per output token, for decode.")] = None,
    on: Annotated[str | None, typer.Option("--on", help="Day of the gates (default: end of the evidence).")] = None,
    known: options.Known = None,
    as_json: options.Json = False,
) -> None:
    """Say how many of which system do the same work at the same latency, with power, price and months behind."""
    from countermove.desk.substitute import substitute as table

    document = table(target, workload, count=count, candidates=tuple(candidates or ()), tpot_ms=tpot_ms, on=on, known=known)
    if as_json:
        print_json(document)
    else:
        print_text(_text(document))


def _text(document: dict[str, Any]) -> str:
    head = f"{document['count']} x {document['chip']} ({document['target']}), {document['workload']}"
    cells: list[tuple[str, ...]] = [
        ("candidate", "packages (5-95%)", "work per package", "at equal power", "at equal money", "facility kW", "power x",
         "price, USD m", "MJ/m tokens", "months behind", "US / CN")
    ]  # fmt: skip
    cells += [_cells(row) for row in document["rows"] if not row["refused"]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    published = [
        f"published for {row['chip']}: {run['value']:,.4g} {run['unit']} ({run['made_by']}, grade {run['grade']}; {run['claim']})"
        for row in document["rows"]
        for run in row.get("published") or ()
    ]
    models = [_models(row) for row in document["rows"] if not row["refused"]]
    refused = [f"{row['candidate']}: not judged, {row['refused']}" for row in document["rows"] if row["refused"]]
    return "\n".join([head, *lines, *refused, *models, *dict.fromkeys(published), f"compared: {document['basis']}."])


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    number, price, gap, energy = row["number"], row["price_usd"], row["gap_months"], row["energy_j_per_million_tokens"]
    equal = row["equal"]
    return (
        row["candidate"],
        f"{number['median']:,.3g} ({number['lo']:,.3g} to {number['hi']:,.3g})",
        f"{row['work_per_chip']:.2f}",
        f"{equal['power']:.2f}",
        "" if equal["money"] is None else f"{equal['money']['lo']:.2f} to {equal['money']['hi']:.2f}",
        f"{row['power_kw']:,.3g}",
        f"{row['power_ratio']:.2f}",
        "" if price is None else f"{price['lo'] / 1e6:,.3g} to {price['hi'] / 1e6:,.3g}",
        "" if energy is None else f"{energy / 1e6:,.3g}",
        _behind(gap),
        f"{row['gates']['us']} / {row['gates']['cn']}",
    )


def _models(row: dict[str, Any]) -> str:
    """Return the ratio per model, and in brackets the ratio to a target that keeps to the chips of its own system."""
    shown = (
        f"{case['model']} {case['ratio']:.2f}" + ("" if case["kept"] is None else f" ({case['kept']:.2f})")
        for case in row["by_model"]
        if case["ratio"] is not None
    )
    return f"{row['candidate']} by model (target kept to its own system): {', '.join(shown)}"


def _behind(gap: dict[str, Any] | None) -> str:
    """Return months behind the target's launch: below zero is ahead; where nothing reached it, since when nothing came."""
    if gap is None:
        return ""
    months = gap["months"]
    if gap["reached"]:
        return f"{months:.0f}" if months >= 0 else f"{-months:.0f} ahead"
    return f"{months:.0f} or more" if months >= 0 else "not reached yet"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("substitute", epilog=EPILOG)(substitute)
