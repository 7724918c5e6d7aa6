"""A small calibration from end to end: simulate, temper, resume, agree with NumPy, refuse what does not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("jax", reason="pip install 'countermove[jax]'")

from countermove.errors import InputError
from countermove.hardware import products
from countermove.inference import calibration as module
from countermove.inference.calibration import Calibration, calibrate, compiled_past
from countermove.inference.history_model import history_model
from countermove.inference.prediction import simulated
from countermove.inference.reference_chain import read_chain, write_chain
from countermove.inference.tempering import Cloud
from countermove.market.offers import DOMESTIC_PRODUCTS
from countermove.outcomes.published import published_values
from countermove.outcomes.published_errors import Targets, targets
from countermove.storage.checksums import seal

NAMES = ("demand.legal_market_2022", "demand.latent_a100_2022", "foreign.shipping_months", "foreign.price_low_end")


@pytest.fixture(scope="module")
def aims() -> Targets:
    rows = [row for row in published_values() if row.series.endswith(("a100-sxm", "a800-sxm")) and row.period < "2023Q2"]
    return targets(rows)


@pytest.fixture(scope="module")
def found(aims: Targets, tmp_path_factory: Any) -> Calibration:
    store = tmp_path_factory.mktemp("store") / "cloud.npz"
    return calibrate(aims, names=NAMES, particles=256, seed=1, store=store)


def test_the_compiled_past_gives_the_numbers_of_a_run(aims: Targets, found: Calibration) -> None:
    past = compiled_past()
    ensemble = found.ensemble("small")
    values = simulated(past, aims.rows, ensemble, draws=4, seed=1, hazards=False)
    assert values.shape == (len(aims.rows), 4)
    medians = {name: np.full(1, parameter.ppf(np.array([0.5]))) for name, parameter in past.assumptions.parameters.items()}
    assert set(NAMES) <= set(medians)
    levels = np.asarray(history_model(past, aims, NAMES).predict(np.zeros((2, len(NAMES)))))
    plain = _numpy_levels(aims)
    assert np.allclose(levels[:, 0], plain, atol=1e-6)
    assert np.array_equal(levels[:, 0], levels[:, 1])


def _numpy_levels(aims: Targets) -> np.ndarray:
    """The same rows from the NumPy engine with every parameter at its median."""
    from countermove.experiments.streams import STREAMS
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate
    from countermove.outcomes import OUTCOMES
    from countermove.outcomes.window import Window
    from countermove.quantities.calendar import period_months

    past = compiled_past()
    values = {name: np.full(64, float(p.ppf(np.array([0.5]))[0])) for name, p in past.assumptions.parameters.items()}
    values |= {name: np.full(64, 0.5) for name in STREAMS}
    monthly = simulate(compile_market(values, past.gates, past.levers, hazards=False)).monthly
    rows = [OUTCOMES[row.outcome].measure(Window(monthly, *period_months(row.period)))[0] for row in aims.rows]
    return np.log(np.array(rows) + aims.floor)


def test_data_narrow_what_they_speak_of(found: Calibration) -> None:
    spread = dict(zip(found.names, found.scores.std(axis=0), strict=True))
    assert spread["demand.latent_a100_2022"] < 0.95
    assert found.stages >= 1
    assert all(np.all(scale > 0.0) for scale in found.misfit().values())


def test_an_interrupted_calibration_goes_on_to_the_same_bits(
    aims: Targets, found: Calibration, tmp_path: Path, monkeypatch: Any
) -> None:
    store = tmp_path / "cloud.npz"

    class Stop(Exception):
        pass

    keep = module._keep

    def stop_after_first(*arguments: Any) -> None:
        keep(*arguments)
        raise Stop

    monkeypatch.setattr(module, "_keep", stop_after_first)
    with pytest.raises(Stop):
        calibrate(aims, names=NAMES, particles=256, seed=1, store=store)
    monkeypatch.undo()
    words: list[str] = []
    again = calibrate(aims, names=NAMES, particles=256, seed=1, store=store, tell=words.append)
    assert "going on from stage 1" in words[0]
    assert np.array_equal(again.scores, found.scores)


def test_the_store_of_another_calibration_is_refused(aims: Targets, found: Calibration, tmp_path: Path) -> None:
    store = tmp_path / "cloud.npz"
    np.savez(store, token="another")  # noqa: S106
    store.write_bytes(seal(store.read_bytes()))
    with pytest.raises(InputError, match="belongs to another calibration"):
        calibrate(aims, names=NAMES, particles=256, seed=1, store=store)


def test_a_broken_stage_or_chain_is_never_carried_on(tmp_path: Path) -> None:
    cloud, chain = tmp_path / "cloud.npz", tmp_path / "chain-1.npz"
    scores = np.random.default_rng(1).normal(size=(40, 3))
    module._keep(cloud, Cloud(scores, scores[:, 0], 0.5, 0.2, 3, 900), "token", 1.5)
    kept = {"scores": scores, "diverging": np.zeros(40, bool), "accept_prob": np.ones(40), "num_steps": np.ones(40, int)}
    write_chain(chain, kept, scores[-1], 0.2, 1.5)
    assert np.array_equal(module._stored(cloud, "token")[0].scores, scores)  # type: ignore[union-attr]
    assert np.array_equal(read_chain(chain)[0]["scores"], scores)  # type: ignore[index]
    generator = np.random.default_rng(2)
    for path, read in ((cloud, lambda: module._stored(cloud, "token")), (chain, lambda: read_chain(chain))):
        whole = path.read_bytes()
        for byte, bit in zip(generator.integers(len(whole), size=100), generator.integers(8, size=100), strict=True):
            broken = bytearray(whole)
            broken[byte] ^= 1 << int(bit)
            path.write_bytes(bytes(broken))
            with pytest.raises(InputError, match="damaged"):
                read()  # type: ignore[no-untyped-call]


def test_stages_of_another_past_or_other_priors_are_not_carried_on(aims: Targets, monkeypatch: Any) -> None:
    past = compiled_past()
    before = module._token(past, aims, NAMES, 256, 1)
    parameters = dict(past.assumptions.parameters)
    wider = parameters[NAMES[0]].prior.scaled(2.0)
    parameters[NAMES[0]] = parameters[NAMES[0]].model_copy(update={"prior": wider})
    assert module._token(compiled_past(None, parameters), aims, NAMES, 256, 1) != before
    assert module._token(compiled_past(), aims, NAMES, 256, 1) == before
    supply = products.supply_table
    stacks = {"hbm_stacks": supply(DOMESTIC_PRODUCTS).hbm_stacks * 0.75}
    monkeypatch.setattr(products, "supply_table", lambda ids: replace(supply(ids), **stacks))
    assert module._token(past, aims, NAMES, 256, 1) != before


def test_a_name_that_is_no_uncertain_parameter_is_refused(aims: Targets) -> None:
    with pytest.raises(InputError, match="is not an uncertain parameter"):
        history_model(compiled_past(), aims, ["demand.nothing"])
