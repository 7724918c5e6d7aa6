"""How wide a 90% interval is: what held-out rows leave, and one part for everything that is unmeasured, in quadrature.

    width^2 = near^2 + sum of parts^2

``near`` is left over by cross-validation inside the measured domain. Each part is what an experiment leaves beyond that:
one chip, engine or model held out whole (`fit`). A chip without rows adds the first; weights that no measured run of the
stack had, and engines older than the fitted rows, add the second; a kind of attention without rows adds the third; a stack
that nobody measured adds the range of its assumed shares. Two parts belong to the regime, and count the more the shorter
the step: host time that may or may not be hidden (`habits`), and all-reduces across domains, whose fixed time is known
within a factor of about two. Nothing shrinks an interval, so one that rests on less is never narrower.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.bearing import Bearing
from countermove.hardware.serving.fitted import Fitted

Array = NDArray[np.float64]

#: Share by which the fixed time of an all-reduce across domains may be shorter and longer: 50 to 160 us around 100. Assumption.
FAR_SHORTER: Final = 0.5
FAR_LONGER: Final = 0.6


class Regime(NamedTuple):
    """Seconds inside a predicted time that depend on how it is run: shape (row,), counted up to the time itself."""

    taken: Array
    shorter: Array  # may be missing
    longer: Array  # may come on top


def half_widths(fit: Fitted, quantity: str, bearing: Bearing, weight: Array, split: Array, regime: Regime) -> tuple[Array, Array]:
    """Return log half-widths (down, up) of the 90% interval of each row; ``weight`` 1 well inside the fitted domain."""
    ends = []
    for end in (0, 1):
        inside = fit.intervals[quantity, "inside"][end]
        near = np.where(split > 0, max(fit.intervals[quantity, "split"][end], inside), inside)
        part = {name: max(fit.intervals[quantity, name][end] ** 2 - inside**2, 0.0) for name in ("chip", "engine", "family")}
        # What splitting leaves is measured over all chips, and holds the error of a chip already where it is the larger.
        square = np.maximum(near**2, inside**2 + (1.0 - weight) * part["chip"])
        square = square + (bearing.kernels + bearing.age) * part["engine"] + bearing.family * part["family"]
        square = square + bearing.shares**2
        gone, more = np.minimum(regime.shorter / regime.taken, 0.95), regime.longer / regime.taken
        moved = -np.log1p(-gone) if end == 0 else np.log1p(more)
        ends.append(np.sqrt(square + moved**2))
    return ends[0], ends[1]
