"""The fit: groups that keep copies together, held-out errors on a sample, trees, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.hardware.fit import crossvalidation, measured, published
from countermove.hardware.fit.boosting import Settings, boost
from countermove.hardware.fit.efficiencies import fit
from countermove.hardware.fit.intervals import half_widths
from countermove.hardware.fit.report import coverage
from countermove.hardware.serving.physics import slowdowns, timing
from countermove.hardware.serving.trees import correction, gate


@pytest.fixture(scope="module")
def rows() -> crossvalidation.Rows:
    return crossvalidation.usable(measured.silicon())


def test_few_rows_are_refused(rows: crossvalidation.Rows) -> None:
    assert len(rows.kept) >= 0.95 * len(measured.silicon().rows)


def test_strict_groups_keep_every_copy_on_one_side() -> None:
    table = measured.silicon()
    copies: dict[tuple[str, str], int] = {}
    for row, group in zip(table.rows, table.strict, strict=True):
        key = (row["silicon_ttft_ms"], row["silicon_tpot_ms"])
        assert copies.setdefault(key, int(group)) == group
    for stated in np.unique(table.stated):
        assert len(np.unique(table.strict[table.stated == stated])) == 1


def test_folds_never_split_a_group() -> None:
    table = measured.silicon()
    fold = measured.folds(table.strict)
    assert sorted(np.unique(fold)) == [0, 1, 2, 3, 4]
    for group in np.unique(table.strict):
        assert len(np.unique(fold[table.strict == group])) == 1


def test_physics_alone_on_a_held_out_sample(rows: crossvalidation.Rows) -> None:
    fold = measured.folds(rows.strict, seed=3)
    train, test = np.nonzero(fold != 0)[0][::3], np.nonzero(fold == 0)[0]
    points = crossvalidation.take_points(rows.points, train)
    found = fit(points, rows.ttft[train], rows.tpot[train], rows.weight[train], evaluations=10)
    held = crossvalidation.take_points(rows.points, test)
    predicted = timing(crossvalidation.take_work(rows.work, test), slowdowns(found.weights, held))
    assert np.median(np.abs(predicted.tpot / rows.tpot[test] - 1)) < 0.22


def test_trees_learn_what_is_there_and_fade_outside() -> None:
    random = np.random.default_rng(1)
    features = random.normal(size=(600, 3))
    target = np.where(features[:, 0] > 0, 0.3, -0.2)
    trees = boost(features, target, np.ones(600), np.arange(600), Settings(trees=150, depth=3))
    assert np.abs(correction(trees, features) - target).mean() < 0.05
    inside, far = gate(trees, np.zeros((1, 3))), gate(trees, np.full((1, 3), 50.0))
    assert inside[0] == 1
    assert far[0] < 1e-6


def test_intervals_hold_their_share() -> None:
    random = np.random.default_rng(2)
    truth = np.exp(random.normal(0, 0.3, 4000))
    low, high = half_widths(truth[:2000], np.ones(2000))
    inside = (np.log(truth[2000:]) > -low) & (np.log(truth[2000:]) < high)
    assert 0.87 < inside.mean() < 0.93
    fold = np.arange(4000) % 5
    share, _ = coverage(truth, np.ones(4000), fold, np.ones(4000, dtype=bool))
    assert 0.88 < share < 0.92


def test_no_reference_is_a_chip_that_is_to_be_transferred_to() -> None:
    transferred = {row["chip"] for row in published.points()}
    references = published._rows(published.REFERENCES)
    assert not transferred & {row["chip"] for row in references}
    assert len(published.references().seconds) == len(references)


def test_a_chip_left_out_takes_its_references_along(rows: crossvalidation.Rows) -> None:
    systems = np.array(measured.silicon().labels("system"))[rows.kept]
    without = crossvalidation.take_points(rows.points, np.nonzero(systems != "h200_sxm")[0])
    kept = crossvalidation._known(without)
    assert 0 < len(kept.seconds) < len(published.references().seconds)
    assert kept.points.chip.memory.max() < 1.3e11


def test_no_rows_no_interval() -> None:
    with pytest.raises(ValueError, match="held-out"):
        half_widths(np.zeros(0), np.zeros(0))
