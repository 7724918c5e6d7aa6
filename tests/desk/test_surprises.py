"""The page of surprises asks questions that exist, and can be written."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from countermove.desk.checks import _scenarios, run_scenarios

SCRIPT = Path(__file__).parents[2] / "examples" / "what_surprised_us.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("what_surprised_us", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_question_names_scenarios_outcomes_and_parameters_that_exist(script: ModuleType) -> None:
    for check in script.questions():
        assert check.unit
        assert [scenario.id for scenario in _scenarios(check)] == list(check.runs)


def test_a_section_shows_the_belief_the_numbers_and_what_changes_them(script: ModuleType) -> None:
    surprise = next(one for one in script.SURPRISES if "cap" in one.title)
    asked = [*surprise.asked, *(script.turned(check, surprise) for check in surprise.asked)]
    text = "\n".join(script.section(surprise, run_scenarios(asked, draws=128)))
    assert "**Belief.**" in text
    assert "**Reading.**" in text
    assert text.count("$") >= 6 * len(surprise.asked)
    assert "h200_us_yearly" not in text
    assert "base of the" in text, "the driver is named in words"


def test_the_page_is_committed_and_says_how_it_was_made() -> None:
    page = (SCRIPT.parents[1] / "docs" / "explanation" / "what-surprised-us.md").read_text(encoding="utf-8")
    assert "python examples/what_surprised_us.py" in page
    assert page.count("**Belief.**") == page.count("**Reading.**") >= 5
