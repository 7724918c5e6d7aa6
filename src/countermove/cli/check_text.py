"""A check as text: outcomes first, then what bites and why, money, volume, papers, conditions, claims."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countermove.policy.check_document import assumed_count, banner
from countermove.policy.checks import NOTICE, CheckResult, GateResult, shown_notes

WIDTH = 110
NAMES = {"us": "Washington", "cn": "Beijing"}
MARKS = {"block": "BLOCK", "incomplete": "INCOMPLETE", "flag": "FLAG", "pass": "pass"}


def lines(result: CheckResult, claims: Sequence[Mapping[str, Any]], *, everything: bool = False) -> list[str]:
    """Return the text of a check, at most 110 columns wide."""
    return list(_lines(result, claims, everything=everything))


def _lines(result: CheckResult, claims: Sequence[Mapping[str, Any]], *, everything: bool) -> Iterator[str]:
    item, deal = result.item, result.transaction
    yield f"{item.name} ({item.id}) to {deal.destination}, on {result.on}, as known on {result.known}"
    yield banner(result)
    yield NOTICE
    numbers = (
        (("tpp"), "TPP"),
        ("performance_density", "TPP/mm2"),
        ("memory_bandwidth_gb_s", "GB/s memory"),
        ("interconnect_gb_s", "GB/s I/O"),
    )
    yield "  " + ", ".join(f"{_metric(item.metric(fact))} {unit}" for fact, unit in numbers)
    for note in shown_notes(item, result.known):
        yield from _wrapped(note)
    yield ""
    for government in ("us", "cn"):
        gate = result.gate(government)
        yield f"{NAMES[government] + ':':<12}{gate.outcome.upper()} ({gate.says})"
        if gate.headline:
            yield from _wrapped(f"But {gate.headline}.")
    assumed = assumed_count(result)
    yield (
        "Nothing was assumed: what was not stated is unknown (--strict)."
        if deal.strict
        else f"{assumed} facts were assumed; they stand under Conditions (--strict assumes nothing)."
    )
    outside = [*result.us.outside, *result.cn.outside]
    if outside:
        yield ""
        yield "Outside this room, and bearing on the case"
        for one in outside:
            yield from _wrapped(f"{one['field']}: {one['would_settle']} [{one['reference']}]")
    for government in ("us", "cn"):
        yield ""
        yield from _gate(NAMES[government], result.gate(government), everything=everything)  # type: ignore[arg-type]
    yield ""
    yield from _money(result)
    yield from _papers(result)
    if claims:
        yield ""
        yield "Claims behind these findings (side by side, no verdict)"
        for claim in claims:
            yield from _wrapped(
                f"{claim['says']} [{claim['made_by']}; known {claim['known']}; grade {claim['grade']}; {claim['id']}]"
            )
    yield ""
    yield "Conditions"
    for text in dict.fromkeys((*result.us.conditions, *result.cn.conditions)):
        yield from _wrapped(text)


def _metric(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _gate(name: str, gate: GateResult, *, everything: bool) -> Iterator[str]:
    biting = gate.biting()
    yield f"{name}: {gate.outcome} ({gate.says})"
    if not biting:
        yield "  no provision encoded here bears on this case on that day"
    for finding in biting:
        yield from _wrapped(f"{MARKS[finding.status]} {finding.rule}: {finding.reason}")
        yield from _wrapped(finding.reference, indent="      ")
    if gate.outcome == "unknown":
        yield "  What would settle it:"
        for text in gate.would_settle():
            yield from _wrapped(text, indent="    ")
    passing = [finding for finding in gate.findings if finding.status == "pass"]
    if everything:
        for finding in passing:
            yield from _wrapped(f"pass {finding.rule}: {finding.reason}")
    else:
        yield f"  {len(passing)} further provisions pass or do not speak about this case (--all shows them)"


def _money(result: CheckResult) -> Iterator[str]:
    duty = result.duty
    rate = duty["import_duty_rate"]
    yield "The 25%, in both readings"
    yield from _wrapped(
        f"import duty: {'unknown' if rate is None else f'{rate:.0%}'} of entered value; {duty['import_duty_reason']}"
    )
    share = duty["revenue_share_reading"]
    shown_share = "unknown" if share["rate"] is None else f"{share['rate']:.0%}"
    yield from _wrapped(f"share of revenue: {shown_share} ({share['status']}); {share['reason']}")
    for key, label in (("import_duty_usd", "duty on the value stated"), ("revenue_share_usd", "share of the value stated")):
        if key in duty:
            yield f"  {label}: {'unknown' if duty[key] is None else f'{duty[key]:,.0f} USD'}"
    if result.cap is not None:
        cap = result.cap
        left = cap["remaining_units"]
        yield "Volume cap"
        shown = "remaining volume needs --us-units" if left is None else f"{left:,} chips left of this product"
        performance = "" if cap["remaining_tpp"] is None else f" ({cap['remaining_tpp']:,.0f} TPP)"
        yield from _wrapped(f"{cap['share']:.0%} of {cap['counted_in']}: {shown}{performance}; {cap['note']}")


def _papers(result: CheckResult) -> Iterator[str]:
    for name, gate in (("Washington", result.us), ("Beijing", result.cn)):
        if gate.papers:
            yield ""
            yield f"Papers that {name}'s side asks for"
            for paper in gate.papers:
                yield from _wrapped(f"[ ] {paper['text']} (from the {paper['from']}; {paper['rule'].rpartition('/')[2]})")


def _wrapped(text: str, *, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False
    )
