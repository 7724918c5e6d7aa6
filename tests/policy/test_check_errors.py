"""Bad input to check, timeline and whatif, and malformed provisions: what is wrong, where, and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermove.cli.app import main
from countermove.errors import CountermoveError, InputError
from countermove.policy.check_arrays import check_many
from countermove.policy.check_timeline import timeline
from countermove.policy.checks import check
from countermove.policy.rules import RULES, read_rules
from countermove.policy.whatif import load_proposal, parse_proposal, whatif

WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"item": "h201-sxm"}, ["no item is called 'h201-sxm'", "did you mean 'h20"]),
    ({"item": "custom"}, ["a custom item needs numbers", "--tpp"]),
    ({"on": "2021-12-31"}, ["--on", "outside the rules' clock", "2022-01-01"]),
    ({"on": "2033-01-01"}, ["outside the rules' clock"]),
    ({"on": "2026-02-30"}, ["'2026-02-30' is not a date"]),
    ({"known": "2021"}, ["--known", "outside the rules' clock"]),
    ({"quantity": -5}, ["--quantity", "not a whole number from 0"]),
    ({"quantity": 1.5}, ["--quantity", "not a whole number"]),
    ({"quantity": 0}, ["the quantity is 0"]),
    ({"quantity": "many"}, ["'many' is not a number"]),
    ({"value_usd": -1}, ["--value-usd"]),
    ({"us_units": float("nan")}, ["--us-units"]),
    ({"to": "chna"}, ["no country that the rules know", "did you mean 'china'"]),
    ({"parent": "atlantis"}, ["--parent", "no country that the rules know"]),
    ({"end_user": "milittary"}, ["no kind of end user", "did you mean 'military'"]),
    ({"end_use": "trainning"}, ["did you mean 'training'"]),
    ({"route": "from-use"}, ["did you mean 'from-us'"]),
    ({"route": "from-us", "departure": "sg"}, ["cannot leave from sg", "change one of --route"]),
    ({"route": "re-export", "departure": "us"}, ["a re-export does not leave from the United States"]),
    ({"route": "re-export", "departure": "cn"}, ["crosses no border"]),
    ({"route": "in-country", "departure": "sg"}, ["an in-country transfer to cn cannot leave from sg"]),
    ({"route": "from-us", "to": "us"}, ["cannot go to the United States"]),
    ({"facts": {"us_tset": "no"}}, ["no fact is called 'us_tset'", "did you mean 'us_test'"]),
    ({"facts": {"us_test": "maybe"}}, ["neither yes nor no"]),
    ({"facts": {"listed_ownership": 60}}, ["a share above 1", "0.5 for 50%"]),
    ({"end_user": "military", "facts": {"military_user": "no"}}, ["contradicts military_user"]),
    ({"item": "custom", "tpp": -1}, ["not a finite number from 0"]),
    ({"item": "custom", "tpp": 0}, ["is 0", "above 0"]),
    ({"item": "custom", "tpp": "fast"}, ["'fast' is not a number"]),
    ({"item": "custom", "tpp": float("inf")}, ["not a finite number"]),
]


@pytest.mark.parametrize(("stated", "fragments"), WRONG, ids=[str(stated) for stated, _ in WRONG])
def test_bad_input_is_named_with_a_remedy(stated: dict[str, Any], fragments: list[str]) -> None:
    item = stated.get("item", "h200-sxm")
    with pytest.raises(InputError) as caught:
        check(item, **{name: value for name, value in stated.items() if name != "item"})
    message = str(caught.value)
    assert len(message.splitlines()) <= 2
    for fragment in fragments:
        assert fragment in message


COMMANDS: list[tuple[list[str], list[str]]] = [
    (["check", "h201"], ["no item is called 'h201'"]),
    (["check", "h200", "--quantity", "-3"], ["--quantity", "whole number"]),
    (["check", "h200", "--on", "2019-01-01"], ["outside the rules' clock"]),
    (["check", "h200", "--fact", "us_test"], ["expected name=value"]),
    (["check", "h200", "--fact", "us_test=no", "--fact", "us_test=yes"], ["given twice"]),
    (["check", "h200", "--route", "from-us", "--from", "sg"], ["cannot leave from sg", "change one of --route, --from"]),
    (["check", "h200", "--checklist", "h200.docx"], ["'.docx' is no ending of a checklist", ".md"]),
    (["check", "h200", "--checklist", "no-such-folder/h200.md"], ["cannot write"]),
    (["timeline", "h201"], ["no item is called"]),
    (["timeline", "h200", "--svg", "h200.png"], ["does not end in .svg"]),
    (["timeline", "h200", "--known", "2025-01-01", "--as-known-then"], ["exclude one another"]),
    (["whatif", "no-such.yaml"], ["the proposal does not exist"]),
]


@pytest.mark.parametrize(("arguments", "fragments"), COMMANDS, ids=[" ".join(arguments) for arguments, _ in COMMANDS])
def test_the_command_line_says_it_in_two_lines_and_exits_with_2(
    arguments: list[str],
    fragments: list[str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    printed = capsys.readouterr()
    assert (stopped.value.code, printed.out) == (2, "")
    assert len(printed.err.strip().splitlines()) <= 2
    for fragment in fragments:
        assert fragment in printed.err
    assert list(tmp_path.iterdir()) == []


PROPOSALS: list[tuple[str, list[str]]] = [
    ("schema: 2\nfrom: '2026-11'\n", ["expected 'schema: 1'"]),
    ("schema: 1\nfrom: '2026-11'\n", ["the proposal changes nothing"]),
    ("schema: 1\nchange:\n  us/bis/letters/h20-2025: {memory_bandwidth: 800}\n", ["the key 'from' is missing"]),
    ("schema: 1\nfrom: '2026-13'\nremove: [us/bis/letters/h20-2025]\n", ["mine:2", "'2026-13' is not a date"]),
    ("schema: 1\nfrom: '2026-11'\nremove: [us/bis/letters/h20-2026]\n", ["mine:3", "did you mean 'us/bis/letters/h20-2025'"]),
    (
        "schema: 1\nfrom: '2026-11'\nchange:\n  us/bis/letters/h20-2025: {memory_bandwith: 800}\n",
        ["mine:4", "did you mean 'memory_bandwidth'"],
    ),
    ("schema: 1\nfrom: '2026-11'\nchange:\n  us/bis/letters/h20-2025: {memory_bandwidth: -1}\n", ["mine:4", "is no threshold"]),
    (
        "schema: 1\nfrom: '2026-11'\nchange:\n  us/bis/letters/h20-2025: {memory_bandwidth: wide}\n",
        ["mine:4", "found text 'wide'"],
    ),
    ("schema: 1\nfrom: '2026-11'\nenact: [us/congress/chip-security]\n", ["mine:3", "no criteria that could be tested"]),
    ("schema: 1\nfrom: '2026-11'\nchnge: {}\n", ["unknown key 'chnge'", "did you mean 'change'"]),
    ("schema: 1\nfrom: '2026-11'\nlicensed_share: 2\nremove: [us/bis/letters/h20-2025]\n", ["mine:3", "is no share"]),
    (
        "schema: 1\nfrom: '2026-11'\nadd:\n  us/x: {title: X, values: {}, criteria: {fact: tppp, test: '>=', value: x}}\n",
        ["mine:4", "no fact is called 'tppp'", "did you mean 'tpp'"],
    ),
    (
        "schema: 1\nfrom: '2026-11'\nadd:\n  us/x: {title: X, values: {}, criteria: {fact: tpp, test: '>=', value: 4800}}\n",
        ["mine:4", "the number 4800 stands in a criterion"],
    ),
]


@pytest.mark.parametrize(("text", "fragments"), PROPOSALS)
def test_a_bad_proposal_is_named_with_its_line(text: str, fragments: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        parse_proposal(text, "mine")
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_a_proposal_is_not_judged_before_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "later.yaml"
    path.write_text('schema: 1\nfrom: "2026-06-01"\nremove: [us/bis/letters/h20-2025]\n')
    with pytest.raises(InputError, match="before the proposal holds"):
        whatif(load_proposal(path), on="2026-05-01")
    with pytest.raises(InputError, match="is a folder"):
        load_proposal(tmp_path)


def test_arrays_that_do_not_fit_are_refused() -> None:
    for numbers, what in (
        ({"tpp": [1.0, 2.0], "die_mm2": [1.0]}, "differ in length"),
        ({"tpp": [-1.0]}, "negative or infinite"),
        ({"tpp": [[1.0]]}, "2 dimensions"),
        ({"route": [1.0]}, "no number of an item"),
        ({"tppp": [1.0]}, "no fact is called"),
        ({"tpp": []}, "empty"),
    ):
        with pytest.raises(InputError, match=what):
            check_many(numbers, on="2026-02-01")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="outside the rules' clock"):
        timeline("h200", until="2040-01-01")


LETTER = "us/bis/letters/h20-2025.yaml"
MALFORMED: list[tuple[Callable[[str], str], list[str]]] = [
    (
        lambda text: text.replace("fact: memory_bandwidth_gb_s", "fact: memory_bandwith_gb_s"),
        ["no fact is called", "memory_bandwidth_gb_s"],
    ),
    (lambda text: text.replace("value: total_bandwidth}", "value: total}"), ["the rule has no value 'total'", "total_bandwidth"]),
    (lambda text: text.replace('test: ">="', "test: at-least", 1), ["no test is called 'at-least'"]),
    (lambda text: text.replace("value: interconnect}", "value: 1100}"), ["the number 1100 stands in a criterion"]),
    (lambda text: text.replace("status: in-force", "status: inforce", 1), ["status"]),
    (lambda text: text.replace('known: "2025-04-15"', 'known: "2025-04-31"', 1), ["not a date"]),
    (lambda text: text.replace("role: control", "role: controls"), ["role"]),
    (lambda text: text.replace("agency:", "agencies:", 1), ["agenc"]),
    (lambda text: text.replace("id: us/bis/letters/h20-2025", "id: us/bis/letters/h20"), ["is not the file's path"]),
    (lambda text: text.replace("in_group: arms-embargoed", "in_group: arms-embargo", 1), ["unknown group", "arms-embargoed"]),
    (lambda text: text.replace("in: [nvidia, amd, intel]", "in: [nvidea]"), ["'nvidea' is no exporter", "nvidia"]),
    (lambda text: text.replace("any:\n    - {fact", "some:\n    - {fact", 1), ["criteria"]),
    (
        lambda text: text.replace(
            'status: in-force, known: "2025-04-15"', 'status: stayed, known: "2025-04-15", until: "2026-01-01"', 1
        ),
        ["a clock needs both"],
    ),
    (lambda text: text + "title: twice\n", ["title"]),
    (lambda text: text.replace("role: control", "role: relax"), ["relaxes"]),
]


@pytest.mark.parametrize(("damage", "fragments"), MALFORMED)
def test_a_malformed_provision_fails_with_file_line_and_reason(
    damage: Callable[[str], str], fragments: list[str], tmp_path: Path
) -> None:
    root = tmp_path / "rules"
    target = root / LETTER
    target.parent.mkdir(parents=True)
    for needed in ("us/bis/advanced-computing", "us/bis/licensing"):
        shutil.copytree(RULES / needed, root / needed)
    text = (RULES / LETTER).read_text()
    target.write_text(damage(text))
    assert damage(text) != text
    with pytest.raises(CountermoveError) as caught:
        read_rules(root)
    message = str(caught.value)
    assert "h20-2025.yaml:" in message
    for fragment in fragments:
        assert fragment in message


def test_a_rule_that_names_a_rule_which_does_not_exist_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "rules"
    shutil.copytree(RULES / "us", root / "us")
    path = root / "us/bis/licensing/h20-licences-2025.yaml"
    path.write_text(path.read_text().replace("relaxes: [us/bis/letters/h20-2025", "relaxes: [us/bis/letters/h20-2024"))
    with pytest.raises(CountermoveError, match="did you mean 'us/bis/letters/h20-2025'"):
        read_rules(root)
