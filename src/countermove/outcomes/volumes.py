"""Units: chips and cards delivered, by product and by whose count they compare with."""

from __future__ import annotations

import numpy as np

from countermove.market.offers import DOMESTIC, FOREIGN, GREY, H200, NVIDIA, Place, in_group, of_vendor, offer, side_by_side
from countermove.outcomes.outcome import Outcome


def _units(id_: str, label: str, definition: str, index: int | Place) -> Outcome:
    return Outcome(id_, label, "thousand package", "flow", definition, ("units",), lambda w: w.flow("units", index), "units")


UNITS = (
    _units(
        "h200_china_units",
        "H200 delivered to China",
        "Direct legal deliveries to buyers headquartered in China, wherever installed.",
        H200,
    ),
    _units("h20_china_units", "H20 delivered to China", "Direct legal deliveries.", offer("h20")),
    _units("a100_china_units", "A100 delivered to China", "Direct legal deliveries.", offer("a100-sxm")),
    _units("a800_china_units", "A800 delivered to China", "Direct legal deliveries.", offer("a800-sxm")),
    _units("h800_china_units", "H800 delivered to China", "Direct legal deliveries.", offer("h800-sxm")),
    _units(
        "low_end_china_units",
        "Low-end NVIDIA cards delivered to China",
        "L20-class and similar cards, and the RTX Pro 6000D.",
        in_group("low-end"),
    ),
    _units(
        "nvidia_china_cards",
        "NVIDIA cards delivered to China",
        "All NVIDIA accelerator cards, low-end ones included: the count of card trackers.",
        NVIDIA,
    ),
    _units("amd_china_units", "AMD accelerators delivered to China", "Direct legal deliveries.", of_vendor("amd", "direct")),
    _units("legal_nvidia_units", "High-end NVIDIA chips delivered legally", "A100, A800, H800, H20, H200.", in_group("high-end")),
    _units(
        "huawei_ascend_packages",
        "Ascend packages sold",
        "All Ascend packages; a 910C counts once though it holds two dies.",
        of_vendor("huawei"),
    ),
    _units("ascend_910b_packages", "Ascend 910B sold", "910B-class packages.", offer("ascend-910b", "domestic")),
    _units("ascend_910c_packages", "Ascend 910C sold", "910C packages of two dies.", offer("ascend-910c", "domestic")),
    _units("ascend_950pr_packages", "Ascend 950PR sold", "950PR packages.", offer("ascend-950pr", "domestic")),
    _units("cambricon_units", "Cambricon cards sold", "590 and 690 class.", of_vendor("cambricon")),
    _units("thead_units", "T-Head cards sold", "PPU class.", of_vendor("thead")),
    _units("kunlunxin_units", "Kunlunxin cards sold", "P800 class.", of_vendor("kunlunxin")),
    _units("domestic_units", "Domestic cards sold", "All Chinese vendors.", DOMESTIC),
    _units(
        "china_cards",
        "Cards delivered in China",
        "Direct legal and domestic: the count of card trackers.",
        side_by_side((*range(FOREIGN.start, FOREIGN.stop), *range(DOMESTIC.start, DOMESTIC.stop))),
    ),
    _units("grey_units", "Diverted chips", "Chips that reach China outside both gates.", GREY),
    Outcome(
        "cap_headroom_h200_units",
        "H200 that the volume cap would still allow",
        "thousand package",
        "stock",
        "Cap share times US shipments in the reference period, less deliveries; very large where no cap applies.",
        ("cap_headroom",),
        lambda w: np.minimum(w.stock("cap_headroom"), 1e6),
        "units",
    ),
)
