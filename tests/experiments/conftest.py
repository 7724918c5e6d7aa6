"""A toy market behind the doors of the pipeline, so that experiments are tested in milliseconds and without the real one."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

from countermove.evidence.priors import Normal, Uniform
from countermove.evidence.schema import Parameter
from countermove.experiments import overrides, pipeline
from countermove.experiments.correlations import Correlations
from countermove.experiments.draws import sample
from countermove.experiments.result import NOT_REACHED, OutcomeInfo
from countermove.policy.levers import compile_levers
from countermove.quantities.calendar import MONTHS, years

TOY_PARAMETERS = {
    "demand.size": Parameter(
        id="demand.size", label="size", unit="1", prior=Uniform(low=1, high=2), valid=(0, 9), basis="assumption"
    ),
    "supply.noise": Parameter(
        id="supply.noise", label="noise", unit="1", prior=Normal(p5=-1, p95=1), valid=(-9, 9), basis="assumption"
    ),
}
TOY_OUTCOMES = {
    "sales": OutcomeInfo("usd_bn", "Sales", "flow"),
    "stock": OutcomeInfo("thousand h100e", "Stock", "stock"),
    "parity": OutcomeInfo("year", "Parity", "date"),
}


def toy_trajectory(compiled: pipeline.Compiled, *, seed: int, first: int, draws: int, engine: str, dt: float) -> SimpleNamespace:
    """Sales fall with the duty and with the import gate; both levers act from their own months on."""
    values = sample(
        compiled.assumptions.parameters,
        seed=seed,
        draws=draws,
        first=first,
        fixed=compiled.assumptions.fixed,
        correlations=Correlations(),
    )
    duty = compiled.levers.value("washington.duty")[:, None]
    gate = compiled.levers.value("beijing.import_gate")[:, None]
    sales = np.exp(values["supply.noise"]) * values["demand.size"] * (1 - duty) * (1 - gate)
    return SimpleNamespace(monthly={"sales": sales, "stock": np.cumsum(sales, axis=0)}, first=first)


def toy_measures(block: pipeline.Block, periods: tuple[str, ...]) -> dict[str, dict[str, np.ndarray]]:
    """Yearly or quarterly sums of sales, stocks at the end of a period, and the date at which the stock passes 100."""
    found: dict[str, dict[str, np.ndarray]] = {"sales": {}, "stock": {}, "parity": {}}
    monthly = block.trajectory.monthly
    for step in periods:
        months = 12 if step == "year" else 3
        names = years() if step == "year" else [f"{year}Q{quarter}" for year in years() for quarter in range(1, 5)]
        for number, name in enumerate(names):
            found["sales"][name] = monthly["sales"][number * months : (number + 1) * months].sum(axis=0)
            found["stock"][name] = monthly["stock"][(number + 1) * months - 1]
    passed = monthly["stock"] > 100
    found["parity"]["horizon"] = np.where(passed.any(axis=0), 2022 + passed.argmax(axis=0) / 12, NOT_REACHED)
    return {name: {period: values[: block.draws] for period, values in by.items()} for name, by in found.items()}


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the toy market in place of the real one."""

    def compile_toy(scenario: pipeline.Scenario, *, known: object = None, beliefs: str = "prior") -> pipeline.Compiled:
        levers = compile_levers(scenario.settings(), where=scenario.id)
        return pipeline.Compiled(scenario, overrides.apply_overrides(TOY_PARAMETERS, scenario.overrides), levers, None, {})  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "compile_scenario", compile_toy)
    monkeypatch.setattr(pipeline, "simulate_draws", toy_trajectory)
    monkeypatch.setattr(pipeline, "measured", toy_measures)
    monkeypatch.setattr(pipeline, "outcome_info", lambda names: {name: TOY_OUTCOMES[name] for name in names})
    monkeypatch.setattr("countermove.evidence.ledger.load_parameters", lambda: TOY_PARAMETERS)
    yield
    assert MONTHS == 132
