"""Which products the gates know, whose they are, and the groups they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load
from countermove.policy.classification import membership
from countermove.policy.criteria import PERHAPS, YES
from countermove.policy.item_groups import known_chips, load_item_groups
from countermove.policy.items import catalogue_item

OFFERS_FILE: Final = DATA / "market" / "offers.yaml"
"""The rows of the market's offers: every chip that a buyer can choose passes the gates."""


@dataclass(frozen=True, slots=True)
class GateProduct:
    """A product as the gates see it: whose it is."""

    id: str
    origin: Literal["us", "cn"]


@dataclass(frozen=True, slots=True)
class GateProducts:
    """All products and the named groups of them."""

    products: Mapping[str, GateProduct]
    groups: Mapping[str, tuple[str, ...]]

    def expand(self, names: Iterable[str], *, where: str = "") -> frozenset[str]:
        """Return the product ids behind ids and group names; DataError with the nearest name for an unknown one."""
        ids: set[str] = set()
        for name in names:
            if name in self.products:
                ids.add(name)
            elif name in self.groups:
                ids.update(self.groups[name])
            else:
                raise DataError(
                    f"unknown product or group '{name}'", where=where, hint=did_you_mean(name, [*self.products, *self.groups])
                )
        return frozenset(ids)

    def member(self, group: str, products: Sequence[str]) -> NDArray[np.bool_]:
        """Return (product,) True where a product belongs to the group."""
        ids = self.expand([group])
        return np.array([product in ids for product in products], dtype=np.bool_)


@cache
def load_gate_products() -> GateProducts:
    """Return the chips that `market/offers.yaml` offers, with their groups; DataError names file and line.

    A product whose origin nobody knows is refused: it could be laid neither on the domestic nor on the foreign routes.
    """
    return read_gate_products(OFFERS_FILE)


def read_gate_products(path: Path) -> GateProducts:
    """Return the products of a file of offers, as `load_gate_products` does. The market room checks the rest of each row."""
    document, chips = load(path), known_chips(())
    products: dict[str, GateProduct] = {}
    for route in document.mapping("offers"):
        for name in document.mapping("offers", route):
            place = ("offers", route, name)
            if name not in chips:
                raise document.error(f"no chip is called '{name}'", *place, hint=did_you_mean(name, chips))
            origin = catalogue_item(name).facts["origin"]
            if origin not in ("us", "cn"):
                what = f"nobody says whose side the vendor of '{name}' is on"
                raise document.error(what, *place, hint="add it to rules/item_facts.yaml")
            products[name] = GateProduct(name, "us" if origin == "us" else "cn")
    return GateProducts(products, {group: _members(group, products) for group in load_item_groups().groups})


def _members(group: str, products: Iterable[str]) -> tuple[str, ...]:
    """Return the products in a group; where its criteria stay open, the side that does not read unknown as allowed."""
    unsure = load_item_groups().groups[group].unsure == "member"
    found = {product: membership(group, catalogue_item(product)) for product in products}
    return tuple(product for product, truth in found.items() if truth == YES or (truth == PERHAPS and unsure))


def check_product(name: str, *, where: str = "") -> str:
    """Return the id of a product given by id or by another name of its chip; InputError with the nearest id."""
    products = load_gate_products().products
    if name in products:
        return name
    found = _other_name(name)
    if found is None or found not in products:
        raise InputError(f"unknown product '{name}'", where=where, hint=did_you_mean(name, products))
    return found


def _other_name(name: str) -> str | None:
    """Return the id of a chip of the hardware catalogue known by this name, None when there is none."""
    from countermove.hardware.catalogue import load_catalogue

    try:
        return load_catalogue().chip(name).id
    except InputError:
        return None


def gate_performance(products: Sequence[str]) -> NDArray[np.float64]:
    """Return (product,) total processing performance from the hardware catalogue; infinity where none is published.

    Infinity keeps an unknown performance above every ceiling but "no ceiling": unknown is never read as allowed.
    """
    from countermove.hardware.products import product_table

    published = np.asarray(product_table(tuple(products)).tpp, dtype=np.float64)
    return np.where(np.isfinite(published), published, np.inf)
