"""A scenario in words: the condition of a sentence, its levers beside the baseline's, and the command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from countermove.errors import CountermoveError
from countermove.experiments.result import Result
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.policy.lever_definitions import MAIN, PREFIX, Lever, Part, load_levers
from countermove.quantities.calendar import month_name
from countermove.reports.build.units import unit_words
from countermove.reports.model import Government, LeverChange, Override
from countermove.reports.numbers import plain

GOVERNMENTS: dict[str, Government] = {"us": "washington", "cn": "beijing"}
STATUS_QUO = "as known"
NO_CEILING = 250_000
H200_TPP = 15_832  # dense 8-bit TOPS x 8: a ceiling below it closes Washington's gate for the H200
_GATE_WORDS = (
    (0.0, "lets foreign AI chips in"),
    (0.4, "ties imports to domestic purchases"),
    (0.999, "admits foreign AI chips only where buyers show the need"),
    (float("inf"), "refuses foreign AI chips"),
)
# Levers on a scale of our own, whose numbers are no shares.
_SCALES = {
    "beijing.import_gate": {0.0: "0, open", 0.333: "1/3, bundled", 0.667: "2/3, necessity review", 1.0: "1, ban"},
    "washington.component_controls": {
        0.0: "0, none",
        0.333: "1/3, equipment",
        0.667: "2/3, equipment and memory",
        1.0: "1, full",
    },
}


def lever_changes(scenario: Scenario, baseline: Scenario) -> tuple[LeverChange, ...]:
    """Every lever part in which a scenario differs from the baseline; for the baseline itself, all that it sets."""
    own, base = _settings(scenario), {} if scenario is baseline else _settings(baseline)
    levers = load_levers()
    changes = []
    for (lever_id, part), schedule in {**base, **own}.items():
        lever = levers[lever_id]
        value = _schedule_text(lever, part, own.get((lever_id, part)))
        before = _schedule_text(lever, part, base.get((lever_id, part)))
        if value != before:
            since = min(own.get((lever_id, part), schedule))
            changes.append(_change(lever, lever.part(part), before, value, since))
    return tuple(changes)


def _change(lever: Lever, part: Part, before: str, value: str, since: str) -> LeverChange:
    main = part.name == MAIN
    return LeverChange(
        lever=f"{PREFIX}{lever.id}" + ("" if main else f".{part.name}"),
        government=GOVERNMENTS[lever.government],
        label=lever.label if main else f"{lever.label}, {part.label.lower()}",
        baseline=before,
        value=value,
        since=since,
        definition=lever.definition if main else part.definition,
        sources=lever.anchors if main else (),
    )


def _settings(scenario: Scenario) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(lever, part): dict(schedule) for lever, parts in scenario.levers.items() for part, schedule in parts.items()}


def _schedule_text(lever: Lever, part: str, schedule: Mapping[str, Any] | None) -> str:
    """A schedule in words: one value, or values with their months."""
    if schedule is None:
        return _status_quo(lever) if part == MAIN else STATUS_QUO
    steps = [(month, value_words(lever.part(part), value, lever=lever.id)) for month, value in sorted(schedule.items())]
    if len(steps) == 1:
        return steps[0][1]
    return "; ".join(f"{value} from {month}" for month, value in steps)


def _status_quo(lever: Lever) -> str:
    """The last step of what holds without a scenario, with its month."""
    step = lever.baseline[-1]
    return f"{value_words(lever.main, step.value, lever=lever.id)} (status quo since {month_name(step.month)})"


def value_words(part: Part, value: Any, *, lever: str = "") -> str:
    """A lever's value with its unit; shares are printed in percent, words and lists as they are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) or "nothing"
    word = next((word for word, number in part.words.items() if number == value), None)
    if word is not None:
        return word
    if lever in _SCALES and part.name == MAIN:
        return next((words for at, words in _SCALES[lever].items() if abs(at - value) < 0.001), f"{value:.3g} of 1")
    if part.unit == "1" and part.high <= 1:
        return f"{100 * value:.3g}%"
    return f"{plain(float(value))} {unit_words(part.unit)}".rstrip()


def overrides(scenario: Scenario) -> tuple[Override, ...]:
    """Parameters that a scenario pins or redraws, in words."""
    return tuple(Override(path, str(value)) for path, value in scenario.overrides.items())


def condition(scenario: Scenario) -> str:
    """Complete "If ...": what each government does in the end; "" when the scenario sets no lever.

    A government that sets nothing is left out; one that sets something is described with what it keeps.
    """
    clauses = [
        f"{name} {clause(scenario)}"
        for name, prefix, clause in (("Washington", "washington.", _washington), ("Beijing", "beijing.", _beijing))
        if any(lever.startswith(prefix) for lever in scenario.levers)
    ]
    return ", and ".join(clauses)


def _washington(scenario: Scenario) -> str:
    """Ceiling, share of applicants, charge and cap in one verb phrase, then other levers."""
    ceiling, scope = _in_the_end(scenario, "washington.performance_ceiling"), _in_the_end(scenario, "washington.licence_scope")
    duty, cap = _in_the_end(scenario, "washington.duty"), _in_the_end(scenario, "washington.volume_cap")
    if ceiling >= NO_CEILING:
        said = "lets every chip leave without a licence"
    else:
        said = f"licenses chips below {ceiling:,.0f} TPP to {_applicants(scope)}"
    if ceiling > H200_TPP:
        said += f" at a {100 * duty:.3g}% charge" if duty else " without a charge"
        said += f", up to {100 * cap:.3g}% of US volume" if cap <= 1 else ", without a volume cap"
    spoken = {"performance_ceiling", "licence_scope", "duty", "volume_cap"}
    return ", ".join([said, *_others(scenario, "washington", spoken)])


def _applicants(scope: float) -> str:
    return "all applicants" if scope >= 1 else "no applicant" if scope <= 0 else f"{100 * scope:.3g}% of applicants"


def _beijing(scenario: Scenario) -> str:
    """The import gate and subsidies in one verb phrase, then other levers."""
    parts = []
    if "beijing.import_gate" in scenario.levers:
        gate = _in_the_end(scenario, "beijing.import_gate")
        parts.append(next(words for edge, words in _GATE_WORDS if gate <= edge))
    if "beijing.subsidy" in scenario.levers:
        schedule = scenario.levers["beijing.subsidy"][MAIN].values()
        parts.append(f"pays up to ${max(float(v) for v in schedule):.3g} bn a year in chip subsidies")
    return ", ".join([*parts, *_others(scenario, "beijing", {"import_gate", "subsidy"})])


def _others(scenario: Scenario, government: str, spoken: set[str]) -> list[str]:
    """The remaining levers that a scenario sets, by their label, at their last value."""
    levers = load_levers()
    return [
        f"sets {levers[lever].label.lower()} to {value_words(levers[lever].main, parts[MAIN][max(parts[MAIN])], lever=lever)}"
        for lever, parts in scenario.levers.items()
        if MAIN in parts and lever.startswith(f"{government}.") and lever.partition(".")[2] not in spoken
    ]


def _in_the_end(scenario: Scenario, lever: str) -> float:
    """The last value of a lever as a number: the scenario's, or else the status quo's."""
    schedule = scenario.levers.get(lever, {}).get(MAIN)
    if not schedule:
        return float(load_levers()[lever].baseline_path()[-1])
    return as_number(lever, schedule[max(schedule)])


def as_number(lever: str, value: Any) -> float:
    """A lever's value as a number; its words stand for numbers."""
    return float(load_levers()[lever].main.words.get(str(value), value))


def reproduce(results: Sequence[Result]) -> str:
    """The command that makes the numbers again: by name where presets suffice, else from the run directory."""
    first = results[0]
    if all(_is_preset(r.scenario) for r in results) and first.known == "all evidence":
        names = " ".join(shlex.quote(r.scenario.id) for r in results)
        verb = "run" if len(results) == 1 else "compare"
        return f"countermove {verb} {names} --draws {first.draws} --seed {first.seed}"
    return "countermove reproduce FOLDER    # the run directory that holds this report"


def _is_preset(scenario: Scenario) -> bool:
    try:
        return load_scenario(scenario.id) == scenario
    except CountermoveError:
        return False
