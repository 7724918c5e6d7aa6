"""The chain behind a number: outcome <- monthly series <- mechanisms <- parameters and tables <- claims <- sources.

The structure comes from what the mechanisms declare (`causes`), what the outcome moves with from the draws of the run
(`drivers`), and what the numbers rest on from the ledger. Nothing is simulated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from countermove.desk import causes
from countermove.desk.citing import entry_data, literature_data, source_data, sources_of, support_data
from countermove.desk.drivers import Resampled, gate_readings, resample
from countermove.desk.vocabulary import FLOWS, TABLES
from countermove.errors import InputError, did_you_mean
from countermove.evidence.entry import resolve
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.experiments.result import Comparison, Result
from countermove.experiments.run import ALL_EVIDENCE
from countermove.market.mechanism import Mechanism
from countermove.market.observe import LEVELS, UNITS
from countermove.market.offers import OFFER_PRODUCTS
from countermove.market.state import STATE_UNITS
from countermove.outcomes import OUTCOMES

FOCUS = "2028"
HORIZON = "horizon"
GATED = "h200-sxm"


def explain(result: Result, outcome: str, *, period: str | None = None) -> dict[str, Any]:
    """Return the chain behind an outcome of a run, as plain data that can be written as JSON.

    A mechanism's `steps` count how far it stands from the outcome: 0 writes what the outcome reads, 1 feeds those, and so
    on. `parameters` come strongest first where the draws of the run could be made again, else in the order of the chain.
    Raises InputError with the nearest name for an outcome or a period that the result does not hold.
    """
    chosen = chosen_period(result, outcome, period)
    about, ledger = OUTCOMES[outcome], load_ledger()
    draws = result.outcomes[outcome][chosen]
    resampled = resample(result)
    steps = causes.steps_upstream(about.reads)
    mechanisms = [_mechanism(causes.mechanisms()[name], count, ledger) for name, count in steps.items()]
    behind = dict.fromkeys(name for series in about.reads for name in causes.parameters_of_series(series))
    named = dict.fromkeys([*behind, *(name for found in mechanisms for name in found["parameters"])])
    parameters = [_parameter(name, result, resampled, draws, ledger) for name in _ids(named)]
    parameters.sort(key=lambda found: -abs(found["correlation"] or 0.0))
    return {
        "run": result.scenario.id,
        "version": result.version,
        "draws": result.draws,
        "seed": result.seed,
        "beliefs": result.beliefs,
        "outcome": outcome,
        "label": about.label,
        "unit": about.unit,
        "kind": about.kind,
        "definition": about.definition,
        "period": chosen,
        "point": next(point.to_dict() for point in result.quantiles()[outcome] if point.period == chosen),
        "points": [point.to_dict() for point in result.quantiles()[outcome]],
        "reads": list(about.reads),
        "series": [_series(name) for name in about.reads],
        "mechanisms": mechanisms,
        "parameters": parameters,
        "noise": resampled.noise,
        "note": resampled.note,
        "gates": gate_readings(draws, resampled),
        "levers": _levers(steps),
        "tables": _tables(about.reads, steps, result, ledger),
    }


def chosen_result(stored: Result | Comparison, scenario: str | None) -> Result:
    """Return the result to explain: the only one, or the one of a scenario; InputError with the nearest id."""
    results = stored.results if isinstance(stored, Comparison) else (stored,)
    if scenario is None:
        return results[0]
    ids = [result.scenario.id for result in results]
    if scenario not in ids:
        raise InputError(f"the run holds no scenario {scenario!r}", where="--scenario", hint=did_you_mean(scenario, ids))
    return results[ids.index(scenario)]


def chosen_period(result: Result, outcome: str, period: str | None) -> str:
    """Return the period to explain: the one asked for, else 2028, the horizon of a date, or the last one held."""
    held = list(result.outcome(outcome))
    if outcome not in OUTCOMES:
        raise InputError(
            f"this version has no outcome {outcome!r}", where=result.scenario.id, hint=did_you_mean(outcome, OUTCOMES)
        )
    if period is None:
        return next((name for name in (FOCUS, HORIZON) if name in held), held[-1])
    if period not in held:
        raise InputError(f"{outcome} has no period {period!r}", where=result.scenario.id, hint=did_you_mean(period, held))
    return period


def _series(name: str) -> dict[str, Any]:
    reads = causes.series_reads()[name]
    return {
        "name": name,
        "unit": UNITS[name],
        "kind": "level" if name in LEVELS else "flow",
        "flows": list(reads.flows),
        "stocks": list(reads.stocks),
        "inputs": list(reads.inputs),
        "constants": list(reads.constants),
        "written_by": list(causes.writers(name)),
        "parameters": _paths(causes.parameters_of_series(name)),
    }


def _mechanism(found: Mechanism, steps: int, ledger: Ledger) -> dict[str, Any]:
    through = {name: doors for name, doors in causes.doors_of_levers().items() if {*doors} & {*found.inputs}}
    return {
        "name": found.name,
        "steps": steps,
        "title": found.title,
        "equation": found.equation,
        "writes": [{"name": name, "unit": FLOWS[name][0], "meaning": FLOWS[name][1]} for name in found.flow_writes]
        + [{"name": name, "unit": STATE_UNITS[name], "meaning": "stock"} for name in found.state_writes],
        "fed_by": list(dict.fromkeys(feed.mechanism for feed in causes.feeds(found.name))),
        "feeds": [
            {"mechanism": feed.mechanism, "doors": list(feed.doors), "lagged": feed.lagged} for feed in causes.feeds(found.name)
        ],
        "parameters": _paths(causes.parameters_of(found.name)),
        "levers": [f"levers/{name}" for name in through],
        "tables": [table for table, doors in TABLES.items() if {*doors} & {*found.inputs, *found.constants}],
        "literature": list(found.sources),
        "sources": literature_data(found.sources, ledger),
    }


def _parameter(name: str, result: Result, resampled: Resampled, draws: Any, ledger: Ledger) -> dict[str, Any]:
    """A parameter as the run used it: its range, its prior and basis, how the outcome moves with it, what it rests on."""
    path = f"parameters/{name}"
    assumed, posterior = resampled.compiled.assumptions, resampled.compiled.posterior
    parameter = assumed.parameters[name]
    pinned = result.scenario.overrides.get(path)
    shares = np.array([0.05, 0.5, 0.95])
    learnt = posterior is not None and name in posterior and name not in assumed.fixed
    low, median, high = (float(value) for value in parameter.ppf(posterior.marginal(name, shares) if posterior else shares))
    if name in assumed.fixed:
        low = median = high = assumed.fixed[name]
    return {
        "path": path,
        "label": parameter.label,
        "unit": parameter.unit,
        "low": low,
        "median": median,
        "high": high,
        "prior": parameter.prior.words(),
        "leans": learnt,
        "basis": "set by the scenario" if pinned is not None else parameter.basis,
        "overridden": None if pinned is None else str(pinned),
        "correlation": resampled.correlation(name, draws) if resampled.values else None,
        "note": parameter.note,
        "supports": support_data(parameter, ledger),
        "sources": [source.id for source in sources_of(parameter, ledger)],
    }


def strongest(document: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the parameters of an explanation whose correlation stands out of the noise, strongest first."""
    loud = [
        one for one in document["parameters"] if one["correlation"] is not None and abs(one["correlation"]) > document["noise"]
    ]
    return loud[:count]


def _levers(steps: Iterable[str]) -> list[dict[str, Any]]:
    """Levers that act in the mechanisms of the chain, with the inputs they set."""
    from countermove.policy.lever_definitions import load_levers

    reached = {name for step in steps for name in causes.mechanisms()[step].inputs}
    return [
        {"path": f"levers/{name}", "label": load_levers()[name].label, "sets": [door for door in doors if door in reached]}
        for name, doors in causes.doors_of_levers().items()
        if {*doors} & reached
    ]


def _tables(reads: Iterable[str], steps: Iterable[str], result: Result, ledger: Ledger) -> list[dict[str, Any]]:
    """Tables of the data tree behind the chain, each with its entries and their sources."""
    found = [causes.mechanisms()[name] for name in steps]
    observed = [causes.series_reads()[series] for series in reads]
    reached = {name for m in found for name in (*m.inputs, *m.constants)}
    reached |= {name for one in observed for name in (*one.inputs, *one.constants)}
    names = [name for name, doors in TABLES.items() if {*doors} & reached]
    return [{"name": name, "entries": _entries(name, result, ledger)} for name in names]


def _entries(table: str, result: Result, ledger: Ledger) -> list[dict[str, Any]]:
    if table.startswith("chips"):
        return _chips(ledger)
    if table.startswith("dated rules"):
        return _rules(result, ledger)
    if table.startswith("NVIDIA"):
        return [{"path": "data/market/nvidia_world_sales.csv", "title": "Sales by quarter", "sources": _world_sources(ledger)}]
    if table.startswith("rows of"):
        return [
            {"path": "data/market/offers.yaml", "title": "Rows of all offers; ends of production are assumed", "sources": []},
            {"path": "data/market/vendors.yaml", "title": "Rows of all Chinese vendors", "sources": []},
        ]
    return [_dated(table, ledger)]


def _dated(table: str, ledger: Ledger) -> dict[str, Any]:
    """A table of dates, called "title in path", with the sources of the table and of its rows."""
    from countermove.evidence.data_tree import DATA
    from countermove.evidence.strict_yaml import load

    title, _, path = table.rpartition(" in ")
    data = load(DATA / path.removeprefix("data/")).data
    names = [*data.get("sources", []), *(name for row in data.get("dates", {}).values() for name in row.get("sources", []))]
    sources = [source_data(ledger.sources[name]) for name in dict.fromkeys(names) if name in ledger.sources]
    return {"path": path, "title": title[0].upper() + title[1:].rstrip(","), "sources": sources}


def _chips(ledger: Ledger) -> list[dict[str, Any]]:
    from countermove.hardware.describe import register_paths

    register_paths()
    return [entry_data(resolve(ledger, f"chips/{name}"), ledger) for name in dict.fromkeys(OFFER_PRODUCTS)]


def _rules(result: Result, ledger: Ledger) -> list[dict[str, Any]]:
    """The rules that decide on the H200 at any time known to the run, oldest first."""
    from countermove.experiments.pipeline import known_date
    from countermove.policy.evidence_paths import register
    from countermove.policy.timeline import gate_timeline

    register()
    known = None if result.known == ALL_EVIDENCE else known_date(result.known)
    spells = [spell for spell in gate_timeline(GATED, known=known) if spell.rule]
    return [entry_data(resolve(ledger, f"rules/{rule}"), ledger) for rule in dict.fromkeys(spell.rule for spell in spells)]


def _world_sources(ledger: Ledger) -> list[dict[str, Any]]:
    from countermove.evidence.data_tree import DATA
    from countermove.evidence.strict_yaml import load

    names = load(DATA / "market" / "nvidia_world_sales.yaml").data["sources"]
    return [source_data(ledger.sources[name]) for name in names if name in ledger.sources]


def _paths(names: Iterable[str]) -> list[str]:
    return [f"parameters/{name}" for name in names]


def _ids(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(path.removeprefix("parameters/") for path in paths))


def every_source(document: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the sources that an explanation reaches, id -> address."""
    found: dict[str, str | None] = {}
    for one in document["parameters"]:
        for support in one["supports"]:
            for source in [support["source"]] if "source" in support else support["claim"]["sources"]:
                found[source["id"]] = source["url"]
    for group in (*document["mechanisms"], *(entry for table in document["tables"] for entry in table["entries"])):
        found |= {source["id"]: source["url"] for source in group["sources"]}
    return found
