"""A factor that does nothing never ranks above one that does: random designs of points and draws, with a made-up outcome.

`python tests/experiments/test_false_drivers.py` prints what the 50 designs gave.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from countermove.experiments.discovery import CHANCE, prim
from countermove.experiments.futures import FEWEST_VALUES, FEWEST_WORLDS, Flags, Futures, enough, thinned
from countermove.experiments.held_out import density_error, held_out
from countermove.experiments.importance import classes, delta, importance

DESIGNS = 50
DRAWN, ACTIVE = 12, 3


@dataclass(frozen=True)
class Made:
    """A sweep of a made-up outcome, and the names of the inputs that enter it."""

    futures: Futures
    active: frozenset[str]
    kind: str


def made(seed: int) -> Made:
    """Return a random design: a grid or a sample, levers with or without assumptions, 1 to 1,000 draws, own or common."""
    dice = np.random.default_rng(seed)
    kind = str(dice.choice(["levers", "grid", "sample", "mixed"]))
    points, draws, shared = int(dice.integers(8, 400)), int(dice.choice([1, 2, 4, 30, 128, 1000])), bool(dice.integers(2))
    design: dict[str, np.ndarray] = {}
    if kind == "grid":
        axes = np.meshgrid(*(np.arange(float(dice.integers(2, 6))) for _ in range(3)))
        design = {name: axis.reshape(-1) for name, axis in zip(("levers.on", "p/on", "p/off"), axes, strict=True)}
        points = len(design["p/on"])
    if kind in ("levers", "mixed"):
        design |= {name: dice.integers(0, 4, points).astype(float) for name in ("levers.on", "levers.off")}
    if kind in ("sample", "mixed"):
        design |= {name: (dice.permutation(points) + 0.5) / points for name in ("p/on", "p/off", "p/off2")}
    draws = max(1, min(draws, 20_000 // points))
    assumed = [values for name, values in design.items() if name.startswith("p/")]
    blocks = np.zeros(points, dtype=np.int64)
    if assumed and not shared:
        blocks = np.unique(np.stack(assumed), axis=1, return_inverse=True)[1].reshape(-1).astype(np.int64)
    worlds = np.repeat(blocks, draws) * draws + np.tile(np.arange(draws), points)
    drawn = dice.random((DRAWN, int(worlds.max()) + 1))[:, worlds]
    inputs = {name: np.repeat(values, draws) for name, values in design.items()} | {
        f"drawn{number}": row for number, row in enumerate(drawn)
    }
    active = [f"drawn{number}" for number in range(ACTIVE)] + [name for name in design if name.endswith("on")]
    # Weights of very different size, a kink, a pile of equal values: what outcomes of the market look like.
    weights = dict(zip(active, dice.exponential(1, len(active)), strict=True))
    varied = [name for name in active if np.ptp(inputs[name]) > 0]
    signal = np.exp(np.sum([weights[name] * inputs[name] / np.ptp(inputs[name]) for name in varied], axis=0) + inputs["drawn0"])
    outcome = np.maximum(signal, np.quantile(signal, 0.2))
    levels = {name for name in design if name.startswith("levers") or kind == "grid"}
    places = None if kind == "grid" else np.repeat(blocks if blocks.any() else np.arange(points), draws)
    futures = Futures(
        {name: values for name, values in inputs.items() if np.ptp(values) > 0},
        outcome,
        "made up",
        np.repeat(np.arange(points), draws),
        worlds,
        places,
        {name: np.repeat(values, draws) for name, values in design.items()},
        frozenset(levels),
    )
    return Made(enough(futures), frozenset(active), f"{kind} {points} x {draws} {'common' if shared else 'own'} draws")


def judged(seed: int) -> tuple[str, list[str], list[str], list[str], dict[str, str]]:
    """Return the design in words, active inputs ranked, active inputs missed, idle inputs ranked, and what was left out."""
    one = made(seed)
    found = importance(one.futures)
    ranked = [row.factor for row in found if row.told_apart]
    assert all(0.0 <= row.delta <= 1.0 and 0.0 <= row.first <= 1.0 for row in found)
    missed = [row.factor for row in found if not row.told_apart and row.factor in one.active]
    false = [name for name in ranked if name not in one.active]
    return one.kind, [name for name in ranked if name in one.active], missed, false, dict(one.futures.left_out)


@pytest.mark.parametrize("seed", range(DESIGNS))
def test_a_factor_that_does_nothing_never_ranks_above_one_that_does(seed: int) -> None:
    kind, ranked, missed, false, left_out = judged(seed)
    assert not false, f"{kind}: {false} do nothing; ranked {ranked}, missed {missed}, left out {left_out}"


def test_strong_inputs_are_found_and_weak_ones_come_later() -> None:
    dice = np.random.default_rng(1)
    inputs = {name: dice.random(2000) for name in ("weak", "strong", "idle", "even")}
    outcome = 3 * inputs["strong"] + inputs["weak"] + 8 * (inputs["even"] - 0.5) ** 2
    found = importance(independent(inputs, outcome))
    assert [row.factor for row in found if row.told_apart] == ["strong", "even", "weak"], "one without a trend too"
    assert [row.factor for row in found if not row.told_apart] == ["idle"]


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_delta_is_that_of_a_normal_sum(noise: float) -> None:
    """Y = X + noise with normal parts: the distance between two normal densities, averaged over X by quadrature."""
    from scipy.stats import norm

    dice = np.random.default_rng(3)
    given = dice.normal(size=20_000)
    found = importance(independent({"x": given}, given + noise * dice.normal(size=20_000)))[0]
    y = np.linspace(-12, 12, 4001)
    levels = norm.ppf((np.arange(400) + 0.5) / 400)
    apart = [np.abs(norm.pdf(y, 0, np.hypot(1, noise)) - norm.pdf(y, x, noise)).sum() * (y[1] - y[0]) for x in levels]
    assert found.delta == pytest.approx(0.5 * np.mean(apart), abs=0.04)
    assert found.first == pytest.approx(1 / (1 + noise**2), abs=0.03)


def test_delta_stays_within_0_and_1_whatever_the_ties() -> None:
    dice = np.random.default_rng(4)
    same = classes(dice.integers(0, 4, 800).astype(float), 10)
    assert delta(same, same) == pytest.approx(0.75, abs=0.01), "all there is to know of four equal classes"
    assert delta(same, np.zeros_like(same)) == 0.0
    assert delta(np.arange(800), np.arange(800)) < 1.0


def test_too_few_values_are_left_out_with_the_reason_and_levels_are_not() -> None:
    points, draws = 50, 4
    level, free = np.repeat(np.arange(points) % 3.0, draws), np.repeat(np.linspace(0, 1, points), draws)
    worlds = np.tile(np.arange(draws), points)
    futures = independent({"levers.a": level, "p/free": free, "drawn": worlds.astype(float)}, free + worlds)
    design = {"levers.a": level, "p/free": free}
    few = enough(replace(futures, worlds=worlds, designed=design, levels=frozenset({"levers.a"})))
    assert few.left_out == {
        "p/free": f"the design gives it 50 values, fewer than {FEWEST_VALUES}",
        "drawn": f"the sweep has 4 joint draws, fewer than {FEWEST_VALUES}",
    }
    assert list(few.inputs) == ["levers.a"]


def test_thinning_keeps_points_and_worlds() -> None:
    points, draws = 300, 1000
    worlds = np.tile(np.arange(draws), points)
    place = np.repeat(np.arange(points), draws)
    futures = replace(independent({"a": place.astype(float)}, worlds.astype(float)), points=place, worlds=worlds)
    few = thinned(futures, 16_384)
    assert len(few.outcome) <= 16_384
    assert len(np.unique(few.worlds)) >= FEWEST_VALUES
    assert len(np.unique(few.points)) >= FEWEST_VALUES


def test_a_box_keeps_worlds_not_rows() -> None:
    worlds = np.repeat(np.arange(40), 50)
    value = np.random.default_rng(5).random(40)[worlds]
    interest = value > np.sort(np.unique(value))[-3]
    assert prim({"a": value}, interest)[-1].density == 1.0
    last = prim({"a": value}, interest, axes=[worlds])[-1]
    assert len(np.unique(worlds[last.contains({"a": value})])) == FEWEST_WORLDS


def test_a_box_of_noise_is_not_told_from_chance_and_a_real_one_is() -> None:
    dice = np.random.default_rng(6)
    inputs = {name: dice.random(600) for name in "abcdefgh"}
    futures = independent(inputs, inputs["a"])

    def find(half: Futures, hits: Flags) -> Flags | None:
        return max(prim(half.inputs, hits, axes=half.axes), key=lambda box: box.density).contains(inputs)

    real = held_out(futures, inputs["a"] > 0.7, find)
    assert real is not None
    assert real.chance < 1e-6
    assert real.density > 0.9
    noise = [held_out(futures, dice.random(600) > 0.7, find) for _ in range(20)]
    assert sum(one is not None and one.chance < CHANCE for one in noise) <= 1
    assert np.mean([one.density for one in noise if one is not None]) == pytest.approx(0.3, abs=0.05)


def test_the_error_of_a_density_counts_worlds() -> None:
    dice = np.random.default_rng(7)
    worlds = np.repeat(np.arange(50), 40)
    hits = (dice.random(50) < 0.5)[worlds]
    everywhere = np.ones(2000, dtype=bool)
    assert density_error((np.arange(2000),), hits, everywhere) == pytest.approx(1.96 * 0.5 / np.sqrt(2000), rel=0.1)
    assert density_error((worlds,), hits, everywhere) == pytest.approx(1.96 * 0.5 / np.sqrt(50), rel=0.1)
    assert density_error((worlds,), everywhere, everywhere) > 0.02, "all of 50 worlds are no proof of always"


def independent(inputs: dict[str, np.ndarray], outcome: np.ndarray) -> Futures:
    """Return runs that are one world and one point each, nothing of them set by a design."""
    rows = np.arange(len(outcome))
    return Futures(inputs, outcome, "made up", rows, rows, None, {}, frozenset())


def main() -> None:
    """Print what every design gave."""
    totals = np.zeros(4, dtype=int)
    for seed in range(DESIGNS):
        kind, ranked, missed, false, left_out = judged(seed)
        totals += [len(ranked), len(missed), len(false), len(left_out)]
        counts = f"ranked {len(ranked)}, missed {len(missed)}, false {len(false)} {false or ''}, left out {len(left_out)}"
        print(f"{seed:3} {kind:32} {counts}")
    print("in all: active inputs ranked {}, missed {}; idle inputs ranked {}; left out {}".format(*totals))


if __name__ == "__main__":
    main()
