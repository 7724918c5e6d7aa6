"""One page per mechanism, and an index with the causal diagram: written from what the mechanisms declare."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

from countermove.desk import causes
from countermove.desk.citing import sources_of
from countermove.desk.markdown import GENERATED, code, link, names, source_link, sources_line, table
from countermove.desk.vocabulary import CONSTANTS, FLOWS, INPUTS, STOCKS, TABLES
from countermove.desk.wording import number
from countermove.evidence.ledger import load_ledger
from countermove.evidence.schema import Parameter
from countermove.market.mechanism import Mechanism
from countermove.market.observe import UNITS
from countermove.market.state import STATE_UNITS

REFERENCE = "../../reference"


def pages() -> dict[str, str]:
    """Return file name -> text of every page, the index among them."""
    found = {f"{name}.md": "\n".join(_page(mechanism)) + "\n" for name, mechanism in causes.mechanisms().items()}
    return found | {"README.md": "\n".join(_index()) + "\n"}


def _index() -> Iterator[str]:
    count = len(causes.mechanisms())
    yield from (GENERATED, "", "# The market model", "")
    yield (
        f"{count} mechanisms, one file each, run once a month in this order. Each reads the stocks at the end of the month "
        "before and the flows of those above it, and is a pure function over arrays whose last axis is the draw. What it reads, "
        "writes and needs is declared beside it; these pages are written from those declarations, and `countermove explain` "
        "walks them."
    )
    yield ""
    rows = [
        (
            str(number_),
            link(m.title, f"{m.name}.md"),
            code(m.equation),
            names(m.state_writes),
            str(len(causes.parameters_of(m.name))),
        )
        for number_, m in enumerate(causes.mechanisms().values(), 1)
    ]
    yield from table(("", "Mechanism", "Relation", "Stocks it owns", "Parameters behind it"), rows)
    yield from (
        "",
        "## What feeds what",
        "",
        "Solid: flows of the same month. Dotted: stocks of the month before.",
        "",
        "```mermaid",
    )
    yield from _diagram()
    yield from ("```", "", "The same as text:", "")
    for m in causes.mechanisms().values():
        for feed in causes.feeds(m.name):
            lag = " (month before)" if feed.lagged else ""
            yield f"- {causes.mechanisms()[feed.mechanism].title} -> {m.title}{lag}: {names(feed.doors)}"
    yield from ("", "## What is observed", "", "Outcomes are measured on these monthly series.", "")
    yield from table(("Series", "Unit", "Written by", "Computed from"), _series_rows())
    yield ""
    others = (("Outcomes", "reference/outcomes.md"), ("parameters", "reference/parameters.md"), ("limits", "limits.md"))
    yield f"See also: {', '.join(link(text, f'../../{target}') for text, target in others)}."


def _diagram() -> Iterator[str]:
    yield "flowchart LR"
    for m in causes.mechanisms().values():
        yield f'  {m.name}["{m.title}"]'
    for m in causes.mechanisms().values():
        same_month = {feed.mechanism for feed in causes.feeds(m.name) if not feed.lagged}
        for feed in causes.feeds(m.name):
            if not feed.lagged:
                yield f"  {feed.mechanism} --> {m.name}"
            elif feed.mechanism not in same_month:
                yield f"  {feed.mechanism} -.-> {m.name}"


def _series_rows() -> Iterator[tuple[str, str, str, str]]:
    for name, reads in causes.series_reads().items():
        written = ", ".join(causes.mechanisms()[writer].title for writer in causes.writers(name)) or "given"
        yield (
            code(name),
            UNITS[name],
            written,
            names([*reads.flows, *reads.stocks, *reads.inputs, *reads.constants, *reads.parameters]),
        )


def _page(m: Mechanism) -> Iterator[str]:
    module = _module(m)
    yield from (
        GENERATED,
        "",
        f"# {m.title}",
        "",
        _first_line(module.__doc__),
        "",
        "```text",
        *m.equation.split(";  "),
        "```",
        "",
    )
    order = list(causes.mechanisms()).index(m.name) + 1
    yield f"Mechanism {code(m.name)}, number {order} of {len(causes.mechanisms())} in a month; code: {code(_path(module))}."
    rest = _rest(module.__doc__)
    if rest:
        yield from ("", rest)
    yield from ("", "## Reads", "")
    yield from table(("Name", "What", "Unit", "Meaning", "From"), _reads(m))
    yield from ("", "## Writes", "")
    yield from table(("Name", "What", "Unit", "Meaning", "Read by"), _writes(m))
    yield from _parameters(m)
    yield from ("", "## Functions", "")
    for function in _functions(module):
        yield from _function(function)
    yield from _literature(m)


def _module(m: Mechanism) -> ModuleType:
    found = inspect.getmodule(m.step)
    assert found is not None, m.name  # noqa: S101  (a mechanism's step is a plain function of its file)
    return found


def _path(module: ModuleType) -> str:
    parts = Path(str(module.__file__)).parts
    return "/".join(("src", *parts[len(parts) - 1 - parts[::-1].index("countermove") :]))


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0].replace("\n", " ")


def _rest(text: str | None) -> str:
    return "\n\n".join(part.replace("\n", " ") for part in (text or "").strip().split("\n\n")[1:])


def _reads(m: Mechanism) -> Iterator[tuple[str, str, str, str, str]]:
    for feed in causes.feeds(m.name):
        title = link(causes.mechanisms()[feed.mechanism].title, f"{feed.mechanism}.md")
        for door in feed.doors:
            yield code(door), *(_stock(door) if feed.lagged else ("flow", *FLOWS[door])), title
    for door in m.state_reads:
        if door in m.state_writes:
            yield code(door), *_stock(door), "itself"
    for door in m.inputs:
        yield code(door), "monthly input", *INPUTS[door], _origin(door)
    for door in m.constants:
        yield code(door), "constant", *CONSTANTS[door], _origin(door)


def _stock(door: str) -> tuple[str, str, str]:
    return "stock", STATE_UNITS[door], STOCKS[door]


def _origin(door: str) -> str:
    """What fills an input or a constant: levers, tables, and how many parameters."""
    found = [f"lever {code(name)}" for name, doors in causes.doors_of_levers().items() if door in doors]
    found += [text for text, doors in TABLES.items() if door in doors]
    behind = [name for name, doors in causes.doors_of_parameters().items() if door in doors]
    if behind:
        shown = ", ".join(code(name) for name in behind[:3]) + (f" and {len(behind) - 3} more" if len(behind) > 3 else "")
        found.append(f"parameters {shown}" if len(behind) > 1 else f"parameter {shown}")
    return "; ".join(found) or "the structure of the model"


def _writes(m: Mechanism) -> Iterator[tuple[str, str, str, str, str]]:
    for door in m.flow_writes:
        yield code(door), "flow", *FLOWS[door], _readers(door, m)
    for door in m.state_writes:
        yield code(door), *_stock(door), _readers(door, m)


def _readers(door: str, writer: Mechanism) -> str:
    readers = [m.title for m in causes.mechanisms().values() if door in {*m.flow_reads, *m.state_reads} and m is not writer]
    seen = [f"series {code(name)}" for name, reads in causes.series_reads().items() if door in {*reads.flows, *reads.stocks}]
    own = ["itself"] if door in writer.state_reads else []
    return ", ".join([*readers, *own, *seen]) or "-"


def _parameters(m: Mechanism) -> Iterator[str]:
    ledger = load_ledger()
    by_short = {name.rpartition(".")[2]: name for name in ledger.parameters}
    declared = [by_short[name] for name in m.parameters]
    if declared:
        yield from ("", "## Parameters", "")
        rows = (parameter_row(ledger.parameters[name]) for name in declared)
        yield from table(("Parameter", "Meaning", "Unit", "Prior", "5% to 95%", "Basis", "Rests on"), rows)
    behind = [name for name in causes.parameters_of(m.name) if name not in declared]
    if behind:
        yield from ("", f"Behind its inputs and constants: {', '.join(parameter_link(name) for name in behind)}.")


def parameter_row(parameter: Parameter) -> tuple[str, str, str, str, str, str, str]:
    """Return a parameter as a row: id, meaning, unit, prior, range, basis, and what it rests on."""
    return (
        parameter_link(parameter.id),
        parameter.label,
        parameter.unit,
        parameter.prior.words(),
        range_text(parameter),
        parameter.basis,
        rests_on(parameter),
    )


def rests_on(parameter: Parameter) -> str:
    """Return the note of a parameter, which says why this range, and its sources with their addresses."""
    sources = sources_line(sources_of(parameter, load_ledger()))
    return ". ".join(part.rstrip(".") for part in (parameter.note, sources) if part) or "-"


def range_text(parameter: Parameter) -> str:
    """Return the 5% and 95% points of a prior, one number where it is fixed."""
    low, high = parameter.prior.bounds()
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def parameter_link(name: str) -> str:
    """Return a parameter's id, linked to its row in the reference."""
    return link(code(name), f"{REFERENCE}/parameters.md#{anchor(name)}")


def anchor(name: str) -> str:
    """Return the anchor of a parameter or outcome in the reference pages."""
    return name.replace(".", "-")


def _functions(module: ModuleType) -> list[FunctionType]:
    """Public functions of a mechanism's file in the order of the file, the step last."""
    found = [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]
    return sorted(found, key=lambda function: (function.__name__ == "step", inspect.getsourcelines(function)[1]))


def _function(function: FunctionType) -> Iterator[str]:
    name = function.__name__
    arguments = ", ".join(inspect.signature(function).parameters)
    yield f"### {code(f'{name}({arguments})')}"
    yield ""
    yield (inspect.getdoc(function) or "").strip()
    yield ""


def _literature(m: Mechanism) -> Iterator[str]:
    if not m.sources:
        return
    ledger = load_ledger()
    yield from ("## Literature and data", "")
    for name in m.sources:
        source = ledger.sources.get(name)
        yield f"- {source_link(source)}: {source.title}" if source else f"- {code(name)} (not in the ledger)"
