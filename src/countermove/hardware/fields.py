"""The closed list of facts that the catalogue keeps about a chip and a system: name, unit, label and valid range.

Every chip states every chip field: a value with sources and grade, an assumption, or null with a note that names the
missing fact. Units are symbols of ``data/units.yaml``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple


class Field(NamedTuple):
    """One fact: what it is, in which unit, and the range outside which a value must be a slip."""

    name: str
    label: str
    unit: str
    low: float
    high: float


#: Bits of one operand by data type, for Technical Note 2 to ECCN 3A090. TF32 operands occupy 32 bits.
DTYPE_BITS: Final = MappingProxyType({"fp64": 64, "fp32": 32, "tf32": 32, "bf16": 16, "fp8": 8, "int8": 8, "fp4": 4})

#: The two data types of which the higher counts as "the 8-bit rate".
EIGHT_BIT: Final = ("fp8", "int8")

LAUNCH: Final = "launch"

_CHIP = (
    Field(LAUNCH, "first shipment", "month", 0, 0),
    Field("die_area", "area of all logic dies of the package", "mm2", 50, 5000),
    Field("logic_dies", "logic dies in the package", "die", 1, 32),
    Field("fp64", "dense FP64, vector", "tflops", 0.1, 1e4),
    Field("fp32", "dense FP32, vector", "tflops", 1, 1e4),
    Field("tf32", "dense TF32, matrix", "tflops", 1, 1e5),
    Field("bf16", "dense BF16 or FP16, matrix", "tflops", 10, 1e5),
    Field("fp8", "dense FP8, matrix", "tflops", 10, 1e6),
    Field("int8", "dense INT8, matrix", "tops", 10, 1e6),
    Field("fp4", "dense FP4, matrix", "tflops", 10, 1e6),
    Field("memory", "memory of the package", "gb", 8, 4096),
    Field("memory_bandwidth", "memory bandwidth", "tb/s", 0.1, 100),
    Field("scale_up", "scale-up bandwidth, one direction", "gb/s", 10, 1e4),
    Field("scale_up_domain", "chips in the largest scale-up domain", "chip", 1, 1e5),
    Field("scale_out", "network bandwidth per chip, one direction", "gb/s", 1, 1e3),
    Field("tdp", "thermal design power", "w", 50, 5000),
    Field("power_all_in", "utility power with server, network and cooling", "kw", 0.05, 20),
    Field("price", "price to a large buyer", "usd", 500, 200_000),
)

_SYSTEM = (
    Field("count", "accelerators in the system", "chip", 1, 1e5),
    Field("domain", "accelerators in one scale-up domain", "chip", 1, 1e5),
    Field("power", "power of the whole system", "kw", 0.5, 1e5),
    Field("price", "price of the whole system", "usd", 1e4, 1e9),
)

_STACK = (
    Field("gemm", "share of peak in large matrix products", "1", 0.05, 1),
    Field("attention", "share of the 16-bit peak in compute-bound attention", "1", 0.05, 1),
    Field("memory", "share of memory bandwidth", "1", 0.05, 1),
    Field("link", "share of link bandwidth in collectives", "1", 0.05, 1),
    Field("latency_us", "fixed time of one collective", "us", 0, 1000),
    Field("overlap", "share of communication hidden behind compute", "1", 0, 1),
    Field("layer_overhead_us", "fixed time per layer and decode step", "us", 0, 2000),
    Field("prefill", "share of the modelled prefill rate that is reached", "1", 0.1, 1),
    Field("decode", "share of the modelled decode rate that is reached", "1", 0.1, 1),
    Field("train_dense", "share of the 16-bit peak in a dense training step before communication", "1", 0.05, 1),
    Field("train_moe", "share of the 16-bit peak in a mixture training step before communication", "1", 0.05, 1),
    Field("train_fp8_gain", "speed-up of a mixture training step by 8-bit floating point", "1", 1, 2),
)

_SUPPLY = (
    Field("dies_per_package", "logic dies in the package", "die/package", 1, 32),
    Field("die_area", "area of one logic die", "mm2", 50, 900),
    Field("hbm_stacks", "stacks of HBM in the package", "stack/package", 0, 16),
    Field("tsmc_die_bank", "dies of the TSMC stock fit", "1", 0, 1),
)

_POWER = (
    Field("fixed", "power that does not grow with the chip's", "kw", 0, 5),
    Field("slope", "utility power per power of the chip", "1", 1, 5),
)

_MEMORY = (
    Field("share", "reported bytes over printed gigabytes of 2^30", "1", 0.8, 1.1),
    Field("reported", "memory that the driver reports, MiB", "1", 1024, 4e6),
)

_IDLE = (
    Field("chip", "idle power of the package over its power under load", "1", 0.02, 1),
    Field("server", "the same of a server", "1", 0.05, 1),
    Field("facility", "the same at the utility", "1", 0.05, 1),
)


def _table(fields: tuple[Field, ...]) -> MappingProxyType[str, Field]:
    return MappingProxyType({field.name: field for field in fields})


CHIP_FIELDS: Final = _table(_CHIP)
SYSTEM_FIELDS: Final = _table(_SYSTEM)
STACK_FIELDS: Final = _table(_STACK)
SUPPLY_FIELDS: Final = _table(_SUPPLY)
POWER_FIELDS: Final = _table(_POWER)
MEMORY_FIELDS: Final = _table(_MEMORY)
IDLE_FIELDS: Final = _table(_IDLE)
