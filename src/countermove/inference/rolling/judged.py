"""The rows that models are judged against: published values of outcomes, and NVIDIA's filed revenue in China.

NVIDIA files what all its products earn in China; the billing basis ends with 2025Q2, the headquarters basis begins later. A model
that simulates accelerators alone has no outcome for that, so the rows carry the id `FILED` and a forecaster adds other goods.
"""

from __future__ import annotations

import math

from countermove.evidence.ledger import load_ledger
from countermove.outcomes.published import Published, by_year, published_rows, published_values

LAST_YEAR = 2026
YEAR = "year"
FILED = "nvidia_china_hk_revenue_usd_bn"
FILED_SERIES = ("nvidia-china-revenue-billing", "nvidia-china-revenue-hq")
FILED_UNIT = "usd_bn"
ALSO = dict.fromkeys((FILED, FILED_SERIES[-1]), (FILED, FILED_UNIT))
"""Names that files of values may use for NVIDIA's filed revenue in China: the id, and the series on the present basis."""


def judged_rows() -> tuple[Published, ...]:
    """Every row that a model is judged against, those left out of the default fit included, in a fixed order.

    Quarters that are a yearly figure cut in four come as the year, also where another series gave them their shape.
    """
    ledger, groups = load_ledger().series, dict[str, list[Published]]()
    for row in published_values(last=LAST_YEAR, held=True):
        groups.setdefault(row.series, []).append(row)
    for name in FILED_SERIES:
        groups[name] = [*published_rows(name, FILED, FILED_UNIT, last=LAST_YEAR)]
    rows = [one for name, group in groups.items() for one in (by_year(group) if ledger[name].frequency == YEAR else group)]
    return tuple(sorted((row for row in rows if not is_bound(row)), key=lambda row: (row.series, row.period)))


def is_bound(row: Published) -> bool:
    """Whether a source states only that a value lies above or below something: nothing to score a prediction against."""
    return (row.value == row.low and math.isinf(row.high)) or (row.value == row.high and math.isinf(row.low))
