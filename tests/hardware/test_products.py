"""The tables that the market model reads: one row per product, fast, complete."""

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.products import all_in_power_kw, power_rules, product_table, supply_inputs, supply_table
from countermove.quantities.axes import WORKLOADS

FOREIGN = [
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
    "h100-sxm",
    "gb300",
]
DOMESTIC = [
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
]
ALL = [*FOREIGN, *DOMESTIC]


def test_the_table_has_every_market_product_in_the_order_asked():
    table = product_table(ALL)
    assert table.ids == tuple(ALL)
    assert table.effective.shape == table.effective_system.shape == (len(ALL), len(WORKLOADS))
    for name in ("launch_month", "h100e", "memory_bandwidth_tb_s", "power_kw", "tpp", "spread"):
        column = getattr(table, name)
        assert column.shape == (len(ALL),)
        assert np.all(np.isfinite(column))
    assert np.all(table.effective > 0)
    assert product_table(ALL[::-1]).h100e[0] == table.h100e[-1]


def test_h100_equivalents_are_those_of_the_published_counts():
    table = product_table(["h100-sxm", "h200-sxm", "h20", "a100-sxm", "b200-sxm", "ascend-910c"])
    assert table.h100e == pytest.approx([1, 1, 0.150, 0.315, 2.274, 0.760], abs=0.001)


def test_launches_before_the_clock_have_negative_months():
    table = product_table(["a100-sxm", "h200-sxm", "ascend-960"])
    assert table.launch_month.tolist() == [-14, 34, 70]


def test_only_the_reference_has_no_spread():
    table = product_table(ALL)
    spread = dict(zip(table.ids, table.spread, strict=True))
    assert spread.pop("h200-sxm") == 0
    assert min(spread.values()) > 0
    assert spread["hygon-bw1000"] > spread["b200-sxm"] > spread["h100-sxm"]


def test_published_power_is_used_and_the_rule_meets_it():
    catalogue = load_catalogue()
    rule = power_rules()["module"]
    for name, published in {"h200": 1.73, "b200": 2.17, "mi300x": 1.79, "mi325x": 2.18}.items():
        chip = catalogue.chip(name)
        assert all_in_power_kw(chip) == published
        by_rule = rule["fixed"].number + rule["slope"].number * chip.tdp_w / 1000
        assert by_rule == pytest.approx(published, rel=0.02)
    assert all_in_power_kw(catalogue.chip("ascend-910c")) == pytest.approx(1.2 * 559 / 384, rel=0.1)


def test_cards_take_less_power_beside_them_than_modules():
    assert all_in_power_kw(load_catalogue().chip("l20")) == pytest.approx(0.55)


def test_arrays_cannot_be_changed_by_a_reader():
    with pytest.raises(ValueError, match="read-only"):
        product_table(["h20"]).h100e[0] = 2


def test_a_wrong_product_gets_the_nearest_name():
    with pytest.raises(InputError, match="ascend-910c"):
        product_table(["ascend-910d"])
    with pytest.raises(InputError, match="did you mean"):
        supply_table(["ascend-910d"])


def test_packages_of_domestic_products_are_described():
    table = supply_table(DOMESTIC)
    by_id = dict(zip(table.ids, range(len(table.ids)), strict=True))
    huawei = by_id["ascend-910c"]
    assert (table.dies_per_package[huawei], table.hbm_stacks[huawei], table.die_area_mm2[huawei]) == (2, 8, 665.61)
    assert np.all(table.dies_per_package >= 1)
    assert table.tsmc_die_bank.tolist() == [1, 1] + [0] * 11


def test_package_facts_agree_with_the_catalogue_where_both_know():
    for name in supply_inputs():
        chip = load_catalogue().chip(name)
        dies = supply_inputs()[name]["dies_per_package"].number
        assert chip.logic_dies in {None, dies}
        area = supply_inputs()[name]["die_area"].number
        if chip.die_area_mm2 is not None:
            assert chip.die_area_mm2 == pytest.approx(dies * area, rel=0.01)
