"""Power of one accelerator at three bounds, under load and idle, in watts: one definition for every command and the simulation.

- *chip*: the package alone; its thermal design power under load.
- *server*: the package's share of its server or rack, with processors, switches and fans: the system's own figure over its
  packages, unknown where the system or its figure is.
- *facility*: what the utility delivers for it, with network, cooling and losses (`products.all_in_power_kw`). This is the
  figure that the simulation, claim C6 and `substitute` divide, and that energy per token counts.

Idle power is a share of each (``data/hardware/power.yaml``). A rack's figure is a server bound, never divided by a facility's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from countermove.errors import InputError
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top
from countermove.evidence.strict_yaml import load as read_yaml
from countermove.hardware.chip import Chip, System
from countermove.hardware.fields import IDLE_FIELDS
from countermove.hardware.products import all_in_power_kw
from countermove.hardware.values import read_values

FILE: Final = "power.yaml"
BOUNDS: Final = ("chip", "server", "facility")


@dataclass(frozen=True)
class Power:
    """Watts of one package under load and idle at the three bounds; None where unknown. ``basis`` says what they rest on."""

    chip_w: float | None
    server_w: float | None
    facility_w: float | None
    idle: dict[str, float | None]
    basis: str

    def document(self) -> dict[str, Any]:
        """Return the keys of the document."""
        return {
            "chip_w": self.chip_w,
            "server_w": self.server_w,
            "facility_w": self.facility_w,
            "idle": self.idle,
            "basis": self.basis,
        }


def power(chip: Chip, system: System | None) -> Power:
    """Return the power of one package of ``chip``, in ``system`` where it stands in one."""
    load = {"chip": chip.tdp_w, "server": _server_w(chip, system), "facility": facility_w(chip)}
    idle = {bound: None if value is None else value * idle_shares()[bound] for bound, value in load.items()}
    return Power(load["chip"], load["server"], load["facility"], idle, _basis(chip, system))


def facility_w(chip: Chip) -> float | None:
    """Return utility power of one package under load with its share of server, network and cooling, None where unknown."""
    try:
        return 1e3 * all_in_power_kw(chip)
    except InputError:
        return None


@cache
def idle_shares() -> dict[str, float]:
    """Return idle power over power under load, by bound."""
    document = read_yaml(DATA / "hardware" / FILE)
    check_top(document, ("idle",))
    values = read_values(document, ("idle",), IDLE_FIELDS, ())
    return {bound: float(values[bound].number or 0.0) for bound in BOUNDS}


def _server_w(chip: Chip, system: System | None) -> float | None:
    if system is None or system.power_kw is None:
        return None
    return 1e3 * system.power_kw / system.count


def _basis(chip: Chip, system: System | None) -> str:
    parts = ["chip: thermal design power" if chip.tdp_w is not None else "chip: unknown"]
    if system is not None and system.power_kw is not None:
        stated = system.values["power"].used
        parts.append(f"server: {system.id} over its packages" + (", an assumption" if stated.assumption else ""))
    published = chip.number("power_all_in") is not None
    line = "line in thermal design power, an assumption"
    parts.append("facility: " + ("published assumption of SemiAnalysis" if published else line))
    return "; ".join([*parts, "idle: shares of these, an assumption"])
