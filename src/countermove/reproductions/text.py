"""Reproductions as plain data and as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from countermove.evidence.ledger import load_ledger
from countermove.reproductions.carry_out import PASSES, Carried, Compared, Ours
from countermove.reproductions.entry import TIERS, Figure, Reproduction

WIDTH = 100
MEANING = (
    "Exact rows agree within their tolerance; a bracketed row contains the published figure in our 90% range, touches its "
    "range, or misses it. Market rows are simulated under the priors; the default run, which is fitted to data, stands beside."
)


def number(value: float) -> str:
    """Return a number in about three significant digits: 1,234  73.2  0.051."""
    size = abs(value)
    decimals = 0 if size >= 99.5 or size == 0 else 1 if size >= 9.95 else 2 if size >= 0.995 else 3
    return f"{value:,.{decimals}f}"


def stated(figure: Figure | None) -> str:
    """Return a published figure with its range or as a bound: "662 [294 to 1,592]", "below 4", "-" for none."""
    if figure is None:
        return "-"
    low, high = figure.low, figure.high
    if low is not None and high is not None:
        span = f"{number(low)} to {number(high)}"
        return span if figure.value is None else f"{number(figure.value)} [{span}]"
    if figure.value is not None:
        return number(figure.value)
    return f"below {number(high)}" if high is not None else f"above {number(low or 0.0)}"


def made(ours: Ours | None) -> str:
    """Return our number with its 90% range; "-" for none."""
    if ours is None:
        return "-"
    if ours.low == ours.high:
        return number(ours.value)
    return f"{number(ours.value)} [{number(ours.low)} to {number(ours.high)}]"


def document(carried: Sequence[Carried]) -> dict[str, Any]:
    """Return what `countermove reproductions run --json` prints."""
    first = carried[0]
    return {
        "draws": first.draws,
        "seed": first.seed,
        "tiers": dict(TIERS),
        "passed": sum(one.passed is True for one in carried),
        "tested": sum(one.passed is not None for one in carried),
        "reproductions": [_carried(one) for one in carried],
    }


def _carried(one: Carried) -> dict[str, Any]:
    return entry_document(one.entry) | {
        "verdict": one.verdict,
        "passed": one.passed,
        "rows": [_row(row) for row in one.rows],
        "gaps": [{"label": gap.label, "unit": gap.unit, "value": value, "says": gap.says} for gap, value in one.gaps],
    }


def entry_document(entry: Reproduction) -> dict[str, Any]:
    """Return an entry without numbers: what `countermove reproductions list --json` gives for each."""
    return {
        "id": entry.id,
        "title": entry.title,
        "tier": entry.tier,
        "published_by": entry.published_by,
        "question": entry.question,
        "inputs": entry.inputs,
        "method": entry.method,
        "reading": entry.reading,
        "scenarios": list(entry.scenarios),
        "sources": [_source(name) for name in entry.sources],
    }


def _source(name: str) -> dict[str, Any]:
    source = load_ledger().sources[name]
    return {"id": name, "publisher": source.publisher, "title": source.title, "published": source.published, "url": source.url}


def _row(row: Compared) -> dict[str, Any]:
    figure = row.published
    shown = None if figure is None else {"value": figure.value, "low": figure.low, "high": figure.high}
    return {
        "id": row.id,
        "label": row.row.label,
        "unit": row.row.unit,
        "published": shown,
        "claim": row.row.claim,
        "reference_of": row.row.reference.of if row.row.reference else None,
        "ours": row.ours.to_dict(),
        "verdict": row.verdict,
        "default": None if row.default is None else row.default.to_dict(),
        "default_verdict": row.default_verdict,
        "role": "beside" if row.verdict == "beside" else row.row.role,
        "why": row.row.why,
    }


def listing(entries: Iterable[Reproduction]) -> str:
    """Return the printed list of reproductions by tier."""
    found = list(entries)
    lines = []
    for tier, meaning in TIERS.items():
        lines += [f"{tier}: {meaning}"]
        lines += [f"  {entry.id:<26}{entry.title} ({entry.published_by})" for entry in found if entry.tier == tier]
        lines += [""]
    return "\n".join([*lines, "countermove reproductions show ID explains one, run [ID...] makes it again."])


def explained(entry: Reproduction) -> str:
    """Return an entry in words: question, inputs, method, rows with their published figures, sources."""
    from countermove.reproductions.carry_out import published_figure

    lines = [f"{entry.id}: {entry.title} ({entry.published_by}; {entry.tier})", ""]
    for label in ("question", "inputs", "method", "reading"):
        lines += _paragraph(label, getattr(entry, label))
    lines += ["", "Published"]
    for row in entry.rows.values():
        of = f" ({row.reference.of})" if row.reference else ""
        role = "" if row.role == "headline" else f"; {row.role}"
        lines += _hanging(f"  {row.label}: {stated(published_figure(row))}{_unit(row.unit)}{of}{role}")
    lines += ["", "Sources"]
    lines += [
        f"  {one['publisher']}, {one['published'] or 'undated'}: {one['url'] or one['title']}"
        for one in map(_source, entry.sources)
    ]
    return "\n".join(lines)


def table(carried: Sequence[Carried]) -> str:
    """Return the printed comparison of published figures with ours."""
    lines: list[str] = []
    for one in carried:
        lines += [f"{one.entry.id} ({one.entry.tier}, {one.entry.published_by}): {one.verdict}"]
        lines += [f"  {'':34}{'published':>20}{'ours':>26}  {'verdict':<9}{'default run':<9}"] if one is carried[0] else []
        for row in one.rows:
            lines += _row_lines(row)
        for gap, value in one.gaps:
            lines += [f"  does not close: {gap.label}: {number(value)} {gap.unit}", *_hanging(f"    {gap.says}")]
        lines += [*_hanging(f"  {one.entry.reading}"), ""]
    tested = [one for one in carried if one.passed is not None]
    passed = sum(bool(one.passed) for one in tested)
    lines += [f"{passed} of {len(tested)} tested reproductions pass ({carried[0].draws:,} draws, seed {carried[0].seed})."]
    return "\n".join([*lines, *textwrap.wrap(MEANING, WIDTH)])


def _row_lines(row: Compared) -> list[str]:
    label = f"{'component: ' if row.row.role == 'component' else ''}{row.row.label}{_unit(row.row.unit)}"
    wrapped = textwrap.wrap(label, 33)
    beside = f"{row.default_verdict}" if row.default_verdict and row.default_verdict != "beside" else ""
    first = f"  {wrapped[0]:<34}{stated(row.published):>20}{made(row.ours):>26}  {row.verdict:<9}{beside}"
    lines = [first.rstrip(), *(f"    {rest}" for rest in wrapped[1:])]
    missed = "misses" in (row.verdict, row.default_verdict) or (row.verdict not in PASSES and row.row.why)
    return [*lines, *(_hanging(f"    why: {row.row.why}") if missed and row.row.why else [])]


def _unit(unit: str) -> str:
    return "" if unit == "1" else f" ({unit})"


def _paragraph(label: str, text: str) -> list[str]:
    return textwrap.wrap(f"{label}: {text}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _hanging(text: str) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent + "  ", break_on_hyphens=False)
