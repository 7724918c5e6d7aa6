"""Published results with known inputs: our number is theirs."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.errors import DataError
from countermove.reproductions import smuggling
from countermove.reproductions.carry_out import PASSES, carry_out
from countermove.reproductions.catalogue import load_reproductions, reproduction
from countermove.reproductions.entry import Hardware
from countermove.reproductions.hardware_sheet import quantity

EXACT = [name for name, entry in load_reproductions().items() if entry.tier == "exact"]


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_result_is_reproduced_within_its_tolerance(name: str) -> None:
    (carried,) = carry_out([reproduction(name)])
    wrong = [f"{row.id}: {row.published} against {row.ours}" for row in carried.rows if row.verdict not in (*PASSES, "beside")]
    assert not wrong
    assert carried.verdict == "reproduced"


def test_the_smuggling_estimate_agrees_with_the_published_run_to_one_percent() -> None:
    combined = np.quantile(smuggling.simulate()["combined"], [0.05, 0.5, 0.95])
    assert combined == pytest.approx([294.087, 662.048, 1592.327], rel=0.01)


def test_the_smuggling_estimate_is_the_same_for_the_same_seed_and_near_for_another() -> None:
    first, again, other = (smuggling.simulate(draws=20_000, seed=seed)["combined"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert np.median(other) == pytest.approx(np.median(first), rel=0.03)
    assert not np.array_equal(first, other)


def test_the_views_of_smuggling_bound_their_blend_draw_by_draw() -> None:
    found = smuggling.simulate(draws=20_000, seed=3)
    low, high = np.minimum(found["diversion"], found["resale"]), np.maximum(found["diversion"], found["resale"])
    assert np.all((low <= found["combined"] * (1 + 1e-12)) & (found["combined"] <= high * (1 + 1e-12)))
    assert np.all(found["observed"] > 0)


def test_the_ledgers_that_do_not_close_show_what_is_left_over() -> None:
    stacks, gap = (carry_out([reproduction(name)])[0].gaps for name in ("semianalysis-stacks", "bernstein-2025-gap"))
    assert stacks[0][1] == pytest.approx(5.14, abs=0.01)
    assert gap[0][1] == pytest.approx(1.5)


def test_a_peak_that_nobody_states_is_refused() -> None:
    way = Hardware(kind="hardware", quantity="compute_pflops", system="cloudmatrix-384", peak="bernstein-2025-07-17")
    with pytest.raises(DataError, match="states no bf16 peak"):
        quantity(way)
