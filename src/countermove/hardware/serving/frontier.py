"""Search parallelism and batch for one model on given chips; the frontier of throughput against interactivity.

All deployments are one table of `Points`, so that a search is one evaluation. Throughput counts output tokens of a closed
loop of C requests:  C x osl / (TTFT + osl x TPOT) / chips.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.predictor import Predicted, predict_requests
from countermove.hardware.serving.rows import Instance, Request

Array = NDArray[np.float64]

#: Requests in flight per worker that a search tries, in steps of about 1.5.
LOADS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096, 8192)

#: Sizes of a worker that a search tries, in chips.
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 320)


@dataclass(frozen=True)
class Point:
    """One deployment of the search: parallelism of a worker, load of the whole system, and what it delivers (90% ends)."""

    tensor: int
    replicas: int
    expert_parallel: bool
    workers: int
    concurrency: float
    ttft: tuple[float, float, float]
    tpot: tuple[float, float, float]
    tokens_per_s_per_chip: tuple[float, float, float]

    @property
    def interactivity(self) -> float:
        """Output tokens per second of one user."""
        return 1.0 / self.tpot[0]


def shapes(request: Request, chips: int) -> list[Instance]:
    """Return the workers that make sense on ``chips`` chips: plain slices, and replicated attention with spread experts."""
    domain = request.domain or request.chip.scale_up_domain or 1
    found: list[Instance] = []
    for size in (size for size in SIZES if size <= chips):
        if size <= min(domain, 8):
            found.append(Instance(size, 1, size, 1, False, 1.0))
        if request.model.is_mixture and 1 < size <= request.model.experts * 1.25:
            if size <= min(domain, 8):
                found.append(Instance(size, 1, size, 1, True, 1.0))
            found.append(Instance(1, size, size, 1, True, 1.0))
    return found


def search(request: Request, chips: int, *, loads: tuple[float, ...] = LOADS, fixed: bool = False) -> list[Point]:
    """Return every deployment on ``chips`` chips that fits; ``request`` gives chip, model, engine, precision and tokens.

    With ``fixed`` the worker of the request is kept and only the load is searched.
    """
    workers = [request.decode] if fixed else shapes(request, chips)
    tried = [replace(request, prefill=worker, decode=worker, concurrency=float(load)) for worker, load in product(workers, loads)]
    if not tried:
        return []
    found = predict_requests(tried)
    rates = throughput(found, tried)
    points = []
    for number, deployment in enumerate(tried):
        if not found.fits[number] or (deployment.concurrency > found.capacity[number] and len(loads) > 1):
            continue
        copies = chips // deployment.decode.chips
        points.append(
            Point(
                deployment.decode.tensor,
                deployment.decode.replicas,
                deployment.decode.expert_parallel,
                copies,
                deployment.concurrency * copies,
                _ends(found.ttft, found.ttft_low, found.ttft_high, number),
                _ends(found.tpot, found.tpot_low, found.tpot_high, number),
                tuple(float(rate[number]) for rate in rates),  # type: ignore[arg-type]
            )
        )
    return points


def throughput(found: Predicted, requests: list[Request]) -> tuple[Array, Array, Array]:
    """Return output tokens per second and chip (middle, low, high): fast ends of times give the high end."""
    # Requests beyond what memory holds wait outside the loop and add nothing.
    workers = np.array([request.decode.workers or 1.0 for request in requests])
    load = np.minimum(np.array([request.concurrency for request in requests]), found.capacity * workers)
    output = np.array([request.output for request in requests])
    chips = np.array([request.decode.chips * (request.decode.workers or 1.0) for request in requests])
    for number, request in enumerate(requests):
        if request.split:
            chips[number] += request.prefill.chips * (request.prefill.workers or 1.0)
    ends = ((found.ttft, found.tpot), (found.ttft_high, found.tpot_high), (found.ttft_low, found.tpot_low))
    middle, low, high = (load * output / (ttft + output * tpot) / chips for ttft, tpot in ends)
    return middle, low, high


def best(points: list[Point], *, tpot_limit: float = np.inf, ttft_limit: float = np.inf) -> Point | None:
    """Return the deployment with the highest throughput within the limits (seconds); None where none keeps them."""
    kept = [point for point in points if point.tpot[0] <= tpot_limit and point.ttft[0] <= ttft_limit]
    return max(kept, key=lambda point: point.tokens_per_s_per_chip[0], default=None)


def frontier(points: list[Point]) -> list[Point]:
    """Return the deployments that no other beats in both throughput and interactivity, fastest for one user first."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.tpot[0], -point.tokens_per_s_per_chip[0])):
        if not kept or point.tokens_per_s_per_chip[0] > kept[-1].tokens_per_s_per_chip[0]:
            kept.append(point)
    return kept


def _ends(middle: Array, low: Array, high: Array, number: int) -> tuple[float, float, float]:
    return float(middle[number]), float(low[number]), float(high[number])
