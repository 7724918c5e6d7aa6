"""Every item of the catalogue is in exactly the groups it should be in, and no list of names stands where a group belongs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from countermove.cli.check_text import lines
from countermove.errors import CountermoveError, DataError, InputError
from countermove.evidence.strict_yaml import load
from countermove.market.offers import VENDORS
from countermove.policy.check_arrays import CODES, check_many
from countermove.policy.checks import check
from countermove.policy.classification import catalogue_items, classify, membership, unclassified
from countermove.policy.criteria import compile_criterion, compile_groups, group_criteria
from countermove.policy.facts import END_USERS_FILE, read_end_users
from countermove.policy.gate_products import OFFERS_FILE, load_gate_products, read_gate_products
from countermove.policy.item_facts import ITEM_FACTS_FILE, load_item_facts, read_item_facts
from countermove.policy.item_groups import GROUPS_FILE, load_item_groups, read_item_groups
from countermove.policy.items import custom_item, with_facts
from countermove.policy.places import COUNTRIES_FILE, read_countries
from countermove.policy.rules import RULES, read_rules

EXPECTED = load(Path(__file__).with_name("groups.yaml")).mapping()
ITEMS = {item.id: item for item in catalogue_items()}


def test_no_item_of_the_catalogue_falls_through() -> None:
    assert unclassified() == []


@pytest.mark.parametrize("name", ITEMS)
def test_an_item_is_in_exactly_the_groups_of_the_table(name: str) -> None:
    """Systems are what the chip inside is; groups that the table does not give are groups that the item is not in."""
    item = ITEMS[name]
    found = classify(item)
    assert [group for group, answer in found.items() if answer == "yes"] == EXPECTED["members"][item.facts["item"]]
    assert [group for group, answer in found.items() if answer == "unknown"] == EXPECTED["open"].get(item.facts["item"], [])


def test_an_item_that_falls_through_is_found() -> None:
    nobody = with_facts(ITEMS["mi355x"], {"origin": None})
    assert [(one.item, one.of) for one in unclassified([nobody])] == [
        ("mi355x", part.of) for part in load_item_groups().partitions
    ]
    unknown = custom_item({"die_area_mm2": 800})
    lines = [str(one) for one in unclassified([unknown])]
    assert len(lines) == 2
    assert "h200-class unknown, h20-class unknown, card-class unknown, low-end no" in lines[1]
    assert "settle it in rules/item_groups.yaml" in lines[1]


def test_every_vendor_of_the_catalogue_is_on_a_side_and_domestic_vendors_are_chinese() -> None:
    vendors = load_item_facts().vendors
    assert all(item.facts["origin"] in ("us", "cn") for item in ITEMS.values())
    assert all(vendors[name].origin == "cn" and vendors[name].exporter == "chinese-vendor" for name in VENDORS)


def test_gate_products_belong_to_the_groups_that_were_once_listed_by_hand() -> None:
    groups = {name: set(members) for name, members in load_gate_products().groups.items()}
    for name, members in EXPECTED["gates"].items():
        assert groups[name] == set(members), name
    assert len(groups["foreign"]) == 14


def test_where_criteria_stay_open_a_gate_takes_the_stricter_side(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A product with unknown numbers is controlled, and not under the review that would license it."""
    unknown = with_facts(ITEMS["mi325x"], {"item": "mi325x", "tpp": (float("-inf"), float("inf"))})
    assert membership("above-2023-line", unknown) == membership("review-2026", unknown) == 1
    monkeypatch.setattr("countermove.policy.gate_products.catalogue_item", lambda name: unknown)
    path = tmp_path / "offers.yaml"
    path.write_text("schema: 1\noffers: {direct: {mi325x: {}}}\n")
    groups = read_gate_products(path).groups
    assert all(
        groups[name] == ("mi325x",) for name in ("foreign", "above-2022-line", "above-2023-line", "h200-class", "advanced")
    )
    assert groups["review-2026"] == groups["below-every-line"] == groups["low-end"] == ()


def test_arrays_answer_like_single_checks_across_the_classes() -> None:
    tpp, memory = [500.0, 2_368.0, 4_799.0, 4_800.0, 40_000.0, float("nan")], [300.0, 4_000.0, 900.0, 2_000.0, 8_000.0, 8_000.0]
    for on in ("2025-08-20", "2025-10-01", "2026-01-14", "2026-08-20"):
        found = check_many({"tpp": tpp, "bandwidth_gb_s": memory, "die_mm2": [800.0] * 6, "io_gb_s": [500.0] * 6}, on=on)
        for index, code in enumerate(found.cn):
            number = None if tpp[index] != tpp[index] else tpp[index]
            single = check("custom", tpp=number, bandwidth_gb_s=memory[index], die_mm2=800, io_gb_s=500, on=on)
            assert CODES[code] == single.cn.outcome


# ---- a list of names is refused where a group belongs

PAUSE = "cn/ndrc/h200-pause-2026-01.yaml"
REFUSED: list[tuple[Callable[[str], str], list[str]]] = [
    (lambda text: text.replace("in_group: h200-class}", "in: [a100-sxm, h100-sxm, mi325x]}"), ["3 chips are named", "group of"]),
    (lambda text: text.replace("in_group: h200-class}", "in: [l20]}"), ["l20 is the group 'low-end'", "write low-end"]),
    (lambda text: text.replace("in_group: h200}", "in: [h200-sxm, h200-nvl]}"), ["is the group 'h200'", "write h200"]),
    (lambda text: text.replace("in_group: h200-class}", "in: [mi355]}"), ["'mi355' is no chip", "did you mean 'mi355x'"]),
    (lambda text: text.replace("in_group: h200-class}", "in: [hgx-h200]}"), ["'hgx-h200' is no chip"]),
    (lambda text: text.replace("in_group: h200-class}", "in: [custom]}"), ["'custom' is no chip"]),
    (lambda text: text.replace("in_group: h200-class}", "in_group: h200-clas}"), ["did you mean 'h200-class'"]),
    (lambda text: text.replace("products: [h200-class]", "products: [h200-sxm, mi325x]"), ["2 chips are named"]),
    (lambda text: text.replace("products: [h200-class]", "products: [h200-clas]"), ["did you mean 'h200-class'"]),
    (lambda text: text.replace("    products:", "    segments: [ai-lab]\n    products:"), ["did you mean 'ai-labs'"]),
    (lambda text: text.replace("{fact: origin, in: [us]}", "{fact: origin, in_group: china}"), ["'origin' has no groups"]),
]


@pytest.mark.parametrize(("damage", "fragments"), REFUSED)
def test_a_rule_cannot_list_chips_where_a_group_belongs(
    damage: Callable[[str], str], fragments: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "rules" / PAUSE
    path.parent.mkdir(parents=True)
    text = (RULES / PAUSE).read_text()
    assert damage(text) != text
    path.write_text(damage(text))
    with pytest.raises(CountermoveError) as caught:
        read_rules(tmp_path / "rules")
    assert "h200-pause-2026-01.yaml:" in str(caught.value)
    assert all(fragment in str(caught.value) for fragment in fragments), str(caught.value)


# ---- the files refuse what would pass in silence

Reader = Callable[[Path], object]
FILES: list[tuple[Path, Reader, str, str, list[str]]] = [
    (GROUPS_FILE, read_item_groups, "meaning: designed outside", "meanin: designed outside", ["unknown key 'meanin'", "meaning"]),
    (GROUPS_FILE, read_item_groups, "named: [l20]", "named: [l2]", ["no chip is called 'l2'", "'l20'"]),
    (GROUPS_FILE, read_item_groups, "      mi308x: {member", "      mi308: {member", ["no chip is called 'mi308'", "'mi308x'"]),
    (GROUPS_FILE, read_item_groups, "into: [h200-class,", "into: [h200-clas,", ["unknown group 'h200-clas'", "'h200-class'"]),
    (GROUPS_FILE, read_item_groups, "    named: [l20]", "    named: [l20]\n    unsure: member", ["'unsure'"]),
    (GROUPS_FILE, read_item_groups, "    criteria: {fact: origin, in: [us]}\n", "", ["either criteria or named"]),
    (COUNTRIES_FILE, read_countries, "groups: [free-2023, abroad]", "groups: [abroad]", ["'sg' is in none of", "exactly one"]),
    (COUNTRIES_FILE, read_countries, "[home, abroad]", "[home, free-2023, abroad]", ["'us' is in free-2023 and home of"]),
    (END_USERS_FILE, read_end_users, "{state_owned: true}", "{state_ownd: true}", ["'state_ownd' is no yes-no", "'state_owned'"]),
    (END_USERS_FILE, read_end_users, "segment: ai-labs", "segment: ai-lab", ["unknown segment 'ai-lab'", "'ai-labs'"]),
    (ITEM_FACTS_FILE, read_item_facts, "  mi355x: {value", "  mi355: {value", ["no chip is called 'mi355'", "'mi355x'"]),
    (ITEM_FACTS_FILE, read_item_facts, "exporter: amd}", "exporter: amdd}", ["'amdd' is no exporter", "'amd'"]),
    (ITEM_FACTS_FILE, read_item_facts, "amd: {origin: us,", "amd: {origin: uk,", ["found text 'uk'"]),
    (ITEM_FACTS_FILE, read_item_facts, "vendors:", "vendor:", ["unknown key 'vendor'", "'vendors'"]),
    (OFFERS_FILE, read_gate_products, "    mi325x:", "    mi325:", ["no chip is called 'mi325'", "'mi325x'"]),
]


@pytest.mark.parametrize(("source", "read", "old", "new", "fragments"), FILES)
def test_a_slip_in_a_file_is_refused_with_its_line(
    source: Path, read: Reader, old: str, new: str, fragments: list[str], tmp_path: Path
) -> None:
    text = source.read_text()
    assert old in text
    path = tmp_path / source.name
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read(path)
    assert f"{source.name}:" in str(caught.value)
    assert all(fragment in str(caught.value) for fragment in fragments), str(caught.value)


GROUP_SLIPS = [
    (
        "in_group: above-2023-line}\n    unsure: member\n  h20-class",
        "in_group: h20-class}\n    unsure: member\n  h20-class",
        "h20-class",
    ),
    ("{fact: origin, in: [us]}", "{fact: destination, in: [cn]}", "the transaction's 'destination'"),
    ("{fact: origin, in: [us]}", "{unknown: who made it}", "a question"),
    ("{fact: origin, in: [us]}", "{control: us/bis/advanced-computing/3a090-a}", "unknown rule"),
    ("{fact: origin, in: [us]}", '{fact: tpp, test: ">=", value: 4800}', "4800"),
]


@pytest.mark.parametrize(("old", "new", "fragment"), GROUP_SLIPS)
def test_a_group_asks_facts_of_the_item_and_groups_above_it(old: str, new: str, fragment: str, tmp_path: Path) -> None:
    text = GROUPS_FILE.read_text()
    assert old in text
    path = tmp_path / GROUPS_FILE.name
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=r"item_groups\.yaml:\d+") as caught:
        compile_groups(read_item_groups(path))
    assert fragment in str(caught.value)


def test_a_number_of_a_group_must_be_that_of_the_rule_it_repeats(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from countermove.policy import named_items
    from countermove.policy.rules import load_rules

    for old, new, fragment in (
        ("performance: {value: 4800,", "performance: {value: 4700,", "4700 tpp is no value of"),
        ("3a090-a/density}", "3a090-a/densty}", "did you mean 'density'"),
        ("repeats: us/bis/letters/h20-2025/", "repeats: us/bis/letters/h20-2024/", "did you mean 'us/bis/letters/h20-2025'"),
    ):
        path = tmp_path / GROUPS_FILE.name
        path.write_text(GROUPS_FILE.read_text().replace(old, new, 1))
        monkeypatch.setattr(named_items, "load_item_groups", lambda path=path: read_item_groups(path))
        with pytest.raises(InputError, match=r"item_groups\.yaml:\d+") as caught:
            named_items.check_repeated_values(load_rules())
        assert fragment in str(caught.value)


def test_rules_share_one_criterion_per_group_and_an_unknown_group_is_refused() -> None:
    assert compile_criterion({"fact": "item", "in_group": "h200-class"}, values=()) is group_criteria()["h200-class"]
    with pytest.raises(DataError, match="did you mean 'low-end'"):
        compile_criterion({"fact": "item", "in_group": "low-ends"}, values=())


def test_a_country_in_no_class_cannot_be_added_in_silence(tmp_path: Path) -> None:
    shutil.copy(COUNTRIES_FILE, tmp_path / "countries.yaml")
    path = tmp_path / "countries.yaml"
    path.write_text(
        path.read_text().replace("groups:\n  china:", "  zz: {name: Nowhere, aliases: [], groups: [abroad]}\ngroups:\n  china:")
    )
    with pytest.raises(InputError, match="'zz' is in none of"):
        read_countries(path)


def test_a_share_of_revenue_that_cannot_be_told_is_unknown_and_not_nothing() -> None:
    found = check("h20", on="2025-09-01", to="unknown", value_usd=1_000_000).duty
    assert found["revenue_share_reading"]["rate"] is None
    assert found["revenue_share_reading"]["status"] == "unknown"
    assert found["revenue_share_usd"] is None
    assert check("h20", on="2025-09-01", to="cn", value_usd=1_000_000).duty["revenue_share_usd"] == pytest.approx(150_000)
    assert check("h20", on="2025-09-01", to="sg", value_usd=1_000_000).duty["revenue_share_usd"] == 0.0


def test_the_text_says_that_the_share_cannot_be_told() -> None:
    shown = "\n".join(lines(check("h20", on="2025-09-01", to="unknown"), [], everything=False))
    assert "share of revenue: unknown" in shown
