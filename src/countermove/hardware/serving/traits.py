"""What the learned correction sees of a row: logs of physical quantities, shares of the step, and the software.

No chip and no model is named: what is learned about one chip reaches another only as far as their ratios agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.physics import Timing, Work
from countermove.hardware.serving.points import Points
from countermove.hardware.serving.rows import Request

Array = NDArray[np.float64]

#: Names of the columns, in order.
NAMES: Final = (
    "tpot",
    "ttft",
    "prefill_over_step",
    "share_over_step",
    "batch",
    "concurrency",
    "load_over_limit",
    "prompt",
    "output",
    "decode_tensor",
    "decode_replicas",
    "decode_chips",
    "expert_parallel",
    "decode_workers",
    "prefill_tensor",
    "prefill_replicas",
    "prefill_chips",
    "prefill_spread",
    "prefill_workers",
    "split",
    "sglang",
    "vllm",
    "version",
    "month",
    "weight_bytes",
    "expert_bytes",
    "peak",
    "bandwidth",
    "memory",
    "domain",
    "latent",
    "linear",
    "experts",
    "layers",
    "hidden",
    "active",
    "weights_share",
    "experts_share",
    "cache_share",
    "links_share",
    "blocked_share",
)


def traits(points: Points, work: Work, timing: Timing, software: Array) -> Array:
    """Return the features of the correction, shape (row, len(NAMES)); ``software`` from `software_age`."""
    d, p, m, c = points.decode, points.prefill, points.model, points.chip
    step = timing.step
    experts = np.maximum(work.decode.expert_read, work.decode.expert_compute)
    columns = (
        np.log(np.minimum(timing.tpot, 1e3)),
        np.log(np.minimum(timing.first, 1e5)),
        np.log(timing.prefill / step),
        np.log(timing.share / step),
        np.log(np.maximum(work.batch, 0.1)),
        np.log(work.served),
        np.log(np.clip(work.batch / np.maximum(work.limit, 1e-3), 1e-4, 1.0)),
        np.log(points.prompt),
        np.log(points.output),
        np.log2(d.tensor),
        np.log2(d.replicas),
        np.log2(d.chips),
        d.expert_parallel,
        np.log2(np.nan_to_num(d.workers, nan=0.5)),
        np.log2(p.tensor),
        np.log2(p.replicas),
        np.log2(p.chips),
        p.expert_parallel,
        np.log2(np.nan_to_num(p.workers, nan=0.5)),
        points.split,
        points.features[:, 2],
        points.features[:, 3],
        software[:, 0],
        software[:, 1],
        np.log2(points.weight_bytes),
        np.log2(points.expert_bytes),
        np.log2(c.peak16),
        np.log2(c.bandwidth),
        np.log2(c.memory),
        np.log2(c.domain),
        m.latent,
        m.linear_layers / m.layers,
        np.log2(m.experts),
        m.layers,
        np.log2(m.hidden),
        np.log2(m.matrix_operations),
        work.decode.weight_read / step,
        experts / step,
        work.decode.cache_read / step,
        work.decode.volume / step,
        timing.tpot / step,
    )
    return np.stack([np.nan_to_num(column, posinf=1e3, neginf=-1e3) for column in columns], axis=1)


def software_age(requests: Sequence[Request]) -> Array:
    """Return (engine version in its own order, month since 2025-01), shape (row, 2); -1 where not stated."""
    return np.array([(_version(request.version), -1.0 if request.month is None else request.month) for request in requests])


def _version(text: str) -> float:
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:rc(\d+))?(?:\.post(\d+))?", text)
    if not found:
        return -2.0 if text else -1.0
    major, minor, patch, candidate, post = (float(part or 0) for part in found.groups())
    return 100.0 * major + minor + min(patch, 99.0) / 100.0 + (candidate + post) / 1e4
