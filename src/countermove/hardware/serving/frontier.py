"""Search parallelism and batch for one model on given chips; the frontier of throughput against interactivity.

A deployment is a worker (tensor slices x replicas of attention x pipeline stages, experts sliced or spread) and as many
copies of it as the chips hold. All are one table of `Points`, so that a search is one evaluation. Throughput counts output
tokens of a closed loop of C requests, of which b are served at once (`physics`):

    tokens per second and chip = b x osl / (first + osl x TPOT) / chips in use
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.able import wider
from countermove.hardware.serving.assemble import assemble, features, weight_bytes
from countermove.hardware.serving.bearing import bearing
from countermove.hardware.serving.physics import FEATURES
from countermove.hardware.serving.points import Points
from countermove.hardware.serving.predictor import Predicted, no_slower, predict_points, scaled
from countermove.hardware.serving.rows import SERVER, Instance, Request
from countermove.hardware.serving.steps import cache_limit
from countermove.hardware.serving.traits import software_age

Array = NDArray[np.float64]

#: Requests in flight per worker that a search tries, in steps of about 1.5.
LOADS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096, 8192)

#: Tensor slices, replicas of attention and pipeline stages that a search tries. Slices beyond a server of eight share a
#: domain or go over the network; replicas of uneven number let a rack of 72 or a pod of 384 be one worker.
TENSORS: Final = (1, 2, 4, 8, 16, 32)
REPLICAS: Final = (1, 2, 4, 8, 9, 16, 18, 32, 36, 48, 64, 72, 96, 128, 192, 256, 320, 384)
STAGES: Final = (1, 2, 4)


@dataclass(frozen=True)
class Point:
    """One deployment of the search: parallelism of a worker, load of the whole system, and what it delivers (90% ends)."""

    tensor: int
    replicas: int
    pipeline: int
    expert_parallel: bool
    workers: int
    chips: int
    concurrency: float
    served: float
    ttft: tuple[float, float, float]
    tpot: tuple[float, float, float]
    wait: float
    tokens_per_s_per_chip: tuple[float, float, float]

    @property
    def interactivity(self) -> float:
        """Output tokens per second of one user."""
        return 1.0 / self.tpot[0]

    @property
    def tokens_per_s(self) -> float:
        """Output tokens per second of all chips in use."""
        return self.tokens_per_s_per_chip[0] * self.chips


class _Table(NamedTuple):
    """Deployments to evaluate: the workers that fit, their arrays, and how many requests one of them holds."""

    workers: list[Instance]
    points: Points
    limit: Array


def shapes(request: Request, chips: int) -> list[Instance]:
    """Return the workers that make sense on ``chips`` chips: slices x replicas x stages, experts sliced or spread.

    Replicas only where experts are shared between them: whole copies of a model are workers of their own. Stages, and slices
    over the network, only where the chips are more than one domain: inside one, slices and replicas do the same for less time.
    """
    found = []
    domain = request.domain or request.chip.scale_up_domain or 1
    apart = chips > domain
    for stages in STAGES:
        for tensor in TENSORS:
            for replicas in REPLICAS if request.model.is_mixture else (1,):
                size = tensor * replicas
                if size * stages > chips or (replicas > 1 and size > request.model.experts * 1.5):
                    continue
                if not apart and (stages > 1 or tensor > min(domain, SERVER)):
                    continue
                if stages > request.model.layers or (stages > 1 and size < min(domain, SERVER, chips // stages)):
                    continue
                ways = ([False] if replicas == 1 else []) + ([True] if request.model.is_mixture and size > 1 else [])
                found += [Instance(tensor, replicas, size * stages, stages, spread, 1.0) for spread in ways]
    return found


def search(request: Request, chips: int, *, concurrency: float | None = None, fixed: bool = False) -> list[Point]:
    """Return every deployment on ``chips`` chips that fits; ``request`` gives chip, model, engine, precision and tokens.

    ``concurrency`` requests of the whole system are shared by the workers; without it loads up to what memory holds are
    searched. With ``fixed`` the worker of the request is kept.
    """
    table = _fitting(request, [request.decode] if fixed else shapes(request, chips))
    if not table.workers:
        return []
    size = np.array([worker.chips for worker in table.workers])
    copies = np.maximum(chips // size, 1)
    most = np.full(len(size), np.inf)
    if concurrency is not None:
        # No worker can run half a request: with fewer requests than workers the others are left out.
        copies = np.minimum(copies, np.floor(max(concurrency, 1.0))).astype(np.int64)
        most = concurrency / copies
    place, load, asked = _loads(table.limit, most)
    points = _taken(table.points, place)._replace(concurrency=load)
    found = _predicted(request, [table.workers[where] for where in place], points)
    found = _steady(found, points.output, place)
    rates = _throughput(found, points.output, size[place])
    return [
        _point(table.workers[place[row]], int(copies[place[row]]), load[row], found, rates, int(row))
        for row in np.nonzero(asked)[0]
    ]


def _loads(limit: Array, most: Array) -> tuple[NDArray[np.int64], Array, NDArray[np.bool_]]:
    """Return worker, load and whether it is asked about, in order of worker and load.

    Without a load all that memory holds are asked about; with one (``most``) the smaller ones only show what a worker does.
    """
    places, loads, asked = [], [], []
    for worker, (held, stated) in enumerate(zip(limit, most, strict=True)):
        tried = [load for load in LOADS if load <= held and load < stated]
        given = [] if np.isinf(stated) else [float(stated)]
        places += [worker] * (len(tried) + len(given))
        loads += [*tried, *given]
        asked += [not given] * len(tried) + [True] * len(given)
    return np.array(places, dtype=np.int64), np.array(loads, dtype=np.float64), np.array(asked, dtype=bool)


def _steady(found: Predicted, output: Array, place: NDArray[np.int64]) -> Predicted:
    """Return predictions in which a fuller worker never puts out less, rows in order of worker and load.

    The physics has no such fall; what the correction learned at some loads and not at others makes one of some per cent.
    """
    rate = found.served / (found.first + output * found.tpot)
    best_so_far = rate.copy()
    for worker in np.unique(place):
        own = place == worker
        best_so_far[own] = np.maximum.accumulate(rate[own])
    return scaled(found, output, rate / best_so_far, rate / best_so_far)


def _predicted(request: Request, workers: list[Instance], points: Points) -> Predicted:
    """Return predictions of one request on many workers, no slower than with wider weights."""
    software = np.repeat(software_age([request]), len(workers), axis=0)
    found = predict_points(points, software, _repeated(bearing([request]), len(workers)))
    while (other := wider(request)) is not request:
        request = other
        weight, expert = weight_bytes(request)
        one = assemble([request])
        changed: dict[str, Any] = {
            name: np.broadcast_to(getattr(one, name), np.shape(getattr(points, name)))
            for name in ("peak", "expert_peak", "packed")
        }
        changed |= {
            "weight_bytes": np.full_like(points.weight_bytes, weight),
            "expert_bytes": np.full_like(points.expert_bytes, expert),
            "features": _features(request, points),
        }
        wide = points._replace(**changed)
        found = no_slower(found, wide, software, _repeated(bearing([request]), len(workers)), points.output)
    return found


def _features(request: Request, points: Points) -> Array:
    """Return the traits of ``points`` with those of the weights taken from ``request``."""
    taken, own = points.features.copy(), features(request)
    for name in ("fp4", "bf16"):
        taken[:, FEATURES.index(name)] = own[FEATURES.index(name)]
    return taken


def _fitting(request: Request, workers: Sequence[Instance]) -> _Table:
    """Return the workers whose memory holds the model and one request."""
    if not workers:
        return _Table([], assemble([request]), np.zeros(0))
    points = assemble([replace(request, prefill=worker, decode=worker, concurrency=1.0) for worker in workers])
    limit = cache_limit(points)
    kept = np.nonzero(limit >= 1.0)[0]
    return _Table([workers[int(place)] for place in kept], _taken(points, kept), limit[kept])


def _taken(part: Any, index: NDArray[np.int64]) -> Any:
    """Return some rows of `Points`: columns, groups of columns, traits (row, trait), offsets (class, row or one)."""
    parts: dict[str, Any] = {}
    for name, value in zip(part._fields, part, strict=True):
        if name == "offsets":
            parts[name] = value if value.shape[1] == 1 else value[:, index]
        else:
            parts[name] = type(value)(*(column[index] for column in value)) if isinstance(value, tuple) else value[index]
    return type(part)(**parts)


def _repeated(columns: Any, count: int) -> Any:
    return type(columns)(*(np.repeat(column, count) for column in columns))


def throughput(found: Predicted, requests: list[Request]) -> tuple[Array, Array, Array]:
    """Return output tokens per second and chip in use (middle, low, high) of predicted requests."""
    output = np.array([request.output for request in requests])
    chips = np.array([request.decode.chips * (request.decode.workers or 1.0) for request in requests])
    for number, request in enumerate(requests):
        if request.split:
            chips[number] += request.prefill.chips * (request.prefill.workers or 1.0)
    return _throughput(found, output, chips)


def _throughput(found: Predicted, output: Array, chips: Array) -> tuple[Array, Array, Array]:
    # Those who wait for a place are outside the engine: what leaves it is what it serves over the time of service.
    # Errors of both times are taken as independent: their parts of the service join in quadrature.
    service = found.first + output * found.tpot
    middle = found.served * output / service / chips
    slow, fast = (
        np.hypot(np.log1p((first - found.first) / service), np.log1p(output * (tpot - found.tpot) / service))
        for first, tpot in ((found.first_high, found.tpot_high), (found.first_low, found.tpot_low))
    )
    return middle, middle * np.exp(-slow), middle * np.exp(fast)


def best(points: list[Point], *, tpot_limit: float = np.inf, ttft_limit: float = np.inf) -> Point | None:
    """Return the deployment with the most tokens per second of all chips within the limits (seconds), None where none keeps them.

    Of equals the one with fewer chips in use.
    """
    kept = [point for point in points if point.tpot[0] <= tpot_limit and point.ttft[0] <= ttft_limit]
    return max(kept, key=lambda point: (point.tokens_per_s, -point.chips), default=None)


def frontier(points: list[Point]) -> list[Point]:
    """Return the deployments that no other beats in both throughput and interactivity, fastest for one user first."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.tpot[0], -point.tokens_per_s_per_chip[0])):
        if not kept or point.tokens_per_s_per_chip[0] > kept[-1].tokens_per_s_per_chip[0]:
            kept.append(point)
    return kept


def _point(worker: Instance, copies: int, load: float, found: Predicted, rates: tuple[Array, ...], row: int) -> Point:
    return Point(
        tensor=worker.tensor,
        replicas=worker.replicas,
        pipeline=worker.pipeline,
        expert_parallel=worker.expert_parallel,
        workers=copies,
        chips=worker.chips * copies,
        concurrency=float(load) * copies,
        served=float(found.served[row]) * copies,
        ttft=(float(found.ttft[row]), float(found.ttft_low[row]), float(found.ttft_high[row])),
        tpot=(float(found.tpot[row]), float(found.tpot_low[row]), float(found.tpot_high[row])),
        wait=float(found.wait[row]),
        tokens_per_s_per_chip=(float(rates[0][row]), float(rates[1][row]), float(rates[2][row])),
    )
