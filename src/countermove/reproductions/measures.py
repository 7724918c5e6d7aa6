"""What the market model is asked by a published analysis, in that analysis's own definitions.

Published ratios count differently from the model's outcomes: new compute rather than stock, without compute rented abroad, in
B300-equivalents, or Huawei over all of NVIDIA. Each measure says what it counts and returns one number per draw, `(draw,)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.ledger import load_ledger
from countermove.experiments.streams import uniforms
from countermove.market.exogenous import legal_market
from countermove.market.inputs import Bundle
from countermove.market.offers import DOMESTIC, DOMESTIC_PRODUCTS, H200, VENDOR_OF, VENDORS
from countermove.market.simulate import Trajectory
from countermove.market.world import world_h100e
from countermove.outcomes import OUTCOMES, measure
from countermove.quantities.axes import ROUTES
from countermove.quantities.calendar import period_months
from countermove.quantities.units import convert

Floats = NDArray[np.float64]

B300E_PER_H200 = "b300e-per-h200"
"""Claim: one H200 in B300-equivalents, dense 8-bit, as a range. A uniform draw per world, the same in every scenario."""

B30A_PRICE = "price-b30a-ifp"
"""Claim: price of a B30A."""

HUAWEI = VENDORS.index("huawei")
ASCEND = tuple(place for place, vendor in enumerate(VENDOR_OF) if vendor == HUAWEI)


@dataclass(frozen=True)
class Simulated:
    """One scenario's months and the parameters behind them, the first `draws` of each."""

    trajectory: Trajectory
    parameters: Mapping[str, Floats]
    draws: int
    seed: int

    def flow(self, name: str, period: str) -> Floats:
        """Return a monthly series summed over a period, `(..., draw)`."""
        first, last = period_months(period)
        summed: Floats = self.trajectory.monthly[name][first:last].sum(axis=0)
        return summed[..., : self.draws]

    def added(self, period: str, routes: tuple[str, ...]) -> Floats:
        """Return H100e added for Chinese users over some routes, thousand, `(draw,)`."""
        places = [ROUTES.index(route) for route in routes]
        found: Floats = self.flow("added_h100e", period)[places].sum(axis=0)
        return found

    @property
    def b300e(self) -> Floats:
        """Return B300-equivalents per H100e, `(draw,)`."""
        claim = load_ledger().claims[B300E_PER_H200]
        low, high = claim.low or 0.0, claim.high or 0.0
        return low + (high - low) * uniforms(self.seed, "reproductions.b300e-per-h200", self.draws)

    @property
    def named(self) -> Bundle:
        """Return the parameters by their last name, as the market reads them."""
        return Bundle({path.rsplit(".", 1)[-1]: values[: self.draws] for path, values in self.parameters.items()})


@dataclass(frozen=True)
class Measure:
    """A definition and how it is measured; `counts` says in words what is counted."""

    unit: str
    counts: str
    of: Callable[[Simulated, str], Floats]


NOT_RENTED = ("direct", "grey", "domestic")


def us_over_china(routes: tuple[str, ...]) -> Callable[[Simulated, str], Floats]:
    """Return the measure ``US H100e added / Chinese H100e added over the routes``."""

    def ratio(world: Simulated, period: str) -> Floats:
        return np.asarray(world.flow("us_h100e_added", period) / np.maximum(world.added(period, routes), 1e-9))

    return ratio


def if_all_money_buys_b30a(world: Simulated, period: str) -> Floats:
    """US over Chinese new compute if the whole legal demand of the year buys B30A, domestic and diverted chips as simulated.

    ``US added / (H100e per B30A x demand / price + domestic + diverted)``: the most that demand alone allows.
    """
    from countermove.hardware.products import product_table

    first, last = period_months(period)
    money = np.broadcast_to(legal_market(world.named)[first:last].mean(axis=0), (world.draws,))
    price = float(convert(load_ledger().claims[B30A_PRICE].value or 0.0, "usd/chip", "thousand usd/chip"))
    chips = 1000.0 * money / price
    bought = float(product_table(("b30a",)).h100e[0]) * chips
    return np.asarray(world.flow("us_h100e_added", period) / (bought + world.added(period, ("grey", "domestic"))))


def huawei_over_nvidia(world: Simulated, period: str) -> Floats:
    """H100e of Ascend sold over H100e that NVIDIA sells outside China: ``sum(units x H100e) / world sales``."""
    from countermove.hardware.products import product_table

    per_package = np.asarray(product_table(DOMESTIC_PRODUCTS).h100e)[list(ASCEND)][:, None]
    sold = (world.flow("units", period)[DOMESTIC][list(ASCEND)] * per_package).sum(axis=0)
    first, last = period_months(period)
    nvidia = world_h100e(world.named)[first:last].sum(axis=0)
    return np.asarray(sold / nvidia)


def legal_demand(world: Simulated, period: str) -> Floats:
    """Chinese demand for AI chips outside the grey market and rental, billion USD of the year, `(draw,)`."""
    first, last = period_months(period)
    return np.array(np.broadcast_to(legal_market(world.named)[first:last].mean(axis=0), (world.draws,)))


def in_b300e(routes: tuple[str, ...]) -> Callable[[Simulated, str], Floats]:
    """Return the measure ``Chinese H100e added over the routes x B300e per H100e``, thousand."""
    return lambda world, period: np.asarray(world.added(period, routes) * world.b300e)


def _vendor_revenue(world: Simulated, period: str) -> Floats:
    revenue: Floats = world.flow("vendor_revenue", period).sum(axis=0)
    return revenue


MEASURES: dict[str, Measure] = {
    "us_over_china_new": Measure(
        "1",
        "H100e added in the US over H100e that reach China directly, by diversion or from its makers",
        us_over_china(NOT_RENTED),
    ),
    "us_over_china_new_without_imports": Measure(
        "1", "the same, diverted and domestic chips only", us_over_china(("grey", "domestic"))
    ),
    "us_over_china_new_domestic": Measure("1", "the same, domestic chips only", us_over_china(("domestic",))),
    "us_over_china_if_all_money_buys_b30a": Measure(
        "1", "the same, the year's whole legal demand spent on B30A, with domestic and diverted chips", if_all_money_buys_b30a
    ),
    "us_new_b300e": Measure(
        "million chip",
        "B300-equivalents added in the US",
        lambda world, period: np.asarray(world.flow("us_h100e_added", period) * world.b300e / 1000.0),
    ),
    "china_new_b300e": Measure("thousand chip", "B300-equivalents that reach China, rented ones left out", in_b300e(NOT_RENTED)),
    "domestic_new_b300e": Measure("thousand chip", "B300-equivalents of Chinese makers", in_b300e(("domestic",))),
    "diverted_b300e": Measure("thousand chip", "B300-equivalents of diverted chips", in_b300e(("grey",))),
    "h200_b300e": Measure(
        "thousand chip",
        "B300-equivalents of H200 delivered legally",
        lambda world, period: np.asarray(world.flow("units", period)[H200] * world.b300e),
    ),
    "domestic_share_of_new": Measure(
        "1",
        "domestic part of the H100e that reach China, rented ones left out",
        lambda world, period: np.asarray(world.added(period, ("domestic",)) / world.added(period, NOT_RENTED)),
    ),
    "huawei_over_nvidia": Measure("1", "H100e of Ascend sold over H100e that NVIDIA sells outside China", huawei_over_nvidia),
    "huawei_packages_made": Measure(
        "thousand package",
        "Ascend packages made",
        lambda world, period: np.asarray(world.flow("made_by_vendor", period)[HUAWEI]),
    ),
    "domestic_supply": Measure("usd_bn", "sales of Chinese AI-chip vendors", _vendor_revenue),
    "legal_demand": Measure("usd_bn", "Chinese demand for AI chips outside the grey market and rental", legal_demand),
}
"""Measures by name; besides them a row may name `outcome.ID`, an outcome of the model."""


def _outcome(name: str) -> Measure:
    def of(world: Simulated, period: str) -> Floats:
        values: Floats = measure(world.trajectory, "year")[name][period][: world.draws]
        return values

    return Measure(OUTCOMES[name].unit, OUTCOMES[name].definition, of)


MEASURES.update({f"outcome.{name}": _outcome(name) for name in OUTCOMES})
