"""From what a model simulates to what a source prints, without looking at what it did print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.outcomes.published import PART_OF_YEAR, TOLERANCE, Published
from countermove.outcomes.published_errors import FLOOR, MISFIT_MEDIAN, RANGE_90

Floats = NDArray[np.float64]


def measurement_error(row: Published) -> float:
    """Standard deviation of ln(published) by the tolerance of the source's grade; a range printed later is not looked at."""
    share = max(TOLERANCE[row.grade], PART_OF_YEAR if len(row.period) > len("2025") else 0.0)
    return float(np.log((1.0 + share) / (1.0 - share)) / RANGE_90)


def printed(values: Floats, rows: Sequence[Published], misfit: Mapping[str, Floats], *, seed: int) -> Floats:
    """Add measurement error and the model's own misfit to simulated rows (row, draw).

    ``ln(y' + f) = ln(y + f) + e + m``, f 5% of the row's simulated median. misfit: scales by series, (particle,) each; a series
    without one has that of single values, and where none was fitted the prior's median.
    """
    random = np.random.default_rng([seed, 12])
    draws = values.shape[1]
    fallback = misfit.get("single values", np.full(1, MISFIT_MEDIAN))
    found = np.empty_like(values)
    for number, row in enumerate(rows):
        scales = np.resize(misfit.get(row.series, fallback), draws)
        floor = FLOOR * max(float(np.median(values[number])), 1e-9)
        noise = measurement_error(row) * random.standard_normal(draws) + scales * random.standard_normal(draws)
        found[number] = np.maximum((np.maximum(values[number], 0.0) + floor) * np.exp(noise) - floor, 0.0)
    return found
