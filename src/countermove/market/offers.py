"""The offers a Chinese buyer can choose between: a product on a route, in one fixed order.

Axis names used in every shape of this room:

=========  ==========================================================================
offer      all choices, foreign direct then grey then offshore then domestic (31)
foreign    the direct, legal imports (12): they pass both gates
grey       diverted chips (3)
offshore   capacity rented abroad (3)
domestic   chips of Chinese vendors (13)
vendor     Chinese vendors (7)
segment    classes of buyers (4), see :data:`countermove.quantities.axes.SEGMENTS`
draw       joint samples of the uncertain parameters, always last
=========  ==========================================================================
"""

from __future__ import annotations

FOREIGN_PRODUCTS = (
    "a100-sxm",
    "a800-sxm",
    "h800-sxm",
    "h20",
    "l20",
    "rtx-pro-6000d",
    "h200-sxm",
    "b30a",
    "b200-sxm",
    "rubin",
    "mi308x",
    "mi325x",
)
GREY_PRODUCTS = ("h100-sxm", "b200-sxm", "rubin")
OFFSHORE_PRODUCTS = ("h200-sxm", "gb300", "rubin")
DOMESTIC_PRODUCTS = (
    "ascend-910b",
    "ascend-910c",
    "ascend-950pr",
    "ascend-950dt",
    "ascend-960",
    "ascend-970",
    "cambricon-590",
    "cambricon-690",
    "hygon-bw1000",
    "thead-ppu",
    "kunlun-p800",
    "moore-s5000",
    "metax-c500",
)
VENDORS = ("huawei", "cambricon", "hygon", "thead", "kunlunxin", "moore-threads", "metax")

OFFER_PRODUCTS = FOREIGN_PRODUCTS + GREY_PRODUCTS + OFFSHORE_PRODUCTS + DOMESTIC_PRODUCTS
OFFER_ROUTES = (
    ("direct",) * len(FOREIGN_PRODUCTS)
    + ("grey",) * len(GREY_PRODUCTS)
    + ("offshore",) * len(OFFSHORE_PRODUCTS)
    + ("domestic",) * len(DOMESTIC_PRODUCTS)
)
OFFERS = len(OFFER_PRODUCTS)

_F = len(FOREIGN_PRODUCTS)
_G = _F + len(GREY_PRODUCTS)
_O = _G + len(OFFSHORE_PRODUCTS)
FOREIGN = slice(0, _F)
GREY = slice(_F, _G)
OFFSHORE = slice(_G, _O)
DOMESTIC = slice(_O, OFFERS)

H200 = FOREIGN_PRODUCTS.index("h200-sxm")
H20 = FOREIGN_PRODUCTS.index("h20")
LOW_END = FOREIGN_PRODUCTS.index("l20")
NVIDIA = slice(0, 10)
AMD = slice(10, 12)

#: Vendor of each domestic product, as an index into :data:`VENDORS`.
VENDOR_OF = (0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6)

#: The generation that takes over a domestic product's production lines (index into the domestic axis; -1: none announced).
SUCCESSOR = (1, 3, 4, 4, 5, -1, 7, -1, -1, -1, -1, -1, -1)


def offer_name(index: int) -> str:
    """Name of an offer for people: ``h200-sxm (direct)``."""
    return f"{OFFER_PRODUCTS[index]} ({OFFER_ROUTES[index]})"
