"""`countermove catalog`: chips, systems and LLM architectures, with the sources of each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text

HEADINGS: dict[str, dict[str, str]] = {
    "chips": {
        "id": "chip",
        "vendor": "vendor",
        "launch": "launch",
        "eight_bit_tops": "8-bit TOPS",
        "memory_gb": "GB",
        "memory_bandwidth_tb_s": "TB/s",
        "scale_up_gb_s": "GB/s link",
        "tdp_w": "W",
        "tpp": "TPP",
        "performance_density": "TPP/mm2",
        "worst_grade": "grade",
    },
    "systems": {
        "id": "system",
        "chip": "chip",
        "count": "chips",
        "domain": "domain",
        "power_kw": "kW",
        "bf16_pflops": "BF16 PF",
        "eight_bit_pops": "8-bit PF",
        "memory_tb": "TB",
        "memory_bandwidth_tb_s": "TB/s",
    },
    "models": {
        "id": "model",
        "attention": "attention",
        "layers": "layers",
        "hidden": "hidden",
        "experts": "experts",
        "parameters_billion": "bn params",
        "active_billion": "bn active",
        "cache_bytes_per_token": "cache B/tok",
    },
}
"""Columns of the printed lists; every other value is in the JSON document and on the page of the single entry."""

EPILOG = """Examples:

\b
  countermove catalog
  countermove catalog chips h200
  countermove catalog systems cloudmatrix-384 --json

In the list, "grade" is the weakest grade among a chip's values: A official or filing, B named press, C derived, D weak.
An empty cell is an unknown value; `countermove catalog chips NAME` says what would settle it.
"""


def catalog(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="chips, systems or models.")] = "chips",
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One of them: all its values with their sources.")] = None,
    as_json: options.Json = False,
) -> None:
    """List what is known of chips, systems and models, or one of them with the sources of every value."""
    from countermove import api
    from countermove.evidence import text

    rows = api.catalogue_rows(kind) if name is None else [api.catalogue_entry(kind, name)]
    if as_json:
        print_json({"kind": kind, "rows": rows})
    elif name is None:
        print_text(_listed(rows, HEADINGS[kind]))
    else:
        print_text("\n".join(text.lines(api.look_up(f"{kind}/{rows[0]['id']}"), api.ledger())))


def _listed(rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str]) -> str:
    """Return rows as aligned columns, words to the left and numbers to the right."""
    cells = [list(headings.values()), *([_cell(row[key]) for key in headings] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    words = [all(isinstance(row[key], str) or row[key] is None for row in rows) for key in headings]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if word else cell.rjust(width) for cell, width, word in zip(row, widths, words, strict=True)
        ).rstrip()
        for row in cells
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("catalog", epilog=EPILOG)(catalog)
