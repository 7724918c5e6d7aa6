"""Random draws depend on the seed, the name and the draw's number, and on nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.errors import DataError, InputError
from countermove.evidence.priors import Fixed, Normal, Uniform
from countermove.evidence.schema import Parameter
from countermove.experiments.correlations import Correlations, Pair
from countermove.experiments.draws import sample
from countermove.experiments.streams import BLOCK, STREAMS, uniforms

NONE = Correlations()


def parameter(name: str, low: float = 0.0, high: float = 1.0) -> Parameter:
    """A uniform parameter for tests."""
    return Parameter(
        id=name, label=name, unit="1", prior=Uniform(low=low, high=high), valid=(low - 10, high + 10), basis="assumption"
    )


def test_the_first_draws_of_a_long_run_are_those_of_a_short_one() -> None:
    long = uniforms(7, "supply.hbm_2026", 5000)
    for draws in (1, 10, 1023, 1024, 1025, 3000):
        assert np.array_equal(uniforms(7, "supply.hbm_2026", draws), long[:draws])


@given(first=st.integers(0, 4000), draws=st.integers(1, 3000))
@settings(max_examples=30)
def test_any_slice_can_be_drawn_alone(first: int, draws: int) -> None:
    assert np.array_equal(uniforms(3, "a.b", draws, first=first), uniforms(3, "a.b", first + draws)[first:])


def test_uniforms_lie_strictly_between_zero_and_one_and_look_uniform() -> None:
    values = uniforms(2026, "demand.growth", 100_000)
    assert values.min() > 0
    assert values.max() < 1
    assert abs(values.mean() - 0.5) < 0.005
    assert abs(values.var() - 1 / 12) < 0.002
    counts = np.histogram(values, bins=20, range=(0, 1))[0]
    assert counts.min() > 4700
    assert counts.max() < 5300


def test_names_with_a_common_prefix_are_uncorrelated() -> None:
    long = "supply.a_rather_long_parameter_name_with_many_words_in_it_"
    streams = np.stack([uniforms(1, f"{long}{number}", 4096) for number in range(40)])
    correlations = np.corrcoef(streams) - np.eye(40)
    assert np.abs(correlations).max() < 5 / np.sqrt(4096)


def test_seeds_blocks_and_names_do_not_leak_into_each_other() -> None:
    streams = [uniforms(1, "2x", 1024), uniforms(12, "x", 1024), uniforms(1, "2x", 1024, first=BLOCK), uniforms(2, "2x", 1024)]
    correlations = np.corrcoef(np.stack(streams)) - np.eye(4)
    assert np.abs(correlations).max() < 5 / np.sqrt(1024)


def test_the_stream_of_a_name_never_changes_between_versions() -> None:
    # Golden numbers: if they move, every published result moves with them.
    expected = [0.4312688847001799, 0.3391820157104849, 0.9244260291627792]
    assert uniforms(2026, "gates.cn.variant", 3).tolist() == pytest.approx(expected, abs=0)


def test_a_new_parameter_reshuffles_nothing() -> None:
    few = {name: parameter(name) for name in ("a.one", "b.two")}
    many = {"a.nought": parameter("a.nought"), **few, "z.last": parameter("z.last")}
    before = sample(few, seed=5, draws=500, correlations=NONE)
    after = sample(many, seed=5, draws=500, correlations=NONE)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_pinning_one_parameter_leaves_the_others_alone() -> None:
    both = {name: parameter(name) for name in ("a.one", "b.two")}
    free = sample(both, seed=5, draws=300, correlations=NONE)
    pinned = sample(both, seed=5, draws=300, fixed={"a.one": 0.25}, correlations=NONE)
    assert np.array_equal(free["b.two"], pinned["b.two"])
    assert np.all(pinned["a.one"] == 0.25)


def test_the_gate_streams_come_with_every_sample() -> None:
    values = sample({}, seed=1, draws=10, correlations=NONE)
    assert set(values) == set(STREAMS)
    assert np.array_equal(values["gates.cn.variant"], uniforms(1, "gates.cn.variant", 10))


def test_a_prior_is_read_through_its_own_uniforms() -> None:
    values = sample({"a.b": parameter("a.b", 10, 20)}, seed=1, draws=50, correlations=NONE)["a.b"]
    assert np.allclose(values, 10 + 10 * uniforms(1, "a.b", 50))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1, "draws": 10}, "seed is -1"),
        ({"seed": 1, "draws": 0}, "0 draws"),
        ({"seed": 1, "draws": 10, "fixed": {"a.c": 1.0}}, "did you mean 'a.b'"),
        ({"seed": 1, "draws": 10, "fixed": {"a.b": 99.0}}, "outside its valid range -10 to 11"),
    ],
)
def test_impossible_requests_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sample({"a.b": parameter("a.b")}, correlations=NONE, **arguments)


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation."""
    return float(np.corrcoef(one.argsort().argsort(), other.argsort().argsort())[0, 1])


def test_a_declared_correlation_holds_and_marginals_stay() -> None:
    names = ("a.one", "b.two", "c.three")
    parameters = {name: parameter(name) for name in names}
    joined = Correlations((Pair("a.one", "b.two", 0.7), Pair("b.two", "c.three", -0.5)))
    values = sample(parameters, seed=3, draws=20_000, correlations=joined)
    # Spearman's rho of a Gaussian copula is 6/pi * asin(rho/2).
    assert rank_correlation(values["a.one"], values["b.two"]) == pytest.approx(6 / np.pi * np.arcsin(0.35), abs=0.02)
    assert rank_correlation(values["b.two"], values["c.three"]) == pytest.approx(6 / np.pi * np.arcsin(-0.25), abs=0.02)
    for name in names:
        assert abs(values[name].mean() - 0.5) < 0.01
        assert values[name].min() > 0
        assert values[name].max() < 1


def test_correlated_draws_do_not_depend_on_how_many_are_drawn() -> None:
    parameters = {name: parameter(name) for name in ("a.one", "b.two")}
    joined = Correlations((Pair("a.one", "b.two", 0.7),))
    long = sample(parameters, seed=3, draws=3000, correlations=joined)
    short = sample(parameters, seed=3, draws=100, correlations=joined)
    assert all(np.array_equal(short[name], long[name][:100]) for name in short)


def test_a_pair_added_at_the_end_leaves_earlier_draws_alone() -> None:
    parameters = {name: parameter(name) for name in ("a.one", "b.two", "c.three", "d.four")}
    first = Correlations((Pair("a.one", "b.two", 0.7),))
    more = Correlations((Pair("a.one", "b.two", 0.7), Pair("b.two", "c.three", 0.3)))
    before, after = (sample(parameters, seed=3, draws=200, correlations=joined) for joined in (first, more))
    assert all(np.array_equal(before[name], after[name]) for name in ("a.one", "b.two", "d.four"))
    assert not np.array_equal(before["c.three"], after["c.three"])


@pytest.mark.parametrize(
    "pairs",
    [
        (Pair("a", "b", 1.0),),
        (Pair("a", "a", 0.5),),
        (Pair("a", "b", 0.5), Pair("b", "a", 0.4)),
        (Pair("a", "b", 0.9), Pair("b", "c", 0.9), Pair("a", "c", -0.9)),
    ],
)
def test_impossible_correlations_are_refused(pairs: tuple[Pair, ...]) -> None:
    with pytest.raises(DataError):
        Correlations(pairs)


def test_bounded_and_unbounded_priors_give_finite_values() -> None:
    parameters = {
        "a.normal": Parameter(
            id="a.normal", label="n", unit="1", prior=Normal(p5=0, p95=1), valid=(-100, 100), basis="assumption"
        ),
        "a.fixed": Parameter(id="a.fixed", label="f", unit="1", prior=Fixed(value=3), valid=(0, 5), basis="assumption"),
    }
    values = sample(parameters, seed=9, draws=2000, correlations=NONE)
    assert np.all(np.isfinite(values["a.normal"]))
    assert np.all(values["a.fixed"] == 3)
