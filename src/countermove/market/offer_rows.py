"""One row of data for each chip on a route and for each Chinese vendor: what data/market/offers.yaml and vendors.yaml may say.

Errors come when the files are read, with file and line: a missing field, an unknown chip, a relative on another route.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from countermove.errors import InputError
from countermove.market.dates import DateWords
from countermove.quantities.calendar import MONTHS, month_index

Route = Literal["direct", "grey", "offshore", "domestic"]
ROUTES: tuple[Route, ...] = ("direct", "grey", "offshore", "domestic")
"""Routes in the order of the offer axis."""

WorldClass = Literal["hopper", "blackwell", "rubin"]
CLASSES: tuple[WorldClass, ...] = ("hopper", "blackwell", "rubin")
"""Classes of world sales, in the order of their axis."""


def _month(text: str) -> str:
    try:
        month_index(text)
    except InputError as error:  # told with the file and line of the row
        raise ValueError(error.what) from None
    return text


Month = Annotated[str, AfterValidator(_month)]
ParameterPath = Annotated[str, Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]


def _listed(value: object) -> object:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("expected a list of parameters, such as [foreign.price_h20]")
    return value


Factors = Annotated[tuple[ParameterPath, ...], BeforeValidator(_listed)]
"""Parameters that are multiplied with each other, in this order."""


class Row(BaseModel):
    """Base of all rows: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Line(Row):
    """The production line of a foreign chip: rate (packages a month), months to a finished package, when it runs."""

    rate: ParameterPath
    months: ParameterPath
    ahead: StrictBool
    starts: Month | None = None
    fades: ParameterPath | None = None


class Stock(Row):
    """Packages that the seller reported in hand at the end of a month."""

    units: ParameterPath
    end_of: Month


class CapBase(Row):
    """US shipments that a volume cap is a share of: yearly, and earlier ones where a cap counts those."""

    yearly: ParameterPath
    earlier: ParameterPath | None = None


class Wanted(Row):
    """Demand of one year: units, or a part of the mean legal market of some years."""

    year: int = Field(ge=2022, le=2025)
    units: Factors | None = None
    shared: StrictBool = False
    market: Factors | None = None
    of: Factors | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.units is None) == (self.market is None) or (self.market is None) != (self.of is None):
            raise ValueError("write either 'units', or 'market' with 'of'")
        return self


class Entrant(Row):
    """Units wanted in the first year of a chip that was not on sale before, beside what is on sale then."""

    year: int = Field(ge=2022, le=2032)
    units: Factors


class Quality(Row):
    """How the unobserved quality is found: from wanted units, from those of an entrant, or that of a relative."""

    wanted: Wanted | None = None
    entrant: Entrant | None = None
    like: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.wanted, self.entrant, self.like)) != 1:
            raise ValueError("write one of 'wanted', 'entrant' and 'like'")
        return self


class Early(Row):
    """What the clock starts with: units wanted in 2022, and those installed before."""

    wanted: ParameterPath
    installed: ParameterPath


class OfferRow(Row):
    """A chip on a route. `id` is the chip; which fields a route needs is checked in `Offers`."""

    id: str
    route: Route
    price: Factors
    quality: Quality
    groups: tuple[str, ...]
    start: Month | None = Field(default=None, alias="from")
    until: Month | None = None
    price_date: Month | None = None
    earlier: Month | None = None
    line: Line | None = None
    stock: Stock | None = None
    cap_base: CapBase | None = None
    early: Early | None = None
    world_class: WorldClass | None = Field(default=None, alias="class")
    successor: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _fits_its_route(self) -> Self:
        needed = {
            "direct": {"from", "price_date", "line", "cap_base"},
            "grey": {"from", "price_date", "class"},
            "offshore": {"from", "price_date", "class"},
            "domestic": set[str](),
        }[self.route]
        allowed = (
            needed
            | {
                "direct": {"until", "stock", "early"},
                "grey": {"until"},
                "offshore": {"until"},
                "domestic": {"earlier", "successor"},
            }[self.route]
        )
        given = {(type(self).model_fields[name].alias or name) for name in self.model_fields_set}
        given -= {"id", "route", "price", "quality", "groups", "note"}
        for name in sorted(needed - given):
            raise ValueError(f"the key '{name}' is missing: the {self.route} route needs it")
        for name in sorted(given - allowed):
            raise ValueError(f"the key '{name}' has no meaning on the {self.route} route")
        if self.until is not None and self.last_month <= self.first_month:
            raise ValueError(f"it leaves the market ({self.until}) before it comes ({self.start})")
        if self.quality.entrant is not None and self.route != "direct":
            raise ValueError("an 'entrant' is a chip on the direct route")
        return self

    @property
    def first_month(self) -> float:
        """Month coordinate from which it is on offer; the start of the clock where the row gives none."""
        return 0.0 if self.start is None else float(month_index(self.start))

    @property
    def last_month(self) -> float:
        """Month coordinate from which it is no longer made; beyond the clock where the row gives none."""
        return 2.0 * MONTHS if self.until is None else float(month_index(self.until))


class DieBank(Row):
    """Dies made abroad, million, and the months in which they came, the end excluded."""

    units: ParameterPath
    start: DateWords = Field(alias="from")
    until: DateWords
    sources: tuple[str, ...] = ()
    note: str = ""


class Slots(Row):
    """Packaging slots at a date, thousand packages a year."""

    at: DateWords
    yearly: ParameterPath


class VendorRow(Row):
    """A Chinese vendor: its own figures, or its part of those that are known only for several together."""

    id: str
    label: str
    research_base: ParameterPath
    performance: ParameterPath
    software: Factors
    memory_scale: ParameterPath | None = None
    own_memory: StrictBool = False
    split: ParameterPath | None = None
    plan_share: ParameterPath | None = None
    wafer_share: ParameterPath | None = None
    die_bank: DieBank | None = None
    slots: tuple[Slots, ...] | None = None
    sources: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _own_or_shared(self) -> Self:
        if self.split is None:
            for name in ("plan_share", "wafer_share", "die_bank", "slots"):
                if getattr(self, name) is None:
                    raise ValueError(f"the key '{name}' is missing: without 'split' the vendor has no part of the shared figure")
        return self


class Shared(Row):
    """Figures that are known only for several vendors together."""

    die_bank: DieBank
    slots: tuple[Slots, ...]
