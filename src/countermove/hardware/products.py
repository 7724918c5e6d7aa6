"""What the market model reads about products: arrays over the product axis, in the order the caller names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top
from countermove.evidence.strict_yaml import load
from countermove.hardware.catalogue import POWER_FILE, SUPPLY_FILE, load_catalogue
from countermove.hardware.chip import Chip
from countermove.hardware.fields import POWER_FIELDS, SUPPLY_FIELDS
from countermove.hardware.performance import HALF_BAND, compare
from countermove.hardware.values import Value, read_values

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ProductTable:
    """Products as arrays of shape (product,), effective performance as (product, workload) in the order of `WORKLOADS`.

    ``launch_month`` counts from 2022-01 = 0 and may be negative; ``h100e`` is dense 8-bit TOPS / 1979; ``power_kw`` the
    utility power with server, network and cooling; ``effective`` relative to one H200, the chip in a server of eight;
    ``effective_system`` the same in the system it is sold in (H200 = 1 in both); ``spread`` the standard deviation of the
    log of the effective values, over the three workloads (root mean square).
    """

    ids: tuple[str, ...]
    launch_month: Array
    h100e: Array
    memory_bandwidth_tb_s: Array
    power_kw: Array
    tpp: Array
    effective: Array
    effective_system: Array
    spread: Array

    def index(self, product: str) -> int:
        """Return the position of a product; InputError with the nearest name."""
        if product not in self.ids:
            raise InputError(f"no product is called '{product}'", where="product", hint=did_you_mean(product, self.ids))
        return self.ids.index(product)


@dataclass(frozen=True, eq=False)
class SupplyTable:
    """What one package of each domestic product is made of: arrays of shape (product,).

    ``hbm_stacks`` is 0 for a product without stacked memory: such a product takes nothing from the HBM ledger.
    ``tsmc_die_bank`` is 1 where the stock of TSMC dies fits; ``launch_month`` as in `ProductTable`.
    """

    ids: tuple[str, ...]
    dies_per_package: Array
    die_area_mm2: Array
    hbm_stacks: Array
    launch_month: Array
    tsmc_die_bank: Array


def product_table(ids: Sequence[str]) -> ProductTable:
    """Return the table of the products named; raises InputError for an unknown product or one with a needed fact missing."""
    return _product_table(tuple(ids))


def supply_table(ids: Sequence[str]) -> SupplyTable:
    """Return what packages are made of; raises InputError for a product that ``chips/supply_inputs.yaml`` does not list."""
    return _supply_table(tuple(ids))


@cache
def _product_table(ids: tuple[str, ...]) -> ProductTable:
    catalogue = load_catalogue()
    chips = [catalogue.chip(name) for name in ids]
    alone = compare([(chip, None) for chip in chips])
    in_system = compare([(chip, catalogue.system_of(chip)) for chip in chips], bands=False)
    sigma = np.log(alone.high / alone.low) / (2 * HALF_BAND)
    columns = {
        "launch_month": [_needed(chip, "launch", chip.launch_month) for chip in chips],
        "h100e": [_needed(chip, "fp8 or int8", chip.h100e) for chip in chips],
        "memory_bandwidth_tb_s": [_needed(chip, "memory_bandwidth", chip.memory_bandwidth_tb_s) for chip in chips],
        "power_kw": [all_in_power_kw(chip) for chip in chips],
        "tpp": [_needed(chip, "a peak", chip.tpp) for chip in chips],
    }
    return ProductTable(
        ids=ids,
        **{name: _fixed(np.array(values)) for name, values in columns.items()},
        effective=_fixed(alone.value),
        effective_system=_fixed(in_system.value),
        spread=_fixed(np.sqrt(np.mean(sigma**2, axis=1))),
    )


@cache
def _supply_table(ids: tuple[str, ...]) -> SupplyTable:
    catalogue, inputs = load_catalogue(), supply_inputs()
    for name in ids:
        if name not in inputs:
            raise InputError(f"nothing is known about the packages of '{name}'", where="product", hint=did_you_mean(name, inputs))
    chips = [catalogue.chip(name) for name in ids]

    def column(field: str) -> Array:
        return _fixed(np.array([float(inputs[name][field].number or 0.0) for name in ids]))

    return SupplyTable(
        ids=ids,
        dies_per_package=column("dies_per_package"),
        die_area_mm2=column("die_area"),
        hbm_stacks=column("hbm_stacks"),
        launch_month=_fixed(np.array([_needed(chip, "launch", chip.launch_month) for chip in chips])),
        tsmc_die_bank=column("tsmc_die_bank"),
    )


@cache
def supply_inputs() -> dict[str, dict[str, Value]]:
    """Return the package facts of every domestic product, by product and field."""
    document = load(DATA / "chips" / SUPPLY_FILE)
    check_top(document, ("supply",))
    found = {name: read_values(document, ("supply", name), SUPPLY_FIELDS, ()) for name in document.mapping("supply")}
    for name, values in found.items():
        for field, value in values.items():
            if not value.known:
                raise document.error(f"{field} is unknown", "supply", name, field, hint="state an assumption with a note")
    return found


@cache
def power_rules() -> dict[str, dict[str, Value]]:
    """Return the rule for all-in power by form (module or card): kW = fixed + slope x TDP."""
    document = load(DATA / "systems" / POWER_FILE)
    check_top(document, ("power",))
    return {form: read_values(document, ("power", form), POWER_FIELDS, ()) for form in document.mapping("power")}


def all_in_power_kw(chip: Chip) -> float:
    """Return the utility power of one accelerator with its share of server, network and cooling, in kW.

    The published figure where there is one, else fixed + slope x TDP by `power_rules` (an assumption labelled there).
    """
    published = chip.number("power_all_in")
    if published is not None:
        return published
    rule = power_rules()[chip.form]
    return float(rule["fixed"].number or 0.0) + float(rule["slope"].number or 0.0) * _needed(chip, "tdp", chip.tdp_w) / 1000


def _needed(chip: Chip, field: str, value: float | None) -> float:
    if value is None:
        raise InputError(f"{field} of {chip.id} is unknown", where=chip.place, hint="state an assumption with a note")
    return float(value)


def _fixed(values: Array) -> Array:
    values = np.asarray(values, dtype=np.float64)
    values.flags.writeable = False
    return values
