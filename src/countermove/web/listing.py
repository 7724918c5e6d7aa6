"""What the screen lists: levers, presets, outcomes, and where every lever stands under a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from countermove import __version__
from countermove.evidence.data_tree import data_hash
from countermove.evidence.ledger import load_ledger
from countermove.experiments import pipeline
from countermove.experiments.presets import aliases, preset_files, suffix_files
from countermove.experiments.scenario import Scenario
from countermove.experiments.scenario_file import read_scenario_file
from countermove.outcomes import OUTCOMES
from countermove.policy import lever_definitions
from countermove.policy.levers import LeverSettings, compile_levers
from countermove.quantities.calendar import month_name, years
from countermove.reports.build.outcomes import LOGARITHMIC, print_of
from countermove.web.schema import (
    BaselineStep,
    Lever,
    Levers,
    OutcomeLine,
    Outcomes,
    Part,
    Preset,
    Presets,
    ScenarioAnswer,
    SourceLine,
    Step,
)

LARGE = ("domestic_ai_chip_revenue_usd_bn", "china_compute_h100e")
SMALL = (
    "h200_china_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "domestic_share_money",
    "us_china_compute_ratio_h100e",
    "gap_months_system_decode",
    "china_shortage_share",
)
HEADLINES = (
    "h200_china_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
)


def source_lines(ids: Sequence[str]) -> list[SourceLine]:
    """Return sources by id as lines to read; ids that nothing knows are left out."""
    sources = load_ledger().sources
    return [
        SourceLine(
            id=one.id,
            title=one.title,
            publisher=one.publisher,
            published=one.published,
            url=one.url,
            kind=one.kind,
            side=one.side,
        )
        for name in ids
        if (one := sources.get(name)) is not None
    ]


def levers() -> Levers:
    """Return the twelve levers, Washington's first, with the former names of paths."""
    renamed = {old.removeprefix("levers."): new.removeprefix("levers.") for old, new in aliases().paths.items()}
    return Levers(levers=[_lever(one) for one in lever_definitions.load_levers().values()], aliases=renamed)


def _lever(lever: lever_definitions.Lever) -> Lever:
    steps = [
        BaselineStep(month=month_name(step.month), value=step.value, basis=step.basis, sources=list(step.sources), note=step.note)
        for step in lever.baseline
    ]
    cited = dict.fromkeys((*lever.anchors, *(name for step in steps for name in step.sources)))
    return Lever(
        id=lever.id,
        government=lever.government,
        label=lever.label,
        definition=lever.definition,
        main=_part(lever.main),
        parts=[_part(part) for part in lever.parts.values()],
        baseline=steps,
        anchors=source_lines(list(cited)),
    )


def _part(part: lever_definitions.Part) -> Part:
    words = {word: float(number) for word, number in part.words.items() if isinstance(number, int | float)}
    fields = ("name", "kind", "label", "definition", "unit", "low", "high", "default", "group")
    return Part(**{name: getattr(part, name) for name in fields}, words=words, choices=list(part.choices))


def presets() -> Presets:
    """Return the shipped scenarios and the suffixes for Beijing's side, with their former names."""
    named = [[_preset(name, path) for name, path in files().items()] for files in (preset_files, suffix_files)]
    first = sorted(named[0], key=lambda one: one.id != "h200-2026")
    return Presets(presets=first, suffixes=named[1], aliases={**aliases().presets, **aliases().suffixes})


def _preset(name: str, path: Any) -> Preset:
    file = read_scenario_file(path).file
    return Preset(id=name, label=file.label or name, description=" ".join((file.description or "").split()))


def scenario_answer(scenario: Scenario) -> ScenarioAnswer:
    """Return where every lever and part stands over time under a scenario, and what it changes in words."""
    settings = compile_levers(scenario.settings(), where=scenario.id)
    paths = {
        name if part == lever_definitions.MAIN else f"{name}.{part}": _steps(settings, lever, part)
        for name, lever in lever_definitions.load_levers().items()
        for part in (lever_definitions.MAIN, *lever.parts)
    }
    return ScenarioAnswer(
        id=scenario.id,
        label=scenario.label,
        description=" ".join(scenario.description.split()),
        start=scenario.start,
        levers=paths,
        changes=[str(change) for change in scenario.describe()],
        anchors=list(scenario.anchors),
    )


def _steps(settings: LeverSettings, lever: lever_definitions.Lever, name: str) -> list[Step]:
    """Return the value of one lever or part from each month in which it changes."""
    part = lever.part(name)
    if part.kind == "products":
        values: list[Any] = [" ".join(named) or "nothing" for named in settings.products(lever.id, name)]
    elif part.kind == "choice":
        values = list(settings.choice(lever.id, name))
    else:
        words = {number: word for word, number in part.words.items() if not part.low <= number <= part.high}
        values = [words.get(float(value), float(value)) for value in np.asarray(settings.value(lever.id, name))]
    changes = [month for month, value in enumerate(values) if month == 0 or value != values[month - 1]]
    return [Step(month=month_name(month), value=values[month]) for month in changes]


def outcomes(engine: str) -> Outcomes:
    """Return every outcome with how it is printed, and what the screen shows first."""
    return Outcomes(
        outcomes=[_outcome(name) for name in OUTCOMES],
        large=list(LARGE),
        small=list(SMALL),
        headlines=list(HEADLINES),
        years=years(),
        evidence_until=pipeline.evidence_until(),
        version=__version__,
        data_hash=data_hash(),
        engine=engine,
    )


def _outcome(name: str) -> OutcomeLine:
    one = OUTCOMES[name]
    shown = print_of(one.unit, name)
    return OutcomeLine(
        id=name,
        label=one.label,
        unit=one.unit,
        noun=shown.noun,
        display=shown.display,
        scale=shown.scale,
        prefix=shown.prefix,
        kind=one.kind,
        theme=one.theme,
        definition=one.definition,
        log=name in LOGARITHMIC,
    )
