"""Which products the gates know, whose they are, and the groups that rules name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load

PRODUCTS_FILE: Final = DATA / "gates" / "products.yaml"


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
    """Return the products and groups of `gates/products.yaml`; DataError names file and line."""
    document = load(PRODUCTS_FILE)
    products = {}
    for name, entry in document.mapping("products").items():
        if entry.get("origin") not in ("us", "cn"):
            raise document.error("a product needs origin us or cn", "products", name)
        products[name] = GateProduct(name, entry["origin"])
    groups = {name: tuple(members) for name, members in document.mapping("groups").items()}
    for name, members in groups.items():
        for member in members:
            if member not in products:
                raise document.error(f"unknown product '{member}'", "groups", name, hint=did_you_mean(member, products))
    return GateProducts(products, groups)


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
