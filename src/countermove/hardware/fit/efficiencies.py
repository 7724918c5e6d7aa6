"""Fit the slowdowns of operator classes: robust least squares on log times, shrunk towards the family mean.

    minimise  sum_rows w rho((log t - log y)/s)  +  sum_jf (W_jf - start_jf)^2 / sd_f^2,      rho(x) = log(1 + x^2)

for TPOT (s = 0.15) and TTFT (s = 0.30) together. The loss of Cauchy lets go of rows that ran under settings their columns do
not state, multi-token prediction above all; published references state theirs and keep rho(x) = 2 (sqrt(1 + x^2) - 1). Only
W_j,one is free of shrinkage to speak of; differences between families, engines and precisions are pulled to zero. The
Jacobian needs one evaluation per class: d log t / d W_jf is the derivative along log slowdown j times trait f.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

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

#: Narrower ones for classes whose efficiency kernels bound: reads reach 60-95% of bandwidth, products 30-85% of peak; and a
#: prompt that is read holds up the decoding sequences for about its whole time, whatever the engine.
SD_BOUNDED: Final = {
    "weight_read": (0.25, 0.09),
    "expert_read": (0.25, 0.12),
    "cache_read": (0.25, 0.12),
    "weight_compute": (0.5, 0.15),
    "expert_compute": (0.3, 0.1),
    "attention_compute": (0.4, 0.15),
    "prefill_compute": (0.4, 0.12),
    "prefill_attention": (0.5, 0.2),
    "blocked": (0.2, 0.1),
}

#: Classes that no fitted row informs and that keep their start: no measured worker slices attention over several domains.
_STATED: Final = frozenset({"far_reduction"})

_ALL: Final = frozenset(CLASSES) - _STATED

#: Classes that few rows on one engine inform, so that engines do not move them.
_POOLED: Final = frozenset({"early_layer"})

#: Classes that a trait may move; others keep the family mean.
ALLOWED: Final = {
    "one": _ALL,
    "blackwell": _ALL - _POOLED - {"queue_power", "split_power"},
    "sglang": _ALL - _POOLED,
    "vllm": _ALL - _POOLED,
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
    "early": {"host", "hop", "expert_read", "expert_compute", "cache_read", "attention_compute", "blocked"},
    "tuned": {
        "step",
        "host",
        "layer",
        "expert_layer",
        "expert_compute",
        "volume",
        "hop",
        "far_hop",
        "attention_compute",
        "prefill_compute",
        "prefill_attention",
        "prefill_volume",
        "prefill_layer",
    },
    "old": {"step", "host", "layer", "blocked", "queue", "queue_power", "first_fixed", "prefill_compute"},
}

#: Rows that a published reference counts for: few points stand for a whole kind of software.
REFERENCE_WEIGHT: Final = 10.0

#: Step of the numerical derivative along a log slowdown.
STEP: Final = 1e-4


class Fitted(NamedTuple):
    """Weights of shape (class, trait), the final cost, and how many evaluations it took."""

    weights: Array
    cost: float
    evaluations: int


class References(NamedTuple):
    """Published points beside the silicon sample: deployments, seconds, and True where they time a prefill."""

    points: Points
    seconds: Array
    prefill: NDArray[np.bool_]


def start() -> Array:
    """Return the weights that the fit starts from and shrinks towards, shape (class, trait)."""
    weights = np.zeros((len(CLASSES), len(FEATURES)))
    weights[:, 0] = np.log(list(CLASSES.values()))
    return weights


def fit(
    points: Points,
    ttft: Array,
    tpot: Array,
    weight: Array,
    evaluations: int = 40,
    references: References | None = None,
) -> Fitted:
    """Return the weights that explain measured seconds; every row must fit in memory."""
    from scipy.optimize import least_squares

    free = np.array([[name in ALLOWED[trait] for trait in FEATURES] for name in CLASSES])
    classes, traits = np.nonzero(free)
    bounds = [SD_BOUNDED.get(name, (SD_MEAN, SD_DIFFERENCE)) for name in CLASSES]
    sd = np.array([bounds[number][0 if trait == 0 else 1] for number, trait in zip(classes, traits, strict=True)])
    points, target, mass, reads = _with_references(points, np.log(np.stack([tpot, ttft])), weight, references)
    stated = (np.arange(len(reads)) >= len(tpot)).astype(np.float64)
    root = np.sqrt(mass) / np.array(SCALE)[:, None]
    first = start()
    work = prepare(points)

    def logs(slow: dict[str, Array]) -> Array:
        found = timing(work, slow)
        both: Array = np.log(np.stack([np.where(reads, found.share, found.tpot), found.ttft]))
        return both

    def unpacked(values: Array) -> Array:
        weights = first.copy()
        weights[classes, traits] += values
        return weights

    def residuals(values: Array) -> Array:
        error = (logs(slowdowns(unpacked(values), points)) - target) * root
        return np.concatenate([_robust(error, stated).ravel(), values / sd])

    def jacobian(values: Array) -> Array:
        slow = slowdowns(unpacked(values), points)
        here = logs(slow)
        error = (here - target) * root
        gain = _robust_slope(error, stated) * root
        rows = np.empty((error.size, len(values)))
        for number, name in enumerate(CLASSES):
            moved = logs({**slow, name: slow[name] * np.exp(STEP)})
            along = (gain * (moved - here) / STEP).ravel()
            for place in np.nonzero(classes == number)[0]:
                rows[:, place] = along * np.tile(points.features[:, traits[place]], 2)
        return np.concatenate([rows, np.diag(1 / sd)])

    found = least_squares(residuals, np.zeros(len(classes)), jac=jacobian, max_nfev=evaluations, method="trf")
    return Fitted(unpacked(found.x), float(found.cost), int(found.nfev))


def _with_references(
    points: Points, target: Array, weight: Array, references: References | None
) -> tuple[Points, Array, Array, NDArray[np.bool_]]:
    """Return points, log times (quantity, row), their weights, and True where the first quantity is a prompt's share.

    A reference has one time only: that of a token, or of a prompt's share of a prefill worker.
    """
    mass, reads = np.stack([weight, weight]), np.zeros(len(weight), dtype=bool)
    if references is None or not len(references.seconds):
        return points, target, mass, reads
    size = len(references.seconds)
    return (
        _joined(points, references.points),
        np.concatenate([target, np.tile(np.log(references.seconds), (2, 1))], axis=1),
        np.concatenate([mass, np.outer([REFERENCE_WEIGHT, 0.0], np.ones(size))], axis=1),
        np.concatenate([reads, references.prefill]),
    )


def _joined(one: Any, other: Any) -> Any:
    """Return two `Points` as one; both of fitted stacks, whose offsets are zero."""
    if isinstance(one, tuple):
        parts = (
            mine if name == "offsets" else _joined(mine, theirs)
            for name, mine, theirs in zip(one._fields, one, other, strict=True)  # type: ignore[attr-defined]
        )
        return type(one)(*parts)
    return np.concatenate([one, other])


def _robust(error: Array, stated: Array) -> Array:
    """Return signed roots of the loss, so that their squares sum to it; ``stated`` is 1 for references."""
    lost = np.log1p(error**2)
    kept = 2.0 * (np.sqrt(1.0 + error**2) - 1.0)
    return np.sign(error) * np.sqrt(np.where(stated > 0, kept, lost))


def _robust_slope(error: Array, stated: Array) -> Array:
    size = np.abs(_robust(error, stated))
    half = np.where(stated > 0, np.abs(error) / np.sqrt(1.0 + error**2), np.abs(error) / (1.0 + error**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = half / size
    return np.where(size > 1e-6, slope, 1.0)
