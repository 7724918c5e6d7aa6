"""What a wrong input is told: what, where, what to do; exit code 2, one or two lines, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from countermove.cli.app import main
from countermove.errors import InputError
from countermove.strategy.cells import Cells
from countermove.strategy.game_file import load_game
from countermove.strategy.normal_form import NormalForm
from countermove.strategy.payoffs import score
from countermove.strategy.profiles import profile, read_profiles
from countermove.strategy.quantal import quantal_path
from countermove.strategy.refusal.beliefs import belief, set_priors
from countermove.strategy.refusal.setting import read_setting

HEAD = "schema: 1\nkind: game\nid: mine\nlabel: Mine\nwindow: {first: 2026, last: 2028}\n"
SIDES = "washington:\n  a: {preset: no-h200}\nbeijing:\n  b: {suffixes: [ban]}\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (HEAD + "washington: {}\nbeijing:\n  b: {suffixes: [ban]}\n", "the strategy set of Washington is empty"),
        (HEAD + SIDES.replace("no-h200", "no-h20"), "did you mean"),
        (HEAD + SIDES.replace("preset: no-h200", "presett: no-h200"), "did you mean 'preset'?"),
        (HEAD + SIDES.replace("suffixes: [ban]", "levers: {washington.duty: 0.1}"), "sets washington.duty"),
        (HEAD + SIDES.replace("suffixes: [ban]", "levers: {beijing.import_gat: 1}"), "beijing.import_gate"),
        (HEAD + SIDES.replace("suffixes: [ban]", "levers: {beijing.import_gate: 7}"), "import_gate"),
        (HEAD.replace("2028", "2025") + SIDES, "the window runs from 2026 to 2025"),
        (HEAD.replace("schema: 1", "schema: 2") + SIDES, "schema"),
        (HEAD.replace("kind: game", "kind: gam") + SIDES, "did you mean 'game'?"),
        (HEAD + SIDES + "beijing_grid: {levers: {}}\n", "a grid without values"),
        (HEAD + SIDES + "washington_grid: {levers: {washington.duty: [" + "0.1, " * 401 + "0.2]}}\n", "at most 400"),
    ],
)
def test_a_wrong_game_file_is_told_where_and_what_to_do(tmp_path: Path, body: str, said: str) -> None:
    file = tmp_path / "game.yaml"
    file.write_text(body)
    with pytest.raises(InputError) as raised:
        load_game(file)
    assert said in str(raised.value)
    assert "game.yaml" in str(raised.value)
    assert len(str(raised.value).splitlines()) <= 2


def weigh(**weights: float) -> Callable[[], object]:
    return lambda: profile("mine", "washington", weights)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (weigh(duty_proceed_usd_bn=1.0), "did you mean 'duty_proceeds_usd_bn'?"),
        (weigh(parity_year_chip_decode=1.0), "is a date"),
        (weigh(duty_proceeds_usd_bn=0.0), "the weights add up to zero"),
        (weigh(duty_proceeds_usd_bn=float("nan")), "finite"),
        (lambda: load_game("leda"), "did you mean 'lead'?"),
        (lambda: load_game("nowhere.yaml"), "does not exist"),
        (lambda: NormalForm((), ("a",), np.zeros((0, 1)), np.zeros((0, 1))), "has no strategies"),
        (lambda: NormalForm(("a",), ("b",), np.array([[np.inf]]), np.zeros((1, 1))), "payoffs must be finite"),
        (lambda: NormalForm(("a",), ("b",), np.zeros((2, 1)), np.zeros((1, 1))), "shape"),
        (lambda: quantal_path(NormalForm(("a",), ("b",), np.zeros((1, 1)), np.zeros((1, 1))), (-1.0,)), "lambda is -1"),
        (lambda: set_priors({"x": np.zeros(4, dtype=bool)}, {"x": 0.5}), "no draw has x"),
        (lambda: belief(np.array([True, False]), np.array([0.5, 0.5]), np.zeros(2)), "impossible under every type"),
    ],
)
def test_wrong_values_raise_input_errors(wrong: Callable[[], object], said: str) -> None:
    with pytest.raises(InputError) as raised:
        wrong()
    assert said in str(raised.value)


def test_outcomes_that_are_not_finite_are_refused(small_cells: Cells) -> None:
    broken = small_cells.values.copy()
    broken[0, 0, small_cells.outcomes.index("duty_proceeds_usd_bn"), 0, 3] = np.nan
    cells = Cells(small_cells.washington, small_cells.beijing, small_cells.outcomes, small_cells.years, broken, 7, 0)
    with pytest.raises(InputError, match="not finite in draw 3"):
        score(cells, profile("mine", "washington", {"duty_proceeds_usd_bn": 1.0}), 0.05)


def test_a_profile_file_that_names_an_unknown_outcome_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "profiles.yaml"
    file.write_text("schema: 1\nkind: profiles\nwashington:\n  mine:\n    label: Mine\n    weights: {duty: 1}\n")
    with pytest.raises(InputError, match=r"profiles.yaml:6"):
        read_profiles(file)


def test_a_setting_with_an_impossible_event_or_a_zero_prior_is_refused(tmp_path: Path) -> None:
    from countermove.strategy.game_file import GAMES

    text = (GAMES / "refusal.yaml").read_text()
    file = tmp_path / "setting.yaml"
    for before, after, said in (
        ("likelihood: {refuse: 1.0, narrow: 0.25, open: 0.02}", "likelihood: {refuse: 0, narrow: 0, open: 0}", "impossible"),
        ("  prior: 0.3\n", "  prior: 0\n", "greater than 0"),
        ("likelihood: {refuse: 1.0, narrow: 0.25, open: 0.02}", "likelihood: {refuse: 1.5, narrow: 0, open: 0}", "0 to 1"),
    ):
        assert before in text
        file.write_text(text.replace(before, after, 1))
        with pytest.raises(InputError, match=said):
            read_setting(file)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["play", "nogame"], "no game or preset"),
        (["play", "lead", "--washington", "lead-frist"], "did you mean 'lead-first'?"),
        (["play", "lead", "--order", "us-frist"], "did you mean 'us-first'?"),
        (["play", "lead", "--also", "bom"], "did you mean 'bomb'?"),
        (["play", "lead", "--draws", "0"], "draws"),
        (["infer", "refusal", "--events", "refusl"], "did you mean 'refusal'?"),
        (["infer", "refusal", "--events", ","], "no event is chosen"),
        (["infer", "refusal", "--prior", "chip_parity=0"], "strictly between 0 and 1"),
        (["infer", "refusal", "--prior", "chip_parity"], "is no prior"),
        (["infer", "refusal", "--prior", "chip_partiy=0.5"], "did you mean 'chip_parity'?"),
        (["infer", "refusal", "--lambda", "-1"], "lambda is -1"),
        (["infer", "refusal", "--mode", "short"], "did you mean 'short-game'?"),
    ],
)
def test_the_command_line_says_it_in_two_lines_with_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert printed.out == ""
    assert said in printed.err
    assert len(printed.err.strip().splitlines()) <= 2
