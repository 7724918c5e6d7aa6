"""A judged run is interrupted, resumed to the same bytes, and refuses what it must not judge."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_up_worlds import row, spread, walks

from countermove.errors import InputError
from countermove.inference.rolling.document import document
from countermove.inference.rolling.forecaster import Forecast, other_goods
from countermove.inference.rolling.judged import FILED, FILED_SERIES, is_bound, judged_rows
from countermove.inference.rolling.origins import Origin
from countermove.inference.rolling.run import DONE, Rolled, rolling
from countermove.inference.rolling.text import text
from countermove.outcomes.published import published_rows

ROWS = walks(2)


def as_bytes(found: Rolled) -> bytes:
    return json.dumps(document(found.rows, found.origins)).encode()


class Interrupted(Exception):
    """Stands for a person who presses a key."""


def breaking(after: int, asked: list[str]) -> object:
    """A fair forecaster that is interrupted when it is asked once more."""

    def forecast(found: Origin, folder: object) -> Forecast:
        if len(asked) == after:
            raise Interrupted
        asked.append(f"{found.name} {found.dating}")
        return spread(1.0)(found, folder)

    return forecast


def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    whole = as_bytes(rolling(spread(1.0), ROWS))
    before: list[str] = []
    with pytest.raises(Interrupted):
        rolling(breaking(4, before), ROWS, folder=tmp_path)  # type: ignore[arg-type]
    after: list[str] = []
    found = rolling(breaking(99, after), ROWS, folder=tmp_path)  # type: ignore[arg-type]
    assert as_bytes(found) == whole
    assert len(before) == 4
    assert len(after) == 6
    assert not set(before) & set(after)


def test_what_another_run_kept_is_refused_and_not_mixed_in(tmp_path: Path) -> None:
    rolling(spread(1.0), ROWS, folder=tmp_path, made_by="one")
    with pytest.raises(InputError, match="another model or other settings"):
        rolling(spread(1.0), ROWS, folder=tmp_path, made_by="two")
    with pytest.raises(InputError, match="with other rows"):
        rolling(spread(1.0), ROWS[1:], folder=tmp_path, made_by="one")


def test_a_damaged_origin_is_refused_by_name(tmp_path: Path) -> None:
    rolling(spread(1.0), ROWS, folder=tmp_path)
    path = tmp_path / "2024-12-stand-in" / DONE
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged"):
        rolling(spread(1.0), ROWS, folder=tmp_path)


def test_a_forecaster_that_was_fitted_to_what_it_is_asked_is_caught() -> None:
    later = next(one for one in ROWS if one.period == "2024Q1")

    def peeking(found: Origin, folder: object) -> Forecast:
        honest = spread(1.0)(found, folder)
        return Forecast(honest.sample, {}, {}, (*found.known, later))

    with pytest.raises(InputError, match="walk-0 2024Q1 was fitted, and it was published on 2024-04-30"):
        rolling(peeking, ROWS)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (row("odd", "2024Q1", float("nan")), "2024Q1 holds nan"),
        (row("odd", "2024Q1", -1.0), "2024Q1 holds -1"),
        (row("walk-0", "2024Q1", 1.0), "2024Q1 stands there twice"),
    ],
)
def test_malformed_series_are_refused_by_name_and_period(bad: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        rolling(spread(1.0), (*ROWS, bad))  # type: ignore[arg-type]


def test_money_is_not_read_as_packages() -> None:
    with pytest.raises(InputError, match="cny_bn"):
        published_rows("cambricon-inventory", "huawei_ascend_packages", "thousand package", last=2026)


def test_rows_that_are_judged_are_values_at_the_frequency_of_their_source() -> None:
    rows = judged_rows()
    assert not any(is_bound(one) for one in rows)
    assert {one.period for one in rows if one.series == "epoch-legal-units-cambricon-590"} == {"2024", "2025"}
    assert {one.outcome for one in rows if one.series in FILED_SERIES} == {FILED}
    assert any(one.period == "2026Q1" for one in rows)
    assert all(np.isfinite(one.value) for one in rows)


def test_other_goods_are_what_was_filed_beside_ai_revenue_in_the_last_four_quarters() -> None:
    filed = [row("filed", period, 5.0) for period in ("2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4")]
    ai = np.array([[0.0], [2.0], [2.0], [2.0], [4.9]]) * np.ones((5, 20_000))
    found = other_goods(filed, ai, np.random.default_rng(0), 20_000)
    # The mean of 3, 3, 3 and the least share 0.5; the first quarter lies too far back.
    assert np.median(found) == pytest.approx((3.0 * 3 + 0.5) / 4, rel=0.03)
    assert not other_goods([], ai[:0], np.random.default_rng(0), 4).any()


def test_the_finding_reads_as_a_verdict() -> None:
    found = rolling(spread(4.0), ROWS)
    words = text(document(found.rows, found.origins))
    assert words.startswith("The gate is not passed: ")
    assert "not met  pooled ratio" in words
    assert "2 quarters ahead" in words
