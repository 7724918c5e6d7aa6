"""The bridge to EMA Workbench, with a stand-in for the workbench, which is no dependency."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from countermove.ema import ema_model, one_experiment
from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments.run import run
from countermove.experiments.scenario import load_scenario


@pytest.fixture
def workbench(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put recording classes in place of the workbench."""

    def parameter(name: str, low: float, high: float) -> tuple[str, float, float]:
        return name, low, high

    fake = SimpleNamespace(Model=lambda name, function: SimpleNamespace(name=name, function=function))
    fake.RealParameter, fake.ScalarOutcome = parameter, str
    monkeypatch.setitem(sys.modules, "ema_workbench", fake)


def test_a_model_has_ranges_of_levers_and_priors(workbench: None) -> None:
    model = ema_model("h200-2026", outcomes=["china_compute_h100e", "parity_year_chip_decode"], levers=["washington.duty"])
    assert model.levers == [("levers_washington_duty", 0.0, 1.0)]
    assert model.outcomes == ["china_compute_h100e_2032", "parity_year_chip_decode_horizon"]
    names = {name for name, low, high in model.uncertainties if low < high}
    assert "demand_price_elasticity" in names
    assert all(name.isidentifier() for name in names)


def test_an_experiment_is_the_run_it_describes() -> None:
    experiment = one_experiment("h200-2026", outcomes=["china_compute_h100e"])
    found = experiment(levers_washington_duty=0.4, demand_price_elasticity=2.0)
    scenario = (
        load_scenario("h200-2026")
        .with_overrides({"parameters/demand.price_elasticity": 2.0})
        .with_levers({"washington.duty": 0.4})
    )
    assert found == {"china_compute_h100e_2032": run(scenario, draws=1).outcomes["china_compute_h100e"]["2032"][0]}
    with pytest.raises(InputError, match="did you mean 'demand_price_elasticity'"):
        experiment(demand_price_elastisity=2.0)


def test_a_missing_workbench_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    with pytest.raises(EnvironmentProblem, match="EMA Workbench is not installed"):
        ema_model("h200-2026", outcomes=["china_compute_h100e"])


def test_a_name_that_does_not_exist_is_named(workbench: None) -> None:
    with pytest.raises(InputError, match="did you mean"):
        ema_model("h200-2026", outcomes=["china_compute_h100e"], uncertainties=["demand.price_elastisity"])
    with pytest.raises(InputError, match="unknown lever"):
        ema_model("h200-2026", outcomes=["china_compute_h100e"], levers=["washington.dutty"])
