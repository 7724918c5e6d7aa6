"""A file checklist for one transaction: what each side asks for, and which facts of the catalogue support it."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from countermove.errors import EnvironmentProblem, InputError, did_you_mean, visible
from countermove.policy.check_document import banner
from countermove.policy.checks import NOTICE, CheckResult, GateResult, shown_defaults, shown_notes
from countermove.policy.facts import load_facts
from countermove.policy.places import load_countries
from countermove.policy.reasons import number
from countermove.policy.references import cited, public
from countermove.storage.whole import write_page

SUFFIXES: Final = (".md", ".html")
SIDES: Final = (("us", "Licence side: Washington"), ("cn", "Import side: Beijing"))


def write(result: CheckResult, path: Path) -> Path:
    """Write the checklist as Markdown or HTML by the file's ending, nothing half-written.

    InputError for another ending, or where a file is that is not ours or was changed, such as a list with ticks.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(
            f"'{path.suffix}' is no ending of a checklist", where=str(path), hint=did_you_mean(path.suffix or "none", SUFFIXES)
        )
    text = markdown(result) if path.suffix == ".md" else page(result)
    try:
        write_page(path, visible(text))
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write: {error.strerror or error}", where=str(path), hint="choose a folder that exists"
        ) from None
    return path


def markdown(result: CheckResult) -> str:
    """Return the checklist as Markdown."""
    return "\n".join(_markdown(result)) + "\n"


def _markdown(result: CheckResult) -> Iterator[str]:
    yield f"# File checklist: {result.item.name} to {_place(result)}"
    yield ""
    yield f"On {result.on}, as known on {result.known}. {banner(result)}"
    yield ""
    yield f"**{NOTICE}**"
    for government, title in SIDES:
        gate = result.us if government == "us" else result.cn
        yield ""
        yield f"## {title} ({gate.outcome}{f', {gate.says}' if gate.outcome == 'allowed' else ''})"
        if gate.headline:
            yield ""
            yield f"**But {gate.headline}.**"
        yield from _side(result, gate)
    yield ""
    yield "## Duty"
    yield ""
    yield f"- Import duty: {_rate(result.duty['import_duty_rate'])}; {result.duty['import_duty_reason']}"
    share = result.duty["revenue_share_reading"]
    yield f"- Share of revenue: {_rate(share['rate'])} ({share['status']}); {share['reason']}"
    if result.cap is not None:
        left = result.cap["remaining_units"]
        shown = "not computed" if left is None else f"{left:,} chips"
        yield f"- Volume cap: {_rate(result.cap['share'])} of US volume; {shown} left"
    yield ""
    yield "## Assumed where nothing was stated"
    yield ""
    yield from (f"- [ ] {text}" for text in _assumed(result))
    sources = dict.fromkeys(name for names in _catalogue_sources(result).values() for name in names)
    if sources:
        yield ""
        yield "## Sources of the item's facts"
        yield ""
        yield from (f"- {name}: {cited((name,), '', '').removesuffix(' (grade )')}" for name in sources)


def _assumed(result: CheckResult) -> list[str]:
    """Return the defaults and notes whose questions were public when things were known."""
    return [*shown_defaults(result.transaction, result.known), *shown_notes(result.item, result.known)]


def _place(result: CheckResult) -> str:
    """Return the destination's name."""
    code = result.transaction.destination
    return load_countries().countries[code].name if code in load_countries().countries else "an unknown place"


def _side(result: CheckResult, gate: GateResult) -> Iterator[str]:
    yield ""
    if not gate.papers:
        yield "No paper is asked for by a provision encoded here."
    for paper in gate.papers:
        yield f"- [ ] {paper['text']} (from the {paper['from']}; `{paper['rule']}`)"
        yield from (f"  - {line}" for line in supporting_facts(result, paper["supported_by"]))
    conditions = [text for text in gate.conditions if not text.endswith("(default)")]
    if conditions:
        yield ""
        yield "Conditions:"
        yield ""
        yield from (f"- [ ] {text}" for text in conditions)
    biting = gate.biting()
    if biting:
        yield ""
        yield "Findings:"
        yield ""
        yield from (f"- {one.status}: `{one.rule}`: {one.reason}. {one.reference}" for one in biting)
    if gate.outcome == "unknown":
        yield ""
        yield "What would settle the outcome:"
        yield ""
        yield from (f"- [ ] {text}" for text in gate.would_settle())


def supporting_facts(result: CheckResult, names: list[str]) -> list[str]:
    """Return, for each fact named, its value and the sources of the catalogue behind it; a fact that is not known says so."""
    return [_supporting(result, name) for name in names]


def _supporting(result: CheckResult, name: str) -> str:
    definition, value = load_facts()[name], result.item.facts[name]
    if not isinstance(value, tuple):
        return f"{definition.label}: {value or 'unknown'}"
    low, high = value
    if definition.kind == "flag":
        assumed = any(note.startswith("assumed") and definition.label in note for note in result.item.notes)
        shown = "not known" if low != high else ("yes" if low else "no") + (" (assumed, to be proved)" if assumed else "")
    elif low == high:
        shown = f"{number(low)} {definition.unit}"
    else:
        shown = (
            "not known, needs a source"
            if low == float("-inf")
            else f"{number(low)} to {number(high)} {definition.unit} (sources differ)"
        )
    sources = _catalogue_sources(result).get(name, ())
    return f"{definition.label}: {shown}" + (f" [{', '.join(sources)}]" if sources else "")


def _catalogue_sources(result: CheckResult) -> Mapping[str, tuple[str, ...]]:
    """Return the sources of the catalogue's fields behind the facts; empty for an item that is not in it."""
    from countermove.hardware.catalogue import load_catalogue
    from countermove.hardware.fields import DTYPE_BITS

    chip = load_catalogue().chips.get(str(result.item.facts["item"]))
    if chip is None:
        return {}
    peaks = [source for dtype in DTYPE_BITS for source in chip.values[dtype].used.sources]
    area = chip.values["die_area"].used.sources
    named = {
        "tpp": tuple(dict.fromkeys(peaks)),
        "die_area_mm2": area,
        "performance_density": tuple(dict.fromkeys([*peaks, *area])),
        "memory_bandwidth_gb_s": chip.values["memory_bandwidth"].used.sources,
        "interconnect_gb_s": chip.values["scale_up"].used.sources,
    }
    return {fact: tuple(name for name in names if public(name, result.known)) for fact, names in named.items()}


def _rate(rate: Any) -> str:
    return "unknown" if rate is None else f"{rate:.0%}"


def page(result: CheckResult) -> str:
    """Return the checklist as one HTML page, readable without scripts and when printed."""
    title = html.escape(f"File checklist: {result.item.name} to {_place(result)}")
    style = (
        "body{font:16px/1.5 Georgia,serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222}"
        "li{margin:.3rem 0;overflow-wrap:anywhere}code{font-size:.85em}"
    )
    body = "\n".join(_html(markdown(result).splitlines()))
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><style>{style}</style>'
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _html(lines: list[str]) -> Iterator[str]:
    """Turn the few forms of Markdown used above into HTML; a list below a point stands inside it."""
    depth = 0
    for line in filter(None, lines):
        wanted = 2 if line.startswith("  - ") else 1 if line.startswith("- ") else 0
        if wanted > depth:
            yield "<ul>"
        else:
            yield from ["</li></ul>"] * (depth - wanted)
            if wanted:
                yield "</li>"
        depth = wanted
        if line.startswith("# "):
            yield f"<h1>{_inline(line[2:])}</h1>"
        elif line.startswith("## "):
            yield f"<h2>{_inline(line[3:])}</h2>"
        elif not wanted:
            yield f"<p>{_inline(line)}</p>"
        else:
            yield f"<li>{_point(_inline(line.strip().removeprefix('- ')))}"
    yield from ["</li></ul>"] * depth


def _point(text: str) -> str:
    """Return a point of a list, a box to tick with its label where it begins with one."""
    if not text.startswith("[ ] "):
        return text
    return f'<label><input type="checkbox"> {text.removeprefix("[ ] ")}</label>'


def _inline(text: str) -> str:
    """Escape a line; code and bold stay."""
    parts = html.escape(text).split("`")
    marked = "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
    pieces = marked.split("**")
    return "".join(f"<strong>{piece}</strong>" if index % 2 else piece for index, piece in enumerate(pieces))
