"""What measured evidence bears on a request: its chip's software stack, its kernels, its kind of model; and when nothing does.

Three levels of a stack: *rows* are fitted to it; *points*, single published runs of it, were predicted and compared
(``data/hardware/points.csv``, ``serving_points.csv``, ``references.csv``); or *nothing* is, and its shares of peak are
assumptions with ranges (``data/models/stacks.yaml``). The width of a prediction follows from what is missing (`widths`).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.data_tree import DATA
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import Chip
from countermove.hardware.serving.rows import ENGINES, Request
from countermove.hardware.workloads import load_models

Array = NDArray[np.float64]

#: Stacks whose efficiencies are fitted to measured rows, and the weights that those rows run.
FITTED_STACKS: Final = ("nvidia-hopper", "nvidia-blackwell")
FITTED_WEIGHTS: Final = {"bf16": 16, "fp16": 16, "fp8": 8, "fp4": 4}

#: First month of the fitted rows (2025-01 = 0): what older engines cost is known from the year before them only.
OLDEST_MONTH: Final = 9.0

#: Tables of single published runs.
POINTS: Final = ("points.csv", "serving_points.csv", "references.csv")

#: Kernel shares whose stated range stands for what nobody measured.
_SHARES: Final = ("gemm", "attention", "memory", "link", "latency_us", "layer_overhead_us")

#: Facts that decide most of a time; where they are assumptions and the stack is unmeasured, nothing is left to predict from.
_DECISIVE: Final = ("bf16", "memory_bandwidth")


class Bearing(NamedTuple):
    """Per row: whether rows are fitted to its stack, and what is unmeasured (1 or 0; ``shares`` a log half-range)."""

    covered: NDArray[np.bool_]
    kernels: Array  # these weights on this stack
    age: Array  # engines as old as this one
    family: Array  # this kind of attention
    shares: Array  # spread of a stack nobody measured


def bearing(requests: Sequence[Request]) -> Bearing:
    """Return what bears on requests, one entry each."""
    rows = [
        _bearing(request.chip.stack, request.precision, bool(request.model.index_topk), _is_older(request))
        for request in requests
    ]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 5).T
    return Bearing(table[0] > 0, table[1], table[2], table[3], table[4])


def _is_older(request: Request) -> bool:
    return request.month is not None and request.month < OLDEST_MONTH


@cache
def _bearing(stack: str, precision: str, sparse: bool, older: bool) -> tuple[float, float, float, float, float]:
    covered = stack in FITTED_STACKS
    known = precision in FITTED_WEIGHTS if covered else (stack, precision) in measured_points()
    unmeasured = stack not in measured_stacks()
    kernels = not known and not unmeasured
    return float(covered), float(kernels), float(older), float(sparse), _spread(stack) if unmeasured else 0.0


@cache
def measured_stacks() -> frozenset[str]:
    """Return the stacks with fitted rows or published runs."""
    return frozenset(FITTED_STACKS) | {stack for stack, _ in measured_points()}


@cache
def measured_points() -> frozenset[tuple[str, str]]:
    """Return (stack, precision) of every published run in the data."""
    catalogue, found = load_catalogue(), set()
    for name in POINTS:
        with (DATA / "hardware" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                system = row["chip"]
                chip = catalogue.systems[system].chip if system in catalogue.systems else system
                # Runs of chips that the catalogue does not hold bear on none that it does.
                if chip in catalogue.chips:
                    found.add((catalogue.chips[chip].stack, row["precision"]))
    return frozenset(found)


def nothing_bears(chip: Chip) -> str | None:
    """Return why nothing measured bears on ``chip``, naming the missing fact; None where something does."""
    if chip.stack in measured_stacks():
        return None
    assumed = [name for name in _DECISIVE if chip.values[name].used.assumption]
    if not assumed:
        return None
    facts = f"its {assumed[0]} is an assumption" if len(assumed) == 1 else f"its {' and '.join(assumed)} are assumptions"
    return (
        f"system: nothing measured bears on {chip.id}: no run of its software is published and {facts}; "
        "state a sourced value in the catalogue"
    )


def engine_reason(chip: Chip, engine: str) -> str | None:
    """Return why ``engine`` does not run on ``chip``; None where it does or may."""
    if ENGINES.get(engine, engine) == "trtllm" and chip.vendor != "nvidia":
        return f"software: TensorRT-LLM runs on NVIDIA chips only, not on {chip.id}; name vllm or sglang"
    return None


@cache
def _spread(stack: str) -> float:
    values = load_models().stack(stack, "stack").values
    halves: list[Any] = []
    for name in _SHARES:
        low, high = values[name].range
        halves.append(0.0 if not low or not high else np.log(float(high) / float(low)) / 2)
    return float(np.sqrt(np.mean(np.square(halves))))
