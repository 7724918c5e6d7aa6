"""The offers a Chinese buyer can choose between, read from data: a chip on a route, in the order of data/market/offers.yaml.

Axis names used in every shape of this room:

=========  ==========================================================================
offer      all choices, foreign direct then grey then offshore then domestic
foreign    the direct, legal imports: they pass both gates
grey       diverted chips
offshore   capacity rented abroad
domestic   chips of Chinese vendors
vendor     Chinese vendors, in the order of data/market/vendors.yaml
segment    classes of buyers (4), see :data:`countermove.quantities.axes.SEGMENTS`
draw       joint samples of the uncertain parameters, always last
=========  ==========================================================================

Equations name a route's slice of the offer axis, a vendor's or a group's offers (`of_vendor`, `in_group`); no place in a list
means anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked, value_checked
from countermove.evidence.strict_yaml import Document, load
from countermove.hardware.catalogue import load_catalogue
from countermove.market.offer_rows import CLASSES, ROUTES, OfferRow, Shared, VendorRow

Place = slice | NDArray[np.intp]
"""Offers on the offer axis: a slice where they lie side by side, else their places, which cut an axis as a slice does."""


def read_vendors(document: Document) -> tuple[dict[str, VendorRow], Shared]:
    """Return the vendors by id and the figures they share; DataError with file and line for a row that does not fit."""
    check_top(document, ("vendors", "shared"))
    rows = {name: checked(document, VendorRow, ("vendors", name), id=name) for name in document.mapping("vendors")}
    return rows, checked(document, Shared, ("shared",))


def read_offers(document: Document, vendors: Iterable[str]) -> dict[str, tuple[OfferRow, ...]]:
    """Return the offers of each route; DataError with file and line for a row that does not fit the others."""
    check_top(document, ("offers", "groups"))
    groups: Mapping[str, str] = value_checked(document, dict[str, str], ("groups",))
    routes = document.mapping("offers")
    for name in routes:
        if name not in ROUTES:
            raise document.error(f"unknown route '{name}'", "offers", name, hint=did_you_mean(name, ROUTES))
    found: dict[str, tuple[OfferRow, ...]] = {}
    for route in ROUTES:
        names = document.mapping("offers", route)
        rows = tuple(checked(document, OfferRow, ("offers", route, name), id=name, route=route) for name in names)
        if not rows:
            raise document.error(f"the {route} route has no offer", "offers", route, hint="write at least one row")
        found[route] = rows
        for row in rows:
            _check_row(document, row, names, groups, vendors)
        classes = [row.world_class for row in rows if row.world_class is not None]
        if classes and sorted(classes) != sorted(CLASSES):
            what = f"the {route} route takes the classes {', '.join(classes)}"
            raise document.error(what, "offers", route, hint=f"one row for each of {', '.join(CLASSES)}")
    return found


def _check_row(
    document: Document, row: OfferRow, names: Iterable[str], groups: Mapping[str, str], vendors: Iterable[str]
) -> None:
    place = ("offers", row.route, row.id)
    chips = load_catalogue().chips
    if row.id not in chips:
        raise document.error(f"no chip is called '{row.id}'", *place, hint=did_you_mean(row.id, chips))
    vendor = chips[row.id].vendor
    if row.route == "domestic" and vendor not in vendors:
        what = f"{vendor}, which sells {row.id}, is no vendor of vendors.yaml"
        raise document.error(what, *place, hint=f"give it a row there; {did_you_mean(vendor, vendors)}")
    if row.route != "domestic" and vendor in vendors:
        what = f"{vendor}, which sells {row.id}, is a Chinese vendor"
        raise document.error(what, *place, hint="write the row under 'domestic'")
    others = set(names) - {row.id}
    for key, name in (("quality", row.quality.like), ("successor", row.successor)):
        if name is not None and name not in others:
            path = (*place, key, "like") if key == "quality" else (*place, key)
            raise document.error(f"the {row.route} route has no other offer '{name}'", *path, hint=did_you_mean(name, others))
    for number, group in enumerate(row.groups):
        if group not in groups:
            raise document.error(f"unknown group '{group}'", *place, "groups", number, hint=did_you_mean(group, groups))
    if row.successor is not None and chips[row.successor].vendor != vendor:
        raise document.error(f"'{row.successor}' is another vendor's", *place, "successor", hint="name a chip of the same vendor")


VENDOR_ROWS, SHARED = read_vendors(load(DATA / "market" / "vendors.yaml"))
VENDORS = tuple(VENDOR_ROWS)
BY_ROUTE = read_offers(load(DATA / "market" / "offers.yaml"), VENDORS)
ROWS: tuple[OfferRow, ...] = tuple(row for route in ROUTES for row in BY_ROUTE[route])
"""All offers in the order of their axis."""

FOREIGN_PRODUCTS = tuple(row.id for row in BY_ROUTE["direct"])
GREY_PRODUCTS = tuple(row.id for row in BY_ROUTE["grey"])
OFFSHORE_PRODUCTS = tuple(row.id for row in BY_ROUTE["offshore"])
DOMESTIC_PRODUCTS = tuple(row.id for row in BY_ROUTE["domestic"])
OFFER_PRODUCTS = tuple(row.id for row in ROWS)
OFFER_ROUTES = tuple(row.route for row in ROWS)
OFFER_VENDORS = tuple(load_catalogue().chips[row.id].vendor for row in ROWS)
"""The vendor of the chip of each offer, whoever delivers it."""
OFFERS = len(ROWS)


def route_slice(route: str) -> slice:
    """Return a route's part of the offer axis."""
    first = OFFER_ROUTES.index(route)
    return slice(first, first + OFFER_ROUTES.count(route))


FOREIGN = route_slice("direct")
GREY = route_slice("grey")
OFFSHORE = route_slice("offshore")
DOMESTIC = route_slice("domestic")

#: Vendor of each domestic product, as an index into :data:`VENDORS`.
VENDOR_OF = tuple(VENDORS.index(vendor) for vendor in OFFER_VENDORS[DOMESTIC])

#: The generation that takes over a domestic product's production lines (index into the domestic axis; -1: none announced).
SUCCESSOR = tuple(-1 if row.successor is None else DOMESTIC_PRODUCTS.index(row.successor) for row in BY_ROUTE["domestic"])

GREY_CLASSES = tuple(CLASSES.index(row.world_class) for row in BY_ROUTE["grey"] if row.world_class)
OFFSHORE_CLASSES = tuple(CLASSES.index(row.world_class) for row in BY_ROUTE["offshore"] if row.world_class)


def offer(product: str, route: str = "direct") -> int:
    """Return the place of a chip on a route; InputError with the nearest name for one that is not offered there."""
    there = route_slice(route)
    names = list(OFFER_PRODUCTS[there])
    if product not in names:
        raise InputError(f"{product} is not offered on the {route} route", where="offers", hint=did_you_mean(product, names))
    first: int = there.start
    return first + names.index(product)


def of_vendor(vendor: str, *routes: str) -> Place:
    """Return the offers of a vendor's chips on some routes, by default the direct and the domestic one."""
    chosen = routes or ("direct", "domestic")
    return side_by_side(i for i in range(OFFERS) if OFFER_VENDORS[i] == vendor and OFFER_ROUTES[i] in chosen)


def in_group(group: str) -> Place:
    """Return the offers of a group of data/market/offers.yaml."""
    return side_by_side(i for i, row in enumerate(ROWS) if group in row.groups)


def side_by_side(places: Iterable[int]) -> Place:
    """Return places as a slice where they follow on each other, which arrays take without a copy; InputError for none."""
    found = tuple(places)
    if not found:
        raise InputError("no offer fits", where="offers", hint="name a vendor or group that has a row")
    first, last = found[0], found[-1] + 1
    return slice(first, last) if found == tuple(range(first, last)) else np.array(found, dtype=np.intp)


H200 = offer("h200-sxm")
NVIDIA = of_vendor("nvidia", "direct")
"""NVIDIA's legal sales."""

GREY_BLACKWELL = GREY_CLASSES.index(CLASSES.index("blackwell"))
"""Place of Blackwell among the diverted chips, whose world price is known."""


def offer_name(index: int) -> str:
    """Name of an offer for people: ``h200-sxm (direct)``."""
    return f"{OFFER_PRODUCTS[index]} ({OFFER_ROUTES[index]})"
