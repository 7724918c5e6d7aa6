"""What the commands print, and where: one document or a table on stdout, everything else on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countermove import __version__
from countermove.cli.documents import DOCUMENTS
from countermove.experiments.store import load_result

pytestmark = pytest.mark.usefixtures("toy")


@pytest.fixture(autouse=True)
def _no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports have tests of their own; here a stand-in is written."""
    monkeypatch.setattr("countermove.api.write_report", lambda stored, path: path.write_text("report"))


def test_run_prints_one_document_and_nothing_else(command) -> None:
    code, out, err = command("run", "h200-2026", "--draws", "50", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    DOCUMENTS["run"].model_validate(document)
    assert (document["scenario"], document["draws"], document["seed"]) == ("h200-2026", 50, 2026)
    assert out.count("\n") == 1


def test_compare_prints_one_document(command) -> None:
    code, out, err = command("compare", "no-h200", "h200-rule", "h200-rule+ban", "-n", "40", "--seed", "7", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    DOCUMENTS["compare"].model_validate(document)
    assert document["seed"] == 7
    assert [other["scenario"] for other in document["comparisons"]] == ["h200-rule", "h200-rule+ban"]


def test_quarters_are_printed_when_asked_for(command) -> None:
    points = json.loads(command("run", "h200-2026", "-n", "5", "--by", "both", "--json").out)["outcomes"]["sales"]["points"]
    assert {"2026", "2026Q1"} <= {point["period"] for point in points}


def test_the_table_fits_a_hundred_columns_and_stays_neutral(command) -> None:
    code, out, _ = command("run", "h200-rule+necessity", "--draws", "200", "--set", "levers.washington.duty=0.1")
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= 100
    assert "Sales (usd_bn)" in out
    assert "2026" in out
    assert "90%" in out
    assert "Charge on each sale: 0.1 from 2026-01 (status quo: 0.25)" in out
    assert not {"better", "good", "bad", "wins", "loses"} & set(out.lower().split())


def test_the_comparison_table_says_what_is_subtracted_from_what(command) -> None:
    code, out, _ = command("compare", "no-h200", "no-h200+ban", "--draws", "100")
    assert code == 0
    assert "no-h200+ban minus no-h200, draw by draw" in out
    assert "Before 2026-01 the scenarios are identical to the last bit." in out
    assert max(len(line) for line in out.splitlines()) <= 100


def test_out_writes_a_run_directory(command, tmp_path: Path) -> None:
    code, out, err = command("run", "h200-2026", "-n", "20", "--json", "--out", str(tmp_path / "run"))
    assert code == 0
    assert str(tmp_path / "run") in err
    stored = load_result(tmp_path / "run")
    assert stored.to_dict() == json.loads(out)
    assert (tmp_path / "run" / "report.html").is_file()


def test_quiet_says_nothing_on_stderr(command, tmp_path: Path) -> None:
    assert command("run", "h200-2026", "-n", "20", "--quiet", "--out", str(tmp_path / "run")).err == ""


def test_the_same_command_prints_the_same_bytes(command) -> None:
    arguments = ("run", "h200-rule+bundled", "-n", "77", "--json")
    assert command(*arguments).out == command(*arguments).out


def test_a_scenario_file_is_run(command, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("schema: 1\nid: mine\nlabel: Mine\nextends: h200-rule\nlevers: {washington.duty: 0.5}\n")
    document = json.loads(command("run", str(path), "-n", "5", "--json").out)
    assert document["scenario"] == "mine"
    assert document["levers"]["washington.duty"] == {"2026-02": 0.5}


def test_demo_compares_the_lead_scenarios_and_names_its_report(command, tmp_path: Path) -> None:
    code, out, _ = command("demo", "-n", "30", "--out", str(tmp_path / "demo"), "--quiet")
    assert code == 0
    assert f"Report: {tmp_path / 'demo' / 'report.html'}" in out
    assert (tmp_path / "demo" / "report.html").is_file()


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_every_document_has_a_schema(command, name: str) -> None:
    code, out, _ = command("schema", *name.split())
    assert code == 0
    schema = json.loads(out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["type"] == "object"


def test_the_version_is_that_of_the_package(command) -> None:
    import tomllib

    code, out, _ = command("--version")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert (code, out.strip()) == (0, f"countermove {__version__}")
    assert project["version"] == __version__


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["compare", "--help"], ["evidence", "--help"], ["demo", "--help"]]
)
def test_help_has_examples(command, arguments: list[str]) -> None:
    code, out, _ = command(*arguments)
    assert code == 0
    assert "Example" in out
    assert "countermove " in out


def test_no_arguments_show_the_help(command) -> None:
    code, out, err = command()
    assert code == 2
    assert "countermove run h200-2026" in out + err


def test_the_help_names_every_preset_and_suffix(command) -> None:
    from countermove import api

    out = command("run", "--help").out
    assert set(api.preset_names()) <= set(out.split())
    assert {f"+{name}" for name in api.suffix_names()} <= set(out.split())


def test_evidence_prints_text_or_a_document(command) -> None:
    path = "presets/h200-rule"
    assert "January 2026 rule" in command("evidence", path).out
    document = json.loads(command("evidence", path, "--json").out)
    DOCUMENTS["evidence"].model_validate(document)
    assert document["path"] == path
    assert path in command("evidence").out.splitlines()
    assert path in json.loads(command("evidence", "--json").out)["paths"]


def test_evidence_known_later_is_left_out(command) -> None:
    from countermove import api

    topic = next(path for path in api.evidence_paths() if path.startswith("claims/policy.cn"))
    everything = json.loads(command("evidence", topic, "--json").out)["claims"]
    early = json.loads(command("evidence", topic, "--known", "2023-01-01", "--json").out)["claims"]
    assert len(early) < len(everything)
