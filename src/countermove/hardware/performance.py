"""Effective performance: delivered work on a named workload, relative to one H200 in an ordinary server of eight.

    effective(chip, workload) = prod_cases (rate(chip, case) / rate(H200, case)) ^ weight,   weights summing to one

The rates come from `roofline`. The band joins, in quadrature, what one uncertain fact at a time does to the result:
competing specifications of the chip and the efficiency ranges of its software stack, each read as a 5% to 95% range,
and the error of the model itself. The ranges of the H200's own stack cancel in a ratio and are left out for chips that
share it; the H200 is 1 exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.hardware import roofline
from countermove.hardware.catalogue import Catalogue, load_catalogue
from countermove.hardware.chip import Chip, System
from countermove.hardware.fields import EIGHT_BIT
from countermove.hardware.roofline import Rates, Rows
from countermove.hardware.values import Value
from countermove.hardware.workloads import Case, ModelData, Workload, load_models
from countermove.quantities.axes import WORKLOADS

Array = NDArray[np.float64]
Bound = Literal["compute", "bandwidth", "network"]

#: The chip that everything is relative to, alone in a server of `SERVER_CHIPS`.
REFERENCE: Final = "h200-sxm"
SERVER_CHIPS: Final = 8

#: Standard deviation of the log of a relative rate that the model itself adds, against any chip but the reference. Assumption,
#: in line with the measured rates that the tests compare (claims hardware.measured.*).
MODEL_ERROR: Final = 0.10

#: Multiple of the standard deviation that spans half of a 5% to 95% band.
HALF_BAND: Final = 1.6448536269514722

#: Facts without which no rate can be computed.
NEEDED: Final = ("bf16", "memory", "memory_bandwidth", "scale_up", "scale_up_domain", "scale_out")

_BOUNDS: Final[tuple[Bound, ...]] = ("compute", "bandwidth", "network")
_STACK_COLUMNS: Final = {
    "gemm": "gemm",
    "attention": "attention",
    "memory": "memory_share",
    "link": "link_share",
    "latency_us": "latency",
    "overlap": "overlap",
    "layer_overhead_us": "layer_overhead",
    "prefill": "prefill",
    "decode": "decode",
    "train_dense": "train_dense",
    "train_moe": "train_moe",
    "train_fp8_gain": "train_fp8_gain",
}
_PHASES: Final = {"training": roofline.training, "prefill": roofline.prefill, "decode": roofline.decode}


@dataclass(frozen=True)
class Effective:
    """Delivered work relative to one H200: the value, its 5% to 95% band, and what takes most of the time."""

    value: float
    low: float
    high: float
    bound: Bound


class Compared(NamedTuple):
    """Effective performance of several chips: arrays of shape (chip, workload); ``bound`` indexes compute, bandwidth, network."""

    value: Array
    low: Array
    high: Array
    bound: NDArray[np.int64]


class _Factor(NamedTuple):
    """One uncertain fact of a chip: the columns it moves and the factors at its low and high end."""

    columns: tuple[str, ...]
    low: float
    high: float


def effective_performance(chip: Chip, workload: str, *, system: System | None = None) -> Effective:
    """Return what one package of ``chip`` delivers on a workload, relative to one H200.

    Without ``system`` the chip stands in a server of eight; with one it uses that system's scale-up domain. Raises InputError
    for an unknown workload, a system of another chip, or a chip whose facts do not suffice (the message names them).
    """
    load_models().workload(workload)
    compared = compare([(chip, system)], (workload,))
    value, low, high = (float(array[0, 0]) for array in compared[:3])
    return Effective(value, low, high, _BOUNDS[int(compared.bound[0, 0])])


def compare(
    requests: Sequence[tuple[Chip, System | None]],
    workloads: Sequence[str] = WORKLOADS,
    *,
    bands: bool = True,
    catalogue: Catalogue | None = None,
    models: ModelData | None = None,
) -> Compared:
    """Return effective performance of several chips at once, shapes (chip, workload); without ``bands`` low = value = high."""
    catalogue, models = catalogue or load_catalogue(), models or load_models()
    reference = catalogue.chips[REFERENCE]
    central = [_row(chip, system, models) for chip, system in requests]
    factors = [list(_factors(chip, models, reference.stack)) if bands else [] for chip, _ in requests]
    rows = [_row(reference, None, models), *central]
    for row, found in zip(central, factors, strict=True):
        rows += [_moved(row, factor.columns, size) for factor in found for size in (factor.low, factor.high)]
    table = Rows(*np.array(rows, dtype=np.float64).T)
    columns = [_workload(models.workload(name), table) for name in workloads]
    logs = np.stack([column[0] for column in columns], axis=1)
    bounds = np.stack([column[1] for column in columns], axis=1)
    relative = logs[1:] - logs[0]
    value = relative[: len(requests)]
    below, above = _spans(value, relative[len(requests) :], [len(found) for found in factors])
    if bands:
        model = np.array([0.0 if chip.id == REFERENCE else HALF_BAND * MODEL_ERROR for chip, _ in requests])[:, None]
        below, above = np.hypot(below, model), np.hypot(above, model)
    return Compared(np.exp(value), np.exp(value - below), np.exp(value + above), bounds[1 : len(requests) + 1])


def rates(case: Case, workload: str, requests: Sequence[tuple[Chip, System | None]]) -> Rates:
    """Return the absolute rates of a case, tokens per second and chip, for chips in their systems; shape (chip,)."""
    load_models().workload(workload)
    return _PHASES[workload](case, requested_rows(requests))


def requested_rows(requests: Sequence[tuple[Chip, System | None]]) -> Rows:
    """Return chips in their systems (None: a server of eight) as the rows of `roofline`, shape (chip,)."""
    models = load_models()
    return Rows(*np.array([_row(chip, system, models) for chip, system in requests], dtype=np.float64).T)


def missing_facts(chip: Chip) -> list[str]:
    """Return the fields that the performance model needs and that are unknown for this chip."""
    return [name for name in NEEDED if not chip.values[name].known]


def _workload(workload: Workload, table: Rows) -> tuple[Array, NDArray[np.int64]]:
    """Return the log of the joined rate and the part that takes most time, both of shape (row,)."""
    total = sum(case.weight for case in workload.cases)
    log_rate = np.zeros(len(table.memory))
    shares = np.zeros((len(table.memory), len(_BOUNDS)))
    for case in workload.cases:
        found = _PHASES[workload.id](case, table)
        with np.errstate(divide="ignore"):
            log_rate += case.weight / total * np.log(found.tokens)
        parts = np.stack([found.compute, found.bandwidth, found.network], axis=1)
        shares += case.weight / total * parts / parts.sum(axis=1, keepdims=True)
    return log_rate, np.argmax(shares, axis=1)


def _row(chip: Chip, system: System | None, models: ModelData) -> list[float]:
    missing = missing_facts(chip)
    if missing:
        raise InputError(
            f"the performance of {chip.id} cannot be computed: {', '.join(missing)} unknown",
            where=chip.place,
            hint="state the missing fact, or an assumption with a note, in the catalogue",
        )
    if system is not None and system.chip != chip.id:
        raise InputError(f"{system.id} holds {system.chip}, not {chip.id}", where=system.place, hint="give a system of this chip")
    number = {name: float(chip.number(name) or 0.0) for name in NEEDED}
    stack = models.stack(chip.stack, chip.place)
    share = {column: float(stack.values[name].number or 0.0) for name, column in _STACK_COLUMNS.items()}
    share["latency"] *= 1e-6
    share["layer_overhead"] *= 1e-6
    columns = {
        "peak16": number["bf16"] * 1e12,
        "peak8": (chip.eight_bit_tops or 0.0) * 1e12,
        "float8": float(chip.values["fp8"].known),
        "memory": number["memory"] * 1e9,
        "bandwidth": number["memory_bandwidth"] * 1e12,
        "link": number["scale_up"] * 1e9,
        "network": number["scale_out"] * 1e9,
        "domain": float(system.domain if system is not None else min(number["scale_up_domain"], SERVER_CHIPS)),
        **share,
    }
    return [columns[name] for name in Rows._fields]


def _factors(chip: Chip, models: ModelData, reference_stack: str) -> Iterator[_Factor]:
    if chip.id == REFERENCE:
        return
    yield from _spec_factor(chip.values["memory"], ("memory",))
    yield from _spec_factor(chip.values["memory_bandwidth"], ("bandwidth",))
    yield from _spec_factor(chip.values["scale_up"], ("link",))
    yield from _spec_factor(chip.values["scale_out"], ("network",))
    yield from _compute_factor(chip)
    if chip.stack != reference_stack:
        for name, column in _STACK_COLUMNS.items():
            yield from _spec_factor(models.stack(chip.stack, chip.place).values[name], (column,))


def _spec_factor(value: Value, columns: tuple[str, ...]) -> Iterator[_Factor]:
    low, high = value.range
    if value.uncertain and value.number and low is not None and high is not None:
        yield _Factor(columns, float(low) / value.number, float(high) / value.number)


def _compute_factor(chip: Chip) -> Iterator[_Factor]:
    """Yield the 16-bit and 8-bit peaks as one factor: competing counts of the same units move both together."""
    eight = max(
        (chip.values[name] for name in EIGHT_BIT if chip.values[name].known), key=lambda value: value.number or 0, default=None
    )
    ends = [list(_spec_factor(value, ())) for value in (chip.values["bf16"], eight) if value is not None]
    found = [factor for factors in ends for factor in factors]
    if found:
        yield _Factor(("peak16", "peak8"), min(factor.low for factor in found), max(factor.high for factor in found))


def _moved(row: list[float], columns: tuple[str, ...], factor: float) -> list[float]:
    return [value * factor if name in columns else value for name, value in zip(Rows._fields, row, strict=True)]


def _spans(value: Array, varied: Array, counts: Sequence[int]) -> tuple[Array, Array]:
    """Join the deviations of each chip's factors in quadrature, downwards and upwards; shapes (chip, workload)."""
    below, above = np.zeros_like(value), np.zeros_like(value)
    start = 0
    for number, count in enumerate(counts):
        change = varied[start : start + 2 * count] - value[number]
        ends = change.reshape(count, 2, value.shape[1])
        below[number] = np.sqrt((np.minimum(ends.min(axis=1), 0.0) ** 2).sum(axis=0)) if count else 0.0
        above[number] = np.sqrt((np.maximum(ends.max(axis=1), 0.0) ** 2).sum(axis=0)) if count else 0.0
        start += 2 * count
    return below, above
