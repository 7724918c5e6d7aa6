"""Made-up pasts for judging forecasters whose quality is known: random walks, published a month after each quarter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from countermove.inference.rolling.forecaster import Forecast
from countermove.inference.rolling.origins import Origin, quarter
from countermove.outcomes.published import Published, period_end

STEP = 0.35
QUARTERS = tuple(f"{year}Q{q}" for year in range(2022, 2027) for q in range(1, 5))[:17]
DELAY = dt.timedelta(days=30)


def walks(seed: int, *, series: int = 3) -> tuple[Published, ...]:
    """Rows of some series, quarter by quarter from 2022Q1 to 2026Q1."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(series):
        values = np.exp(np.cumsum(STEP * random.standard_normal(len(QUARTERS))))
        rows += [row(f"walk-{number}", period, float(value)) for period, value in zip(QUARTERS, values, strict=True)]
    return tuple(rows)


def row(series: str, period: str, value: float, **more: object) -> Published:
    """A row published 30 days after its period unless `known` says otherwise."""
    about = {"known": period_end(period) + DELAY} | more
    return Published(series, "cambricon_revenue_cny_bn", period, value, 0.95 * value, 1.05 * value, False, **about)  # type: ignore[arg-type]


def spread(factor: float, shift: float = 0.0, draws: int = 4000) -> Callable[[Origin, object], Forecast]:
    """A forecaster that knows the walk: its true spread times `factor`, its centre moved by `shift` standard deviations."""

    def forecast(found: Origin, folder: object) -> Forecast:
        random = np.random.default_rng(5)
        sample = []
        for target in found.asked:
            same = [one for one in found.known if one.series == target.series]
            last = max(same, key=lambda one: quarter(one.period))
            sd = STEP * np.sqrt(abs(quarter(target.period) - quarter(last.period)) or 1)
            sample.append(last.value * np.exp(sd * (shift + factor * random.standard_normal(draws))))
        return Forecast(np.array(sample), {}, {})

    return forecast
