"""Compiled programs keep the months that outcomes read, and outcomes read them as if all were there."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.market.engines.kept_months import KeptMonths, Shelf, months_read
from countermove.quantities.calendar import MONTHS

try:
    import jax
except ImportError:  # pragma: no cover
    jax = None

needs_jax = pytest.mark.skipif(
    jax is None and os.environ.get("REQUIRE_ALL") != "1", reason="JAX is not installed: pip install 'countermove[jax]'"
)

SERIES = np.arange(MONTHS * 6, dtype=float).reshape(MONTHS, 3, 2)
stretches = st.tuples(st.integers(0, MONTHS - 1), st.integers(1, MONTHS)).map(lambda ends: (min(ends), max(ends)))
stretches = stretches.filter(lambda ends: ends[0] < ends[1])


@given(stretches, st.data())
def test_what_is_kept_reads_like_the_whole(kept: tuple[int, int], data: st.DataObject) -> None:
    first, last = kept
    held = KeptMonths(SERIES[first:last], first)
    month = data.draw(st.integers(first, last - 1))
    until = data.draw(st.integers(month + 1, last))
    for key in (month, month - MONTHS, (month, 1), slice(month, until), (slice(month, until), 2)):
        assert np.array_equal(held[key], SERIES[key])


@pytest.mark.parametrize("key", [11, 24, slice(11, 13), slice(20, 25), slice(None), (0, 1)])
def test_a_month_that_is_not_kept_is_refused(key: Any) -> None:
    with pytest.raises(IndexError, match="not all kept"):
        KeptMonths(SERIES[12:24], 12)[key]


@needs_jax
def test_a_measure_is_asked_which_months_it_reads() -> None:
    row = dict.fromkeys(("year", "end", "whole", "unread"), SERIES[0].astype(np.float32))

    def measure(monthly: Any) -> list[Any]:
        return [monthly["year"][12:24].sum(axis=0), monthly["end"][-1, 2], monthly["whole"][:], monthly["year"][30]]

    assert months_read(measure, row, lambda array: array) == {
        "year": range(12, 31),
        "end": range(MONTHS - 1, MONTHS),
        "whole": range(MONTHS),
        "unread": range(0),
    }


@needs_jax
@given(stretches)
def test_a_shelf_holds_its_months_and_no_others(kept: tuple[int, int]) -> None:
    months = {"some": range(*kept), "all": range(MONTHS), "none": range(0)}
    row = dict.fromkeys(months, SERIES[0].astype(np.float32))
    shelf = Shelf(months, row)
    held = shelf.empty()
    for number in (0, kept[0], *range(kept[0], kept[1], 17), kept[1] - 1, MONTHS - 1):
        seen = {name: SERIES[number].astype(np.float32) for name in months}
        held = shelf.filled(held, np.int32(number), seen)
    found = shelf.series(held, np.asarray)
    assert found.keys() == {"some", "all"}
    for name in found:
        for number in (kept[0], kept[1] - 1):
            assert np.array_equal(found[name][number], SERIES[number].astype(np.float32))
