"""The reference of parameters and outcomes: every one with what it rests on or is measured on."""

from __future__ import annotations

from collections.abc import Iterator

from countermove.desk import causes
from countermove.desk.facts import FACTS
from countermove.desk.markdown import GENERATED, code, link, names, table
from countermove.desk.mechanism_pages import anchor, range_text, rests_on
from countermove.desk.paired import PAIRED
from countermove.evidence.ledger import load_ledger
from countermove.evidence.schema import Parameter
from countermove.outcomes import OUTCOMES, Outcome

MODEL = "../explanation/model"


def pages() -> dict[str, str]:
    """Return file name -> text."""
    return {"parameters.md": "\n".join(_parameters()) + "\n", "outcomes.md": "\n".join(_outcomes()) + "\n"}


def _parameters() -> Iterator[str]:
    parameters = load_ledger().parameters
    groups: dict[str, list[Parameter]] = {}
    for parameter in parameters.values():
        groups.setdefault(parameter.group, []).append(parameter)
    varying = [parameter for parameter in parameters.values() if parameter.prior.kind != "fixed"]
    sourced = sum(parameter.basis == "sourced" for parameter in varying)
    fixed = [parameter for parameter in parameters.values() if parameter.prior.kind == "fixed"]
    yield from (GENERATED, "", "# Parameters", "")
    yield (
        f"{len(parameters)} numbers of the model: {len(varying)} uncertain ones, of which {sourced} have both bounds from cited "
        f"sources, and {len(fixed)} fixed ones ({sum(p.basis == 'sourced' for p in fixed)} of them sourced). `basis: assumption` "
        "means that nobody publishes the number: the note says why this range. Any of them can be pinned or given another range: "
        "`--set parameters/NAME=VALUE`; `countermove evidence parameters/NAME` shows who says otherwise."
    )
    yield from ("", f"Groups: {', '.join(link(group, f'#{group}') for group in groups)}.")
    for group, found in groups.items():
        yield from ("", f"## {group}", "")
        head = ("Parameter", "Meaning", "Unit", "Prior", "5% to 95%", "Valid", "Basis", "Acts in", "Rests on")
        yield from table(head, (_parameter_row(parameter) for parameter in found))


def _parameter_row(parameter: Parameter) -> tuple[str, ...]:
    return (
        f'<a id="{anchor(parameter.id)}"></a>{code(parameter.id)}',
        parameter.label,
        parameter.unit,
        parameter.prior.words(),
        range_text(parameter),
        f"{parameter.valid[0]:g} to {parameter.valid[1]:g}",
        parameter.basis,
        _acts_in(parameter.id),
        rests_on(parameter),
    )


def _acts_in(name: str) -> str:
    found = [link(m.title, f"{MODEL}/{m.name}.md") for m in causes.mechanisms().values() if name in causes.parameters_of(m.name)]
    seen = [f"series {code(series)}" for series in causes.series_reads() if name in causes.parameters_of_series(series)]
    return ", ".join([*found, *seen])


def _outcomes() -> Iterator[str]:
    yield from (GENERATED, "", "# Outcomes", "")
    yield (
        f"{len(OUTCOMES)} things that people argue about, measured on monthly series by year and quarter: a flow is summed over "
        "the period, a stock is read at its end, a ratio is one of sums or of stocks, a date is measured once over the whole run "
        "(period `horizon`; 2033 stands for not reached by the end of 2032, and `censored_share` says in how many draws)."
    )
    themes = dict.fromkeys(outcome.theme for outcome in OUTCOMES.values())
    for theme in themes:
        yield from ("", f"## {theme}", "")
        rows = (_outcome_row(outcome) for outcome in OUTCOMES.values() if outcome.theme == theme)
        yield from table(("Outcome", "Label", "Unit", "Kind", "Definition", "Measured on", "Written by"), rows)
    yield from ("", "## Only in a comparison of two scenarios", "")
    yield from table(("Outcome", "Label", "Unit"), ((code(name), one.label, one.unit) for name, one in PAIRED.items()))
    yield from ("", "## From hardware alone, in `countermove claims`", "")
    yield from table(("Name", "Label", "Unit"), ((code(name), one.label, one.unit) for name, one in FACTS.items()))


def _outcome_row(outcome: Outcome) -> tuple[str, ...]:
    writers = dict.fromkeys(writer for series in outcome.reads for writer in causes.writers(series))
    return (
        f'<a id="{anchor(outcome.id)}"></a>{code(outcome.id)}',
        outcome.label,
        outcome.unit,
        outcome.kind,
        outcome.definition,
        names(outcome.reads),
        ", ".join(link(causes.mechanisms()[name].title, f"{MODEL}/{name}.md") for name in writers) or "given",
    )
