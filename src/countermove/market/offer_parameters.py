"""The parameters that rows of offers and vendors name: each exists, and their product has the unit that the equations take."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from countermove.errors import did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.ledger import load_parameters
from countermove.evidence.strict_yaml import Document, load
from countermove.market.offer_rows import OfferRow, Shared, VendorRow
from countermove.market.offers import ROWS, SHARED, VENDOR_ROWS
from countermove.quantities.units import Unit

if TYPE_CHECKING:
    from countermove.evidence.schema import Parameter

PACKAGES, YEARLY, MONTHLY = "thousand package", "thousand package/year", "thousand package/month"


class Named(NamedTuple):
    """Parameters that a row multiplies with each other, where it names them, and the unit of their product."""

    keys: tuple[str | int, ...]
    paths: Sequence[str]
    unit: str


def of_offer(row: OfferRow) -> Iterator[Named]:
    """Yield what a row of offers names."""
    yield Named(("price",), row.price, "usd/hour" if row.route == "offshore" else "thousand usd/package")
    if row.line is not None:
        yield Named(("line", "rate"), [row.line.rate], MONTHLY)
        yield Named(("line", "months"), [row.line.months], "month")
        if row.line.fades is not None:
            yield Named(("line", "fades"), [row.line.fades], "1/year")
    if row.stock is not None:
        yield Named(("stock", "units"), [row.stock.units], PACKAGES)
    if row.cap_base is not None:
        yield Named(("cap_base", "yearly"), [row.cap_base.yearly], YEARLY)
        if row.cap_base.earlier is not None:
            yield Named(("cap_base", "earlier"), [row.cap_base.earlier], PACKAGES)
    if row.early is not None:
        yield Named(("early", "wanted"), [row.early.wanted], YEARLY)
        yield Named(("early", "installed"), [row.early.installed], PACKAGES)
    if row.quality.entrant is not None:
        yield Named(("quality", "entrant", "units"), row.quality.entrant.units, YEARLY)
    wanted = row.quality.wanted
    if wanted is not None and wanted.units is not None:
        yield Named(("quality", "wanted", "units"), wanted.units, YEARLY)
    if wanted is not None and wanted.market is not None:
        yield Named(("quality", "wanted", "market"), wanted.market, "1")
        for number, path in enumerate(wanted.of or ()):
            yield Named(("quality", "wanted", "of", number), [path], "usd_bn/year")


def of_vendor(row: VendorRow) -> Iterator[Named]:
    """Yield what a row of vendors names."""
    yield Named(("research_base",), [row.research_base], "usd_bn/year")
    yield Named(("software",), row.software, "1")
    for name in ("performance", "memory_scale", "split", "plan_share", "wafer_share"):
        path = getattr(row, name)
        if path is not None:
            yield Named((name,), [path], "1")
    yield from of_shared(row)


def of_shared(row: VendorRow | Shared) -> Iterator[Named]:
    """Yield what the figures name that a vendor has for itself or shares."""
    if row.die_bank is not None:
        yield Named(("die_bank", "units"), [row.die_bank.units], "million die")
    for number, slots in enumerate(row.slots or ()):
        yield Named(("slots", number, "yearly"), [slots.yearly], YEARLY)


def check(document: Document, place: tuple[str, ...], named: Named, parameters: Mapping[str, Parameter]) -> None:
    """Raise the document's error, with its line, for a parameter that does not exist or a product of another unit."""
    unit = Unit.parse("1")
    for path in named.paths:
        if path not in parameters:
            raise document.error(f"no parameter is called '{path}'", *place, *named.keys, hint=did_you_mean(path, parameters))
        unit = unit * Unit.parse(parameters[path].unit)
    wanted = Unit.parse(named.unit)
    if not (unit.compatible(wanted) and math.isclose(unit.factor, wanted.factor)):
        found = " x ".join(f"{path} ({parameters[path].unit})" for path in named.paths)
        raise document.error(f"{found} is not in {named.unit}", *place, *named.keys, hint=f"name parameters in {named.unit}")


def check_offers(document: Document, rows: Iterable[OfferRow], parameters: Mapping[str, Parameter]) -> None:
    """Check what rows of offers name; DataError with the line of the document."""
    for row in rows:
        for named in of_offer(row):
            check(document, ("offers", row.route, row.id), named, parameters)


@cache
def check_parameters() -> None:
    """Check the shipped rows once; DataError with file and line."""
    parameters = load_parameters()
    offers, vendors = (load(DATA / "market" / name) for name in ("offers.yaml", "vendors.yaml"))
    check_offers(offers, ROWS, parameters)
    for vendor in VENDOR_ROWS.values():
        for named in of_vendor(vendor):
            check(vendors, ("vendors", vendor.id), named, parameters)
    for named in of_shared(SHARED):
        check(vendors, ("shared",), named, parameters)
