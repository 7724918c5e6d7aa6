"""Sensitivity, discovery and robustness of small real sweeps."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.experiments.discovery import discover
from countermove.experiments.robustness import robustness
from countermove.experiments.sensitivity import sensitivity
from countermove.experiments.sweep import sweep
from countermove.storage.checksums import write_list

try:
    import SALib
except ImportError:  # pragma: no cover
    SALib = None

pytestmark = pytest.mark.skipif(
    SALib is None and os.environ.get("REQUIRE_ALL") != "1", reason="SALib is not installed: pip install 'countermove[analysis]'"
)

PAIR = """\
schema: 1
scenarios: [h200-rule+open, h200-rule+ban]
draws: 1024
outcomes: [china_compute_h100e]
"""
DESIGN = """\
schema: 1
scenarios: [h200-2026]
design:
  kind: KIND
  points: 8
  factors:
    parameters/demand.legal_market_2028: prior
    parameters/us.displacement: prior
draws: 2
outcomes: [domestic_ai_chip_revenue_usd_bn]
"""


def made(folder: Path, text: str) -> Path:
    """Run a sweep and return its folder."""
    (folder / "sweep.yaml").write_text(text)
    sweep(folder / "sweep.yaml", folder / "out", executor="serial")
    return folder / "out"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("pair"), PAIR)


@pytest.mark.parametrize(("kind", "method", "error"), [("saltelli", "sobol", "total_error"), ("morris", "morris", "error")])
def test_what_matters_comes_first(kind: str, method: str, error: str, tmp_path: Path) -> None:
    found = sensitivity(made(tmp_path, DESIGN.replace("KIND", kind)), "domestic_ai_chip_revenue_usd_bn")
    assert found["method"] == method
    (first,) = found["factors"]
    assert first["factor"] == "parameters/demand.legal_market_2028"
    assert first[error] > 0.0
    assert found["indistinct"] == ["parameters/us.displacement"]


def test_delta_explains_a_paired_difference(pair: Path) -> None:
    found = sensitivity(pair, "china_compute_h100e", scenario="h200-rule+ban", against="h200-rule+open")
    assert found["outcome"] == "china_compute_h100e@2032 [h200-rule+ban] less [h200-rule+open]"
    deltas = [row["delta"] for row in found["factors"]]
    assert deltas == sorted(deltas, reverse=True)
    assert deltas
    assert all(0.0 < one < 1.0 for one in deltas)
    assert all(row["factor"].startswith(("parameters/", "gates.")) for row in found["factors"])
    with pytest.raises(InputError, match="sobol needs a saltelli design"):
        sensitivity(pair, "china_compute_h100e", method="sobol", scenario="h200-rule+ban")


def test_discovery_answers_a_question_on_real_runs(pair: Path) -> None:
    options = {"scenario": "h200-rule+ban", "against": "h200-rule+open"}
    found = discover(pair, when="china_compute_h100e@2032 < -700", **options)  # type: ignore[arg-type]
    assert 0.0 < found["share"] < 1.0
    assert found["box"]["density"] > found["share"]
    assert found["rules"][0]["density"] >= found["rules"][-1]["density"]
    for when, message in (
        ("china_compute_h100e", "cannot read"),
        ("power < 1", "kept no 'power'"),
        ("china_compute_h100e < 1e9", "every run"),
    ):
        with pytest.raises(InputError, match=message):
            discover(pair, when=when, **options)  # type: ignore[arg-type]


def test_regret_is_zero_for_the_best_setting_of_each_future(pair: Path) -> None:
    less = robustness(pair, "china_compute_h100e", more_is_better=False, threshold=60000)
    assert less["settings"][0]["scenario"] == "h200-rule+ban"
    assert sum(row["best_share"] for row in less["settings"]) >= 1.0
    assert all(row["regret_largest"] >= row["regret_p95"] >= 0.0 for row in less["settings"])
    assert all(0.0 <= row["meets_threshold_share"] <= 1.0 for row in less["settings"])


FEW = """\
schema: 1
scenarios: [h200-rule+open]
design:
  kind: latin-hypercube
  points: 200
  factors:
    parameters/us.displacement: prior
draws: 4
SHARED
outcomes: [china_compute_h100e]
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same sweep with draws of its own for every point of assumptions, and with the same four for all."""
    texts = {"own": FEW.replace("SHARED\n", ""), "common": FEW.replace("SHARED", "shared_draws: all")}
    return {name: made(tmp_path_factory.mktemp(name), text) for name, text in texts.items()}


def test_four_common_draws_make_no_drivers(few: dict[str, Path]) -> None:
    found = sensitivity(few["common"], "china_compute_h100e")
    assert found["factors"] == []
    assert found["indistinct"] == ["parameters/us.displacement"]
    (left,) = found["left_out"]
    assert left["reason"] == "the sweep has 4 joint draws, fewer than 100"
    assert "parameters/research.rolling_improvement" in left["factors"]


def test_every_point_of_assumptions_has_draws_of_its_own(few: dict[str, Path]) -> None:
    found = sensitivity(few["own"], "china_compute_h100e")
    assert found["left_out"] == []
    assert found["factors"][0]["factor"] == "parameters/research.rolling_improvement"
    assert "parameters/us.displacement" in found["indistinct"]
    assert all(0.0 < row["delta"] < 1.0 for row in found["factors"])


def test_one_draw_is_no_box(few: dict[str, Path]) -> None:
    found = discover(few["common"])
    assert found["worlds"] == 4
    assert found["box"]["limits"] == {}
    assert found["box"]["density"] == pytest.approx(found["share"])
    assert found["box"]["held_out"] is None
    assert [rule["conditions"] for rule in found["rules"]] == [()]


def test_a_box_says_on_how_many_worlds_it_rests_and_how_it_does_in_others(few: dict[str, Path]) -> None:
    found = discover(few["own"], density=0.5)
    box, test = found["box"], found["box"]["held_out"]
    assert 20 <= box["worlds"] <= box["cases"]
    assert 0.0 < box["density_error"] < 0.5
    assert test["density"] > test["elsewhere"]
    assert test["worlds"] < box["worlds"]
    assert 0.0 < test["chance"] < 1.0
    assert all(rule["worlds"] >= 20 for rule in found["rules"])


def test_an_assumption_is_no_setting(few: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"the sweep varies assumptions: parameters/us.displacement"):
        robustness(few["own"], "china_compute_h100e", more_is_better=False)


def test_what_other_data_gave_is_not_drawn_again(few: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(few["own"], out)
    manifest = json.loads((out / "sweep.json").read_text())
    manifest["fingerprint"] = json.dumps(json.loads(manifest["fingerprint"]) | {"data": "0" * 64})
    (out / "sweep.json").write_text(json.dumps(manifest))
    write_list(out)
    with pytest.raises(InputError, match="made with another data"):
        sensitivity(out, "china_compute_h100e")
