"""Any parameter may be given a range: draws then differ by it, alone, and those that agree stay as they were."""

from __future__ import annotations

import numpy as np
import pytest
from market_runs import SEED, compiled, run

from countermove.evidence.ledger import load_parameters
from countermove.experiments.draws import sample


def fixed() -> list[str]:
    """Parameters with one value, unless a scenario gives them a range."""
    return [name for name, parameter in load_parameters().items() if parameter.prior.kind == "fixed"]


def groups() -> list[str]:
    return sorted({name.partition(".")[0] for name in fixed()})


def ranged(names: list[str]) -> dict[str, np.ndarray]:
    """Four draws; in the middle two the named parameters lie away from their usual values, within what is valid."""
    values = sample(load_parameters(), seed=SEED, draws=4)
    for name in names:
        low, high = load_parameters()[name].valid
        usual = values[name][0]
        step = 0.2 * max(abs(usual), 0.05 * (high - low))
        near, far = sorted((max(low, usual - step), min(high, usual + step)), key=lambda value: value == usual)
        values[name] = np.array([usual, near, far if far != usual else 0.5 * (usual + near), usual])
    return values


@pytest.mark.parametrize("group", groups())
def test_ranges_on_a_group_of_usually_fixed_parameters_act_draw_by_draw(group: str) -> None:
    scenario = compiled("b30a+open")
    chosen = [name for name in fixed() if name.startswith(f"{group}.")]
    usual, moved = run(scenario, sample(load_parameters(), seed=SEED, draws=4)), run(scenario, ranged(chosen))
    for series, expected in usual.monthly.items():
        alike = moved.monthly[series][..., [0, 3]]
        assert np.allclose(alike, expected[..., [0, 3]], rtol=1e-9, atol=1e-9 * np.abs(expected).max()), series
        assert np.all(np.isfinite(moved.monthly[series])), series
    for draw in (1, 2):
        assert any(not np.array_equal(moved.monthly[name][..., draw], usual.monthly[name][..., draw]) for name in usual.monthly)
