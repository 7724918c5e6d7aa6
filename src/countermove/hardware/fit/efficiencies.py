"""Fit the slowdowns of operator classes: robust least squares on log times, shrunk towards the family mean.

    minimise  sum_rows w rho((log t - log y)/s)  +  sum_jf (W_jf - start_jf)^2 / sd_f^2,      rho(x) = 2 (sqrt(1 + x^2) - 1)

for TPOT (s = 0.15) and TTFT (s = 0.30) together. Only W_j,one is free of shrinkage to speak of; differences between
families, engines and precisions are pulled to zero. The Jacobian needs one evaluation per class: d log t / d W_jf is the
derivative along log slowdown j times trait f.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.physics import CLASSES, FEATURES, prepare, slowdowns, timing
from countermove.hardware.serving.points import Points

Array = NDArray[np.float64]

#: Standard deviation of the log error that counts as one, for TPOT and TTFT.
SCALE: Final = (0.15, 0.30)

#: Prior standard deviations of the mean log slowdown and of its differences between traits.
SD_MEAN: Final = 1.0
SD_DIFFERENCE: Final = 0.35

#: Narrower ones for classes whose efficiency kernels bound: reads reach 60-95% of bandwidth, products 30-85% of peak.
SD_BOUNDED: Final = {
    "weight_read": (0.25, 0.15),
    "expert_read": (0.25, 0.2),
    "cache_read": (0.25, 0.2),
    "weight_compute": (0.5, 0.25),
    "expert_compute": (0.7, 0.3),
    "prefill_compute": (0.7, 0.35),
}

_ALL: Final = frozenset(CLASSES)

#: Classes that a trait may move; others keep the family mean.
ALLOWED: Final = {
    "one": _ALL,
    "blackwell": _ALL - {"queue_power", "split_power"},
    "sglang": _ALL,
    "vllm": _ALL,
    "fp4": {"weight_read", "weight_compute", "expert_read", "expert_compute", "prefill_compute", "layer", "expert_layer"},
    "wide": {
        "hop",
        "layer",
        "expert_layer",
        "volume",
        "expert_read",
        "expert_compute",
        "queue",
        "queue_power",
        "step",
        "host",
    },
    "split": {"step", "host", "expert_layer", "layer", "first_fixed", "expert_read"},
    "bf16": {"weight_compute", "prefill_compute"},
    "old": {"step", "host", "layer", "blocked", "queue", "queue_power", "first_fixed", "prefill_compute"},
}

#: Step of the numerical derivative along a log slowdown.
STEP: Final = 1e-4


class Fitted(NamedTuple):
    """Weights of shape (class, trait), the final cost, and how many evaluations it took."""

    weights: Array
    cost: float
    evaluations: int


def start() -> Array:
    """Return the weights that the fit starts from and shrinks towards, shape (class, trait)."""
    weights = np.zeros((len(CLASSES), len(FEATURES)))
    weights[:, 0] = np.log(list(CLASSES.values()))
    return weights


def fit(points: Points, ttft: Array, tpot: Array, weight: Array, evaluations: int = 40) -> Fitted:
    """Return the weights that explain measured seconds; every row must fit in memory."""
    from scipy.optimize import least_squares

    free = np.array([[name in ALLOWED[trait] for trait in FEATURES] for name in CLASSES])
    classes, traits = np.nonzero(free)
    bounds = [SD_BOUNDED.get(name, (SD_MEAN, SD_DIFFERENCE)) for name in CLASSES]
    sd = np.array([bounds[number][0 if trait == 0 else 1] for number, trait in zip(classes, traits, strict=True)])
    target = np.log(np.stack([tpot, ttft]))
    root = np.sqrt(weight)[None, :] / np.array(SCALE)[:, None]
    first = start()
    work = prepare(points)

    def logs(slow: dict[str, Array]) -> Array:
        found = timing(work, slow)
        return np.log(np.stack([found.tpot, found.ttft]))

    def unpacked(values: Array) -> Array:
        weights = first.copy()
        weights[classes, traits] += values
        return weights

    def residuals(values: Array) -> Array:
        error = (logs(slowdowns(unpacked(values), points)) - target) * root
        return np.concatenate([_robust(error).ravel(), values / sd])

    def jacobian(values: Array) -> Array:
        slow = slowdowns(unpacked(values), points)
        here = logs(slow)
        error = (here - target) * root
        gain = _robust_slope(error) * root
        rows = np.empty((error.size, len(values)))
        for number, name in enumerate(CLASSES):
            moved = logs({**slow, name: slow[name] * np.exp(STEP)})
            along = (gain * (moved - here) / STEP).ravel()
            for place in np.nonzero(classes == number)[0]:
                rows[:, place] = along * np.tile(points.features[:, traits[place]], 2)
        return np.concatenate([rows, np.diag(1 / sd)])

    found = least_squares(residuals, np.zeros(len(classes)), jac=jacobian, max_nfev=evaluations, method="trf")
    return Fitted(unpacked(found.x), float(found.cost), int(found.nfev))


def _robust(error: Array) -> Array:
    """Return signed roots of the robust loss, so that their squares sum to it."""
    return np.sign(error) * np.sqrt(2.0 * (np.sqrt(1.0 + error**2) - 1.0))


def _robust_slope(error: Array) -> Array:
    root = np.sqrt(1.0 + error**2)
    size = np.sqrt(2.0 * (root - 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.abs(error) / root / size
    return np.where(size > 1e-6, slope, 1.0)
