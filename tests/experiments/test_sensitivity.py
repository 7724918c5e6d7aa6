"""Sensitivity, discovery and robustness of small real sweeps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.experiments.discovery import discover
from countermove.experiments.robustness import robustness
from countermove.experiments.sensitivity import sensitivity
from countermove.experiments.sweep import sweep

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
draws: 192
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


@pytest.mark.parametrize(
    ("kind", "method", "key"), [("saltelli", "sobol", "total"), ("morris", "morris", "mean_absolute_effect")]
)
def test_what_matters_comes_first(kind: str, method: str, key: str, tmp_path: Path) -> None:
    found = sensitivity(made(tmp_path, DESIGN.replace("KIND", kind)), "domestic_ai_chip_revenue_usd_bn")
    assert found["method"] == method
    first, second = found["factors"]
    assert first["factor"] == "parameters/demand.legal_market_2028"
    assert second[key] == pytest.approx(0.0, abs=1e-9)


def test_delta_explains_a_paired_difference(pair: Path) -> None:
    found = sensitivity(pair, "china_compute_h100e", scenario="h200-rule+ban", against="h200-rule+open")
    assert found["outcome"] == "china_compute_h100e@2032 [h200-rule+ban] less [h200-rule+open]"
    deltas = [row["delta"] for row in found["factors"]]
    assert deltas == sorted(deltas, reverse=True)
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
