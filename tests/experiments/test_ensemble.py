"""The calibrated ensemble: read in a fixed order, continued by a copula, refused when it was made from something else."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtri

from countermove.errors import DataError
from countermove.evidence.ledger import load_parameters
from countermove.experiments.draws import sample
from countermove.experiments.ensemble import FOLDER, ROWS, Ensemble, copula_factor, read_ensemble
from countermove.experiments.ensemble_key import load_ensemble
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.scenario import load_scenario


@pytest.fixture(scope="module")
def shipped() -> Ensemble:
    found = load_ensemble()
    assert found is not None
    return found


def small() -> Ensemble:
    random = np.random.default_rng(0)
    scores = random.multivariate_normal([0.5, -0.5], [[0.5, 0.4], [0.4, 0.5]], size=500)
    return Ensemble("small", ("a", "b"), scores, copula_factor(scores))


def test_the_shipped_ensemble_has_4096_worlds_of_known_parameters(shipped: Ensemble) -> None:
    assert shipped.scores.shape == (ROWS, len(shipped.names))
    assert set(shipped.names) <= set(load_parameters())
    assert np.isfinite(shipped.scores).all()


def test_draw_n_is_row_n_whatever_the_seed_and_length(shipped: Ensemble) -> None:
    one, other = shipped.uniforms(seed=1, draws=100), shipped.uniforms(seed=2, draws=40, first=60)
    for name in shipped.names:
        assert np.array_equal(one[name][60:], other[name])


def test_the_first_draws_do_not_depend_on_how_many_follow(shipped: Ensemble) -> None:
    whole = shipped.uniforms(seed=3, draws=300, first=ROWS - 100)
    begin, end = shipped.uniforms(seed=3, draws=100, first=ROWS - 100), shipped.uniforms(seed=3, draws=200, first=ROWS)
    for name in shipped.names[:5]:
        assert np.array_equal(whole[name], np.concatenate([begin[name], end[name]]))


def test_beyond_the_last_row_marginals_and_correlation_are_kept() -> None:
    found = small()
    later = found.uniforms(seed=5, draws=20_000, first=500)
    scores = np.stack([ndtri(later[name]) for name in found.names], axis=1)
    assert np.allclose(scores.mean(axis=0), found.scores.mean(axis=0), atol=0.03)
    assert np.allclose(scores.std(axis=0), found.scores.std(axis=0), rtol=0.05)
    assert np.corrcoef(scores.T)[0, 1] == pytest.approx(np.corrcoef(found.scores.T)[0, 1], abs=0.04)


def test_a_parameter_left_out_follows_its_prior_and_the_others_stay(shipped: Ensemble) -> None:
    name = shipped.names[0]
    parameters = load_parameters()
    with_it = sample(parameters, seed=7, draws=50, posterior=shipped)
    without = sample(parameters, seed=7, draws=50, posterior=shipped.without([name]))
    plain = sample(parameters, seed=7, draws=50)
    assert np.array_equal(without[name], plain[name])
    assert all(np.array_equal(with_it[other], without[other]) for other in shipped.names if other != name)


def test_what_a_scenario_sets_leaves_the_ensemble() -> None:
    scenario = load_scenario("h200-2026").with_overrides({"parameters/supply.hbm_imports": 12.0})
    compiled = compile_scenario(scenario)
    assert compiled.posterior is not None
    assert "supply.hbm_imports" not in compiled.posterior
    assert np.all(sampled(compiled, seed=1, draws=8)["supply.hbm_imports"] == 12.0)


def test_a_marginal_is_the_posterior_quantile(shipped: Ensemble) -> None:
    name = shipped.names[3]
    shares = np.array([0.05, 0.5, 0.95])
    expected = np.quantile(shipped.uniforms(seed=0, draws=ROWS)[name], shares)
    assert np.allclose(shipped.marginal(name, shares), expected, atol=2e-3)
    assert np.array_equal(shipped.marginal("no.such", shares), shares)


def test_a_broken_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "posterior.yaml", tmp_path)
    with pytest.raises(DataError, match="cannot read it") as caught:
        read_ensemble(tmp_path)
    assert "make ensemble" in str(caught.value)
    (tmp_path / "posterior.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match="it is damaged"):
        read_ensemble(tmp_path)
    assert read_ensemble(tmp_path / "nowhere") is None


def test_no_flipped_bit_of_the_ensemble_is_read(tmp_path: Path) -> None:
    for name in ("posterior.yaml", "posterior-fit.json"):
        shutil.copy(FOLDER / name, tmp_path)
    whole = (FOLDER / "posterior.npz").read_bytes()
    generator = np.random.default_rng(5)
    for byte, bit in zip(generator.integers(len(whole), size=30), generator.integers(8, size=30), strict=True):
        broken = bytearray(whole)
        broken[byte] ^= 1 << int(bit)
        (tmp_path / "posterior.npz").write_bytes(bytes(broken))
        with pytest.raises(DataError, match="make ensemble"):
            read_ensemble(tmp_path)
    (tmp_path / "posterior.npz").write_bytes(whole)
    assert read_ensemble(tmp_path) is not None
    manifest = tmp_path / "posterior.yaml"
    manifest.write_text("".join(line for line in manifest.read_text().splitlines(True) if "sha256" not in line))
    with pytest.raises(DataError, match="has no sha256"):
        read_ensemble(tmp_path)
