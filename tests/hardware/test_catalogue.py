"""The catalogue: complete, sourced, competing values side by side, and found by any of its names."""

import pytest

from countermove.errors import CountermoveError, InputError
from countermove.evidence.ledger import load_ledger
from countermove.evidence.strict_yaml import loads
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.fields import CHIP_FIELDS
from countermove.hardware.products import supply_inputs
from countermove.hardware.values import read_values
from countermove.hardware.workloads import load_models

MARKET = [
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
    "h100-sxm",
    "gb300",
]

MARKET = (
    "a100-sxm a800-sxm h800-sxm h20 l20 rtx-pro-6000d h200-sxm b30a b200-sxm rubin mi308x mi325x ascend-910b ascend-910c "
    "ascend-950pr ascend-950dt ascend-960 ascend-970 cambricon-590 cambricon-690 hygon-bw1000 thead-ppu kunlun-p800 "
    "moore-s5000 metax-c500 h100-sxm gb300"
)


def all_values():
    catalogue = load_catalogue()
    for item in (*catalogue.chips.values(), *catalogue.systems.values(), *load_models().stacks.values()):
        for value in item.values.values():
            yield item.id, value
    for name, values in supply_inputs().items():
        for value in values.values():
            yield name, value


def test_the_catalogue_holds_the_table_of_37_and_the_market_products():
    chips = load_catalogue().chips
    assert len(chips) >= 40
    assert set(MARKET.split()) <= set(chips)


def test_every_value_has_sources_and_grade_or_is_a_labelled_assumption_or_names_the_missing_fact():
    for owner, value in all_values():
        for stated in (value.used, *value.competing):
            if stated.value is None or stated.assumption:
                assert stated.note, (owner, value.field.name)
            else:
                assert stated.sources, (owner, value.field.name)
                assert stated.grade in {"A", "B", "C", "D"}, (owner, value.field.name)


def test_every_source_is_in_the_ledger():
    sources = load_ledger().sources
    cited = {source for _, value in all_values() for stated in (value.used, *value.competing) for source in stated.sources}
    cited |= {source for llm in load_models().llms.values() for source in llm.sources}
    assert cited <= set(sources)


def test_competing_values_stay_beside_the_one_used():
    catalogue = load_catalogue()
    assert catalogue.chip("910b").values["bf16"].range == (313, 376)
    assert catalogue.chip("910b").values["memory_bandwidth"].range == (1.6, 1.76)
    assert catalogue.chip("b200").values["memory_bandwidth"].range == (7.7, 8.0)
    assert catalogue.chip("mlu590").values["memory_bandwidth"].range == (1.6, 2.4)


def test_a_rejected_value_is_kept_but_widens_no_range():
    bandwidth = load_catalogue().chip("mi308x").values["memory_bandwidth"]
    assert any(stated.rejected and stated.value == 10.3 for stated in bandwidth.competing)
    assert bandwidth.range == (5.3, 5.3)


def test_int8_of_a_b300_is_not_taken_from_its_fp8():
    chip = load_catalogue().chip("b300-sxm")
    assert chip.peaks["int8"] < 200 < chip.peaks["fp8"]


@pytest.mark.parametrize(
    ("name", "found"), [("h200", "h200-sxm"), ("H100", "h100-sxm"), ("910C", "ascend-910c"), ("NVIDIA B30A", "b30a")]
)
def test_plain_names_are_accepted(name, found):
    assert load_catalogue().chip(name).id == found


def test_a_wrong_name_gets_the_nearest_right_one():
    with pytest.raises(InputError, match="h200-sxm"):
        load_catalogue().chip("h200-smx")
    with pytest.raises(InputError, match="cloudmatrix-384"):
        load_catalogue().system("cloudmatrix-385")


def test_systems_meet_their_announced_totals():
    catalogue = load_catalogue()

    def total(name, field):
        system = catalogue.system(name)
        return system.count * catalogue.chips[system.chip].number(field)

    assert total("cloudmatrix-384", "bf16") == pytest.approx(300e3, rel=0.05)
    assert total("cloudmatrix-384", "memory") == pytest.approx(49.2e3, rel=0.01)
    assert total("cloudmatrix-384", "memory_bandwidth") == pytest.approx(1229, rel=0.01)
    assert total("gb200-nvl72", "bf16") == pytest.approx(180e3)
    assert total("gb300-nvl72", "fp4") == pytest.approx(1.08e6)
    assert total("vr-nvl72", "memory_bandwidth") == pytest.approx(1584)
    assert total("atlas-950-superpod", "fp8") == pytest.approx(8e6, rel=0.03)
    assert total("atlas-950-superpod", "memory") == pytest.approx(1.152e6, rel=0.03)
    assert total("atlas-960-superpod", "fp8") == pytest.approx(30e6, rel=0.04)


def test_cloudmatrix_draws_about_23_times_the_power_per_operation_of_an_nvl72():
    catalogue = load_catalogue()

    def kw_per_pflops(name):
        system = catalogue.system(name)
        return system.power_kw / (system.count * catalogue.chips[system.chip].number("bf16") / 1000)

    ratio = kw_per_pflops("cloudmatrix-384") / kw_per_pflops("gb200-nvl72")
    assert ratio == pytest.approx(2.3, rel=0.06)


def test_every_chip_that_names_a_system_is_the_chip_of_that_system():
    catalogue = load_catalogue()
    for chip in catalogue.chips.values():
        system = catalogue.system_of(chip)
        assert system is None or system.chip == chip.id


def one_field(text):
    field = {"tdp": CHIP_FIELDS["tdp"]}
    return read_values(loads(f"chip:\n{text}", "chip.yaml"), ("chip",), field, ("name",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  tdp: {value: 700}", "sources and a grade"),
        ("  tdp: {value: null}", "missing fact"),
        ("  tdp: {value: 700, basis: assumption}", "note that says why"),
        ("  tdp: {value: 700, grade: A, sorces: [x]}", "sources"),
        ("  tdp: {value: 7, basis: assumption, note: slip}", "outside 50 to 5000 w"),
        ("  tdp: {value: many, basis: assumption, note: slip}", "expected a number in w"),
        ("  tdp: {value: 700, low: 800, basis: assumption, note: slip}", "must not decrease"),
        ("  tdp: [{value: 700, basis: assumption, note: a}, {value: 600, basis: assumption, note: b}]", "used: true"),
        ("  tpd: {value: 700}", "did you mean 'tdp'"),
        ("  name: x", "'tdp' is missing"),
    ],
)
def test_a_wrong_entry_is_told_with_its_place(text, message):
    with pytest.raises(CountermoveError, match=message) as caught:
        one_field(text)
    assert caught.value.where.startswith("chip.yaml:")
