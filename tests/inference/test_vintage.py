"""What was known by a date."""

from __future__ import annotations

import datetime as dt

import pytest

from countermove.errors import InputError
from countermove.evidence.ledger import load_parameters
from countermove.inference.vintage import ANCHORS, FIRST_SEEN, cut_date, happened, priors_known, rows_after, rows_known
from countermove.outcomes.published import period_end, published_values

DAY = dt.date(2024, 12, 31)


def test_strict_is_a_part_of_latest_and_neither_knows_the_future() -> None:
    rows = published_values()
    strict, latest = rows_known(rows, DAY, "strict"), rows_known(rows, DAY, "latest")
    assert set(strict) < set(latest)
    assert all(period_end(row.period) <= DAY for row in latest)
    assert all(row.known <= DAY for row in strict)


def test_a_forecast_is_no_outcome() -> None:
    rows = published_values()
    after = rows_after(rows, DAY, last=2025)
    assert after
    assert all(happened(row) for row in after)
    assert "huawei-ascend-packages-wsj" not in {row.series for row in after}


def test_priors_of_later_years_no_longer_know_them() -> None:
    before = load_parameters()
    found = priors_known(before, DAY)
    assert "demand.legal_market_2025" in found.replaced_names
    low, high = found.parameters["demand.legal_market_2025"].prior.bounds()
    known_low, known_high = before["demand.legal_market_2025"].prior.bounds()
    assert high / low > known_high / known_low
    assert found.parameters["demand.legal_market_2024"] is before["demand.legal_market_2024"]
    assert set(found.foreknown) <= set(FIRST_SEEN)


def test_at_the_end_of_2025_anchors_of_2025_stay() -> None:
    found = priors_known(load_parameters(), dt.date(2025, 12, 31))
    assert "demand.legal_market_2025" not in found.replaced_names
    assert "supply.huawei_packages_2026" in found.replaced_names


def test_replaced_priors_lie_in_their_valid_ranges() -> None:
    found = priors_known(load_parameters(), dt.date(2023, 12, 31))
    for name in found.replaced_names:
        bottom, top = found.parameters[name].valid
        low, high = found.parameters[name].prior.support()
        assert bottom <= low
        assert high <= top


def test_every_anchor_is_a_parameter() -> None:
    known = load_parameters()
    assert all(f"{family}_{year}" in known for family, years in ANCHORS.items() for year in years)
    assert all(name in known for name in FIRST_SEEN)


@pytest.mark.parametrize("text", ["2019-12", "2031-01", "soon"])
def test_a_date_that_leaves_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        cut_date(text)


def test_an_unknown_vintage_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no vintage named 'strickt'") as caught:
        rows_known(published_values(), DAY, "strickt")
    assert "strict" in str(caught.value)
