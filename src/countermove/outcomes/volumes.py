"""Units: chips and cards delivered, by product and by whose count they compare with."""

from __future__ import annotations

import numpy as np

from countermove.market.offers import DOMESTIC, DOMESTIC_PRODUCTS, FOREIGN_PRODUCTS, GREY, H20, H200, LOW_END, NVIDIA
from countermove.outcomes.outcome import Outcome

HUAWEI = slice(DOMESTIC.start, DOMESTIC.start + 6)
CAMBRICON = slice(DOMESTIC.start + 6, DOMESTIC.start + 8)
ASCEND_910B = DOMESTIC.start
ASCEND_910C = DOMESTIC.start + 1
#: Both NVIDIA data-centre chips that Epoch AI counts as legal sales and AMD's are left to their own outcomes.
LEGAL_NVIDIA = tuple(
    i for i, name in enumerate(FOREIGN_PRODUCTS) if name in ("a100-sxm", "a800-sxm", "h800-sxm", "h20", "h200-sxm")
)


def _units(id_: str, label: str, definition: str, index: int | slice | tuple[int, ...]) -> Outcome:
    return Outcome(id_, label, "thousand package", "flow", definition, ("units",), lambda w: w.flow("units", index), "units")


def _domestic(name: str) -> int:
    return DOMESTIC.start + DOMESTIC_PRODUCTS.index(name)


UNITS = (
    _units(
        "h200_china_units",
        "H200 delivered to China",
        "Direct legal deliveries to buyers headquartered in China, wherever installed.",
        H200,
    ),
    _units("h20_china_units", "H20 delivered to China", "Direct legal deliveries.", H20),
    _units("a100_china_units", "A100 delivered to China", "Direct legal deliveries.", 0),
    _units("a800_china_units", "A800 delivered to China", "Direct legal deliveries.", 1),
    _units("h800_china_units", "H800 delivered to China", "Direct legal deliveries.", 2),
    _units(
        "low_end_china_units",
        "Low-end NVIDIA cards delivered to China",
        "L20-class and similar cards, and the RTX Pro 6000D.",
        (LOW_END, LOW_END + 1),
    ),
    _units(
        "nvidia_china_cards",
        "NVIDIA cards delivered to China",
        "All NVIDIA accelerator cards, low-end ones included: the count of card trackers.",
        NVIDIA,
    ),
    _units("amd_china_units", "AMD accelerators delivered to China", "Direct legal deliveries.", (10, 11)),
    _units("legal_nvidia_units", "High-end NVIDIA chips delivered legally", "A100, A800, H800, H20 and H200.", LEGAL_NVIDIA),
    _units(
        "huawei_ascend_packages",
        "Ascend packages sold",
        "All Ascend packages; a 910C counts once though it holds two dies.",
        HUAWEI,
    ),
    _units("ascend_910b_packages", "Ascend 910B sold", "910B-class packages.", ASCEND_910B),
    _units("ascend_910c_packages", "Ascend 910C sold", "910C packages of two dies.", ASCEND_910C),
    _units("cambricon_units", "Cambricon cards sold", "590 and 690 class.", CAMBRICON),
    _units("thead_units", "T-Head cards sold", "PPU class.", _domestic("thead-ppu")),
    _units("kunlunxin_units", "Kunlunxin cards sold", "P800 class.", _domestic("kunlun-p800")),
    _units("domestic_units", "Domestic cards sold", "All Chinese vendors.", DOMESTIC),
    _units(
        "china_cards",
        "Cards delivered in China",
        "Direct legal and domestic: the count of card trackers.",
        (*range(12), *range(DOMESTIC.start, DOMESTIC.stop)),
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
