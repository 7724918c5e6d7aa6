"""From a number back to its sources, in the terminal and as plain data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from countermove import api
from countermove.cli.documents import DOCUMENTS
from countermove.desk.explain import every_source, explain, strongest
from countermove.desk.explain_text import lines
from countermove.experiments.rank_correlation import ranked
from countermove.experiments.result import Result
from countermove.outcomes import OUTCOMES


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_every_outcome_is_walked_to_sources_with_addresses(result: Result, outcome: str) -> None:
    document = explain(result, outcome)
    addresses = [url for url in every_source(document).values() if url]
    assert len(addresses) >= 5
    assert all(url.startswith("http") for url in addresses)
    assert document["mechanisms"][0]["steps"] == 0
    assert document["parameters"]
    json.dumps(document, allow_nan=False)
    assert lines(document)


def test_the_chain_names_only_what_exists(result: Result) -> None:
    document = explain(result, "china_compute_h100e")
    names = {found["name"] for found in document["mechanisms"]}
    paths = {found["path"] for found in document["parameters"]}
    for found in document["mechanisms"]:
        assert set(found["fed_by"]) <= names
        assert set(found["parameters"]) <= paths
        assert all(path in api.evidence_paths() for path in found["parameters"])
    for series in document["series"]:
        assert set(series["written_by"]) <= names
        assert set(series["parameters"]) <= paths


def test_a_strong_driver_is_found_and_its_range_is_that_of_its_prior() -> None:
    found = explain(api.run("h200-2026", draws=256), "parity_year_chip_decode")
    top = strongest(found, 3)
    assert {one["path"] for one in top} & {"parameters/research.launch_slip", "parameters/performance.ascend_scale"}
    prior = api.ledger().parameters[top[0]["path"].removeprefix("parameters/")].prior
    assert (top[0]["low"], top[0]["high"]) == prior.bounds()


def test_a_rank_correlation_is_spearmans() -> None:
    from scipy.stats import spearmanr

    dice = np.random.default_rng(3)
    one, other = dice.normal(size=200), np.round(dice.normal(size=200), 1)
    other += np.round(one, 1)
    assert np.mean(ranked(one) * ranked(other)) == pytest.approx(spearmanr(one, other).statistic)


def test_a_pinned_parameter_is_shown_as_set_by_the_scenario() -> None:
    pinned = api.run(api.load("h200-2026", sets=["parameters/supply.hbm_imports=12"]), draws=32)
    document = explain(pinned, "huawei_ascend_packages")
    one = next(found for found in document["parameters"] if found["path"] == "parameters/supply.hbm_imports")
    assert (one["low"], one["median"], one["high"]) == (12.0, 12.0, 12.0)
    assert one["basis"] == "set by the scenario"
    assert one["correlation"] is None


def test_other_data_give_no_correlations_and_say_so(result: Result) -> None:
    from dataclasses import replace

    document = explain(replace(result, data_hash="0" * 64), "china_compute_h100e")
    assert "the data have changed" in document["note"]
    assert all(found["correlation"] is None for found in document["parameters"])
    assert document["gates"] == []
    assert any("the data have changed" in line for line in lines(document))


def test_the_reading_of_a_gate_is_named_beside_the_parameters() -> None:
    document = explain(api.run("h200-2026", draws=128), "h200_china_units", period="2026")
    beijing = next(gate for gate in document["gates"] if gate["government"] == "Beijing")
    assert beijing["strength"] > document["noise"]
    assert sum(reading["share_of_draws"] for reading in beijing["readings"]) == pytest.approx(1.0)


def test_a_deeper_chain_and_all_of_it_are_longer(result: Result) -> None:
    document = explain(result, "domestic_ai_chip_revenue_usd_bn")
    sizes = [len(lines(document, depth=depth)) for depth in (0, 1, 2)]
    assert sizes == sorted(set(sizes))
    everything = lines(document, everything=True)
    assert len(everything) > sizes[-1]
    assert all(len(line) <= 100 or "http" in line for line in everything)


def test_the_command_explains_a_run_directory_and_a_preset(command, stored_run: Path, stored_comparison: Path) -> None:
    code, out, err = command("explain", str(stored_run), "h200_china_units", "--period", "2027Q2")
    assert (code, err) == (0, "")
    assert out.startswith("h200_china_units in 2027Q2, h200-rule+necessity (64 draws, seed 2026)")
    code, out, _ = command("explain", str(stored_comparison), "h200_china_units", "--scenario", "open-h200+open", "--json")
    document = json.loads(out)
    assert (code, document["run"]) == (0, "open-h200+open")
    DOCUMENTS["explain"].model_validate(document)
    code, out, _ = command("explain", "no-h200", "parity_year_chip_decode", "-n", "40", "--depth", "0", "-q")
    assert code == 0
    assert out.startswith("parity_year_chip_decode, no-h200 (40 draws")
