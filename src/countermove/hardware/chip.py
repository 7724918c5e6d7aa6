"""Chips and systems as frozen objects, with the two metrics of US export law computed from their facts.

TPP and performance density are never typed in: they follow from peaks and die area by Technical Note 2 to ECCN 3A090
(88 FR 73458, 15 CFR part 774 Supplement 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from countermove.hardware.fields import DTYPE_BITS, EIGHT_BIT, LAUNCH
from countermove.hardware.values import Value

#: Dense 8-bit TOPS of one H100; one H100 equivalent (Epoch AI, Data on AI Chip Sales).
H100_EIGHT_BIT_TOPS = 1979.0

FIRST_YEAR = 2022


def total_processing_performance(peaks: Mapping[str, float]) -> float | None:
    """Return TPP: the highest product of dense TOPS and operand bits over the data types of the chip.

    TPP = max_d (2 MacTOPS_d x bits_d), where a datasheet's dense TOPS already count a multiply-accumulate as two
    operations (Technical Note 2 to 3A090; BIS example: 600 TOPS at 8 bits = 300 TFLOPS at 16 bits = 4,800).
    ``peaks`` maps a data type of `fields.DTYPE_BITS` to TOPS. None where no peak is known.
    """
    return max((tops * DTYPE_BITS[dtype] for dtype, tops in peaks.items()), default=None)


def performance_density(tpp: float | None, die_area_mm2: float | None, *, planar: bool) -> float | None:
    """Return TPP per mm2 of applicable die area: all logic dies made on a non-planar (FinFET or newer) process.

    PD = TPP / area (Technical Note 2 to 3A090). A planar die does not count, so its density is 0. None where TPP or area is
    unknown.
    """
    if tpp is None or die_area_mm2 is None:
        return None
    return 0.0 if planar else tpp / die_area_mm2


def launch_index(month: str) -> int:
    """Return the month number from 2022-01 = 0; negative for earlier launches."""
    return (int(month[:4]) - FIRST_YEAR) * 12 + int(month[5:7]) - 1


@dataclass(frozen=True)
class Chip:
    """One accelerator package; `values` holds every field with its sources, the properties give the values used.

    None stands for an unknown value; the note of that field names what is missing.
    """

    id: str
    name: str
    vendor: str
    aliases: tuple[str, ...]
    status: str
    process: str | None
    form: str
    planar: bool
    stack: str
    system: str | None
    hypothetical: bool
    values: Mapping[str, Value]
    place: str

    def number(self, field: str) -> float | None:
        """Return the value used for a numeric field, None where unknown."""
        return self.values[field].number

    @property
    def launch(self) -> str | None:
        """Month of the first shipment, such as ``2024-11``; None for a chip that never shipped."""
        month = self.values[LAUNCH].used.value
        return None if month is None else str(month)

    @property
    def launch_month(self) -> int | None:
        """Month number of the launch, 2022-01 = 0, negative for earlier launches."""
        return None if self.launch is None else launch_index(self.launch)

    @property
    def peaks(self) -> Mapping[str, float]:
        """Dense TFLOPS or TOPS by data type, unknown ones left out."""
        known = {dtype: self.values[dtype].number for dtype in DTYPE_BITS}
        return MappingProxyType({dtype: tops for dtype, tops in known.items() if tops is not None})

    @property
    def eight_bit_tops(self) -> float | None:
        """The higher of the dense FP8 and INT8 peaks."""
        return max((self.peaks[dtype] for dtype in EIGHT_BIT if dtype in self.peaks), default=None)

    @property
    def h100e(self) -> float | None:
        """H100 equivalents: dense 8-bit TOPS / 1979."""
        tops = self.eight_bit_tops
        return None if tops is None else tops / H100_EIGHT_BIT_TOPS

    @property
    def tpp(self) -> float | None:
        """Total processing performance, see `total_processing_performance`."""
        return total_processing_performance(self.peaks)

    @property
    def performance_density(self) -> float | None:
        """TPP per mm2 of non-planar logic, see `performance_density`."""
        return performance_density(self.tpp, self.die_area_mm2, planar=self.planar)

    @property
    def die_area_mm2(self) -> float | None:
        """Area of all logic dies of the package."""
        return self.number("die_area")

    @property
    def logic_dies(self) -> int | None:
        """Logic dies in the package."""
        dies = self.number("logic_dies")
        return None if dies is None else int(dies)

    @property
    def memory_gb(self) -> float | None:
        """Memory of the package, in 10^9 bytes."""
        return self.number("memory")

    @property
    def memory_bandwidth_tb_s(self) -> float | None:
        """Memory bandwidth, in 10^12 bytes per second."""
        return self.number("memory_bandwidth")

    @property
    def scale_up_gb_s(self) -> float | None:
        """Scale-up bandwidth in one direction, in 10^9 bytes per second."""
        return self.number("scale_up")

    @property
    def io_bandwidth_gb_s(self) -> float | None:
        """Aggregate scale-up bandwidth in both directions, the sum that the 2022 rule and the 2025 letters count."""
        one_way = self.scale_up_gb_s
        return None if one_way is None else 2 * one_way

    @property
    def scale_up_domain(self) -> int | None:
        """Chips in the largest scale-up domain that is sold."""
        chips = self.number("scale_up_domain")
        return None if chips is None else int(chips)

    @property
    def scale_out_gb_s(self) -> float | None:
        """Network bandwidth per chip in one direction, in 10^9 bytes per second."""
        return self.number("scale_out")

    @property
    def tdp_w(self) -> float | None:
        """Thermal design power."""
        return self.number("tdp")

    @property
    def price_usd(self) -> tuple[float, float] | None:
        """Lowest and highest price to a large buyer; None where none was found."""
        low, high = self.values["price"].range
        return None if low is None or high is None else (float(low), float(high))


@dataclass(frozen=True)
class System:
    """A server, rack or supernode: how many of which chip, and how many of them share one scale-up domain."""

    id: str
    name: str
    chip: str
    aliases: tuple[str, ...]
    values: Mapping[str, Value]
    place: str

    def number(self, field: str) -> float | None:
        """Return the value used for a field, None where unknown."""
        return self.values[field].number

    @property
    def count(self) -> int:
        """Accelerators in the system."""
        return int(self.number("count") or 0)

    @property
    def domain(self) -> int:
        """Accelerators in one scale-up domain."""
        return int(self.number("domain") or 0)

    @property
    def power_kw(self) -> float | None:
        """Power of the whole system."""
        return self.number("power")
