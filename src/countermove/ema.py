"""A bridge for users of EMA Workbench: the market as one of its models, with levers, uncertainties and outcomes.

    from ema_workbench import SequentialEvaluator
    from countermove.ema import ema_model

    model = ema_model("h200-rule+open", outcomes=["china_compute_h100e"], periods=["2032"])
    with SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=100, policies=4)

EMA Workbench is not installed with this package: it imports a library under the GPL (docs/decisions/0002). This module imports it
only when it is asked for a model. It calls a model once per experiment, which is far slower than `countermove sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from countermove.errors import EnvironmentProblem, InputError, did_you_mean

LEVER_MARK = "levers_"
SEED = 2026


def ema_model(
    scenario: str,
    *,
    outcomes: Sequence[str],
    periods: Sequence[str] = ("2032",),
    levers: Sequence[str] = (),
    uncertainties: Sequence[str] | None = None,
    name: str = "countermove",
) -> Any:
    """Return an `ema_workbench.Model`: a lever is its range, an uncertainty the 5% to 95% range of its prior.

    `levers` are ids such as "washington.duty" (none by default), `uncertainties` parameters such as "demand.price_elasticity"
    (by default every one whose prior has a width). Names are written with underscores, as the workbench wants them.
    Raises InputError for an unknown name, EnvironmentProblem when the workbench is missing.
    """
    workbench = _require_workbench()
    chosen = _uncertainties(uncertainties)
    run = one_experiment(scenario, outcomes=outcomes, periods=periods)
    model = workbench.Model(name, function=run)
    model.uncertainties = [workbench.RealParameter(written(path), *bounds) for path, bounds in chosen.items()]
    model.levers = [workbench.RealParameter(LEVER_MARK + written(lever), *_lever_range(lever)) for lever in levers]
    model.outcomes = [workbench.ScalarOutcome(written(key)) for key in outcome_names(outcomes, periods)]
    return model


def one_experiment(
    scenario: str, *, outcomes: Sequence[str], periods: Sequence[str] = ("2032",)
) -> Callable[..., dict[str, float]]:
    """Return a function of keyword arguments that runs one experiment: parameters and levers in, outcomes out.

    Whatever is not given keeps the value of draw 0 of the usual seed.
    """
    from countermove.evidence.ledger import load_parameters
    from countermove.experiments.run import run
    from countermove.experiments.scenario import load_scenario
    from countermove.policy.lever_definitions import load_levers

    base = load_scenario(scenario)
    parameters = {written(path): path for path in load_parameters()}
    levers = {LEVER_MARK + written(lever): lever for lever in load_levers()}
    wanted = outcome_names(outcomes, periods)

    def experiment(**given: float) -> dict[str, float]:
        unknown = next((key for key in given if key not in parameters and key not in levers), None)
        if unknown is not None:
            raise InputError(f"no input named {unknown!r}", where="ema", hint=did_you_mean(unknown, [*parameters, *levers]))
        pinned = {f"parameters/{parameters[key]}": value for key, value in given.items() if key in parameters}
        set_levers = {levers[key]: value for key, value in given.items() if key in levers}
        chosen = base.with_overrides(pinned) if pinned else base
        chosen = chosen.with_levers(set_levers) if set_levers else chosen
        result = run(chosen, draws=1, seed=SEED).outcomes
        return {written(key): float(result[name][period][0]) for key, (name, period) in wanted.items()}

    return experiment


def outcome_names(outcomes: Sequence[str], periods: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the name of every number wanted -> (outcome, period); dates have the period "horizon"."""
    from countermove.outcomes import HORIZON, outcome

    named = {}
    for name in outcomes:
        for period in (HORIZON,) if outcome(name).kind == "date" else periods:
            named[f"{name}_{period}"] = (name, period)
    return named


def written(name: str) -> str:
    """Return a name as a Python identifier: the workbench passes names as keyword arguments."""
    return name.replace(".", "_").replace("-", "_").replace("/", "_")


def _uncertainties(names: Sequence[str] | None) -> dict[str, tuple[float, float]]:
    from countermove.evidence.ledger import load_parameters

    parameters = load_parameters()
    found = {}
    for name in parameters if names is None else names:
        if name not in parameters:
            raise InputError(f"no parameter named {name!r}", where="uncertainties", hint=did_you_mean(name, parameters))
        low, high = parameters[name].prior.bounds()
        if low < high:
            found[name] = (float(low), float(high))
        elif names is not None:
            raise InputError(f"the prior of {name} is one value", where="uncertainties", hint="name one whose prior has a width")
    return found


def _lever_range(lever: str) -> tuple[float, float]:
    from countermove.policy.lever_definitions import find_lever

    part = find_lever(lever, where="levers").main
    return part.low, part.high


def _require_workbench() -> Any:
    try:
        import ema_workbench
    except ImportError:
        raise EnvironmentProblem(
            "EMA Workbench is not installed",
            where="countermove.ema",
            hint="pip install ema_workbench, which brings a GPL package",
        ) from None
    return ema_workbench
