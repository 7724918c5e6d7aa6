"""Which bounds of the equations bind, how often, and whether we say why: `python -m countermove.desk.bounds [PRESET...]`.

A minimum, a floor or a clip that decides an answer in silence is an assumption that nobody made. Here presets are run over the
prior with a NumPy that takes notes, and what it noted is laid beside `data/market/binding_bounds.yaml`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermove.errors import CountermoveError, DataError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load
from countermove.market.engines.recording import Binding, joined, recorded
from countermove.market.offers import DOMESTIC_PRODUCTS, FOREIGN_PRODUCTS, GREY, GREY_PRODUCTS, OFFER_PRODUCTS, VENDORS
from countermove.quantities.axes import SEGMENTS

LISTED = DATA / "market" / "binding_bounds.yaml"
PRESETS = (
    "h200-2026",
    "no-h200",
    "h200-rule+open",
    "h200-rule+bundled",
    "h200-rule+necessity",
    "open-h200+open",
    "open-h200+ban",
    "stall+bundled+70bn",
    "b30a+open",
    "all-open+open+70bn",
    "no-controls",
)
"""Presets that together open, narrow and close every gate, and spend."""
SEED, DRAWS = 2026, 64

_ROWS = {
    len(names): names for names in (FOREIGN_PRODUCTS, DOMESTIC_PRODUCTS, VENDORS, tuple(SEGMENTS), OFFER_PRODUCTS[GREY.start :])
}


@dataclass(frozen=True)
class Listed:
    """A bound that may bind: what it bounds, why it may, and for which rows (none named: for all)."""

    bounds: str
    reason: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """One side of one place: how often it decides, by row, and what the list says about it."""

    name: str
    draw_months: Mapping[str, float]
    draws: Mapping[str, float]
    listed: Listed | None

    def most(self, shares: Mapping[str, float]) -> float:
        """Return the largest share over rows."""
        return max(shares.values())

    def beyond(self, unlisted: float) -> list[str]:
        """Return the rows for which it decides more often than an unlisted bound may, though the list does not name them."""
        if self.listed and not self.listed.rows:
            return []
        named = self.listed.rows if self.listed else ()
        return [row for row, share in self.draw_months.items() if share > unlisted and row not in named]


def listed_bounds(path: Path = LISTED) -> tuple[float, dict[str, Listed]]:
    """Return the share of draw-months up to which a bound need not be listed, and the listed ones by name.

    DataError with file and line for a key, a type or a row that does not exist.
    """
    document = load(path)
    _known(document.data, ("schema", "unlisted", "bounds"), document.where())
    unlisted, rows = document.data.get("unlisted"), document.data.get("bounds")
    if not isinstance(unlisted, int | float) or not 0.0 <= unlisted < 1.0:
        raise DataError(f"{unlisted!r} is no share", where=document.where("unlisted"), hint="give a number from 0 to below 1")
    if not isinstance(rows, Mapping):
        raise DataError("no bounds", where=document.where("bounds"), hint="list them by place and side")
    return float(unlisted), {name: _listed(row, document.where("bounds", name)) for name, row in rows.items()}


def _listed(row: Any, where: str) -> Listed:
    if not isinstance(row, Mapping):
        raise DataError("a bound is a mapping", where=where, hint="give `bounds` and `reason`")
    _known(row, ("bounds", "reason", "rows"), where)
    for key in ("bounds", "reason"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise DataError(f"`{key}` is missing", where=where, hint="say what is bounded, and why it may bind")
    names, rows = {name for group in _ROWS.values() for name in group} | set(GREY_PRODUCTS), row.get("rows", [])
    for name in rows:
        if name not in names:
            raise DataError(f"no product, vendor or buyer {name!r}", where=where, hint=did_you_mean(name, sorted(names)))
    return Listed(row["bounds"], row["reason"], tuple(rows))


def _known(row: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in row:
        if key not in keys:
            raise DataError(f"unknown key {key!r}", where=where, hint=did_you_mean(key, keys))


def notes(presets: Sequence[str] = PRESETS, draws: int = DRAWS) -> list[Binding]:
    """Run presets over draws of the prior and return what was decisive where, their draws side by side."""
    from countermove.experiments.pipeline import PRIOR, compile_scenario, sampled
    from countermove.experiments.scenario import load_scenario
    from countermove.market.compile import compile_market

    runs = {}
    for preset in presets:
        compiled = compile_scenario(load_scenario(preset), beliefs=PRIOR)
        values = sampled(compiled, seed=SEED, draws=draws)
        runs[preset] = recorded(
            compile_market(values, compiled.gates, compiled.levers, hazards=compiled.scenario.hazards),
        )
    return joined(runs)


def lines(bindings: Sequence[Binding], listed: Mapping[str, Listed]) -> list[Line]:
    """Return what was noted beside what is listed, in the order of places."""
    return [
        Line(name, _by_row(one, one.draw_months()), _by_row(one, one.draws()), listed.get(name))
        for one in bindings
        for name in [f"{one.place} {one.side}"]
    ]


def _by_row(one: Binding, shares: Any) -> dict[str, float]:
    names: Sequence[str] = GREY_PRODUCTS if one.place.mechanism == "grey_market" and len(shares) == len(GREY_PRODUCTS) else ()
    names = names or _ROWS.get(len(shares)) or [str(number) for number in range(len(shares))]
    return {f"{name}": float(share) for name, share in zip(names, shares, strict=True)}


def faults(table: Sequence[Line], listed: Mapping[str, Listed], unlisted: float) -> Iterator[str]:
    """Yield a sentence for every bound that binds unlisted, is listed but never binds, or is listed and does not exist."""
    for line in table:
        if rows := line.beyond(unlisted):
            worst = max(line.draw_months[row] for row in rows)
            yield f"{line.name} binds in {worst:.1%} of draw-months and is not listed for {', '.join(rows)}"
    found = {line.name: line for line in table}
    for name, one in listed.items():
        if name not in found:
            yield f"{name} is listed and does not exist{_near(name, found)}"
            continue
        idle = [row for row in one.rows or found[name].draws if found[name].draws.get(row, 0.0) == 0.0]
        if len(idle) == len(one.rows or found[name].draws) or (one.rows and idle):
            yield f"{name} is listed and never binds{' for ' + ', '.join(idle) if one.rows else ''}"


def _near(name: str, found: Mapping[str, Line]) -> str:
    hint = did_you_mean(name, list(found))
    return f": {hint}" if hint else ""


def table_text(table: Sequence[Line]) -> str:
    """Return the table for a terminal, bounds that decide most often first; those that never do are left out."""
    rows = sorted((line for line in table if line.most(line.draws) > 0.0), key=lambda line: -line.most(line.draw_months))
    heads = f"{'bound':<56} {'draw-months':>11} {'draws':>6}  most in          why it may"
    body = [
        f"{line.name:<56} {line.most(line.draw_months):>11.1%} {line.most(line.draws):>6.0%}  "
        f"{max(line.draw_months, key=line.draw_months.__getitem__):<16} {line.listed.reason if line.listed else '(not listed)'}"
        for line in rows
    ]
    return "\n".join([heads, *body])


def main(arguments: Sequence[str]) -> int:
    """Print the table of the named presets (default: all that the test runs), and what is wrong with it."""
    unlisted, listed = listed_bounds()
    table = lines(notes(tuple(arguments) or PRESETS), listed)
    print(table_text(table))
    problems = [] if arguments else list(faults(table, listed, unlisted))
    print("\n".join(["", *problems]) if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CountermoveError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
