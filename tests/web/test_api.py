"""The API gives what the library gives, in the shapes that its OpenAPI document promises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from countermove.evidence.ledger import load_parameters
from countermove.experiments.run import run
from countermove.experiments.scenario import load_scenario
from countermove.web.live import Simulator, scenario_of
from countermove.web.schema import Side

REVENUE = "h200_china_revenue_usd_bn"
COMPUTE = "china_compute_h100e"
DUTY = {"levers": {"washington.duty": 0.1, "beijing.import_gate": 0.0}}


def live(client: Any, **asked: Any) -> dict[str, Any]:
    answer = client.post("/api/live", json={"draws": 8, "outcomes": [REVENUE], "headlines": [COMPUTE], **asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_twelve_levers_come_with_units_ranges_anchors_and_the_status_quo(client: Any) -> None:
    levers = client.get("/api/levers").json()["levers"]
    assert [sum(one["government"] == side for one in levers) for side in ("us", "cn")] == [7, 5]
    for one in levers:
        assert one["definition"]
        assert one["main"]["unit"]
        assert one["main"]["low"] < one["main"]["high"]
        assert one["baseline"]
        assert one["anchors"]


def test_presets_begin_with_the_status_quo_and_list_the_suffixes(client: Any) -> None:
    found = client.get("/api/presets").json()
    assert found["presets"][0]["id"] == "h200-2026"
    assert {"ban", "open", "necessity", "bundled", "70bn"} <= {one["id"] for one in found["suffixes"]}


@pytest.mark.parametrize("path", ["/api/levers", "/api/presets", "/api/outcomes"])
def test_the_same_address_with_json_gives_the_same(client: Any, path: str) -> None:
    assert client.get(path).content == client.get(f"{path}.json").content


def test_a_live_answer_has_the_quantiles_of_the_command_line(client: Any) -> None:
    answer = live(client, scenario=DUTY, by="year", draws=64)
    scenario = load_scenario("h200-2026").with_levers({"washington.duty": 0.1, "beijing.import_gate": 0.0}, start="2026-11")
    points = run(scenario, draws=64).quantiles()[REVENUE]
    for name in ("p5", "p25", "median", "p75", "p95"):
        assert answer["outcomes"][REVENUE][name] == pytest.approx([getattr(one, name) for one in points], rel=1e-5, abs=1e-12)
    assert answer["outcomes"][REVENUE]["periods"] == [one.period for one in points]


def test_the_fast_path_and_the_library_agree_to_the_last_bit() -> None:
    side = Side(preset="h200-rule+70bn", levers={"washington.duty": 0.4})
    _, fast = Simulator(accelerate=False).run(side, draws=64, seed=2026)
    slow = run(scenario_of(side), draws=64, periods=("quarter",)).outcomes
    for name in (REVENUE, COMPUTE, "us_china_compute_ratio_h100e"):
        assert np.array_equal(fast.series(name, "quarter"), np.stack(list(slow[name].values())))


@pytest.mark.parametrize(("by", "count"), [("year", 11), ("quarter", 44), ("month", 132)])
def test_bands_come_by_year_quarter_or_month_and_rise_from_p5_to_p95(client: Any, by: str, count: int) -> None:
    bands = live(client, by=by)["outcomes"][REVENUE]
    assert len(bands["periods"]) == count
    for low, high in zip(("p5", "p25", "median", "p75"), ("p25", "median", "p75", "p95"), strict=True):
        assert all(a <= b + 1e-9 for a, b in zip(bands[low], bands[high], strict=True))


def test_the_months_of_a_flow_add_up_to_its_year() -> None:
    _, found = Simulator(accelerate=False).run(Side(), draws=4, seed=1)
    months, years = found.series(REVENUE, "month"), found.series(REVENUE, "year")
    assert np.allclose(months.reshape(11, 12, 4).sum(axis=1), years)


def test_an_unchanged_scenario_differs_from_its_reference_by_exactly_nothing(client: Any) -> None:
    difference = live(client)["headlines"][COMPUTE]["difference"]
    assert (difference["p5"], difference["median"], difference["p95"]) == (0, 0, 0)


def test_a_headline_carries_the_scenario_the_reference_and_the_paired_difference(client: Any) -> None:
    found = live(client, scenario=DUTY, headlines=[COMPUTE, "parity_year_chip_decode"], year=2030)["headlines"]
    assert found[COMPUTE]["period"] == "2030"
    assert found[COMPUTE]["difference"]["median"] != 0
    assert found["parity_year_chip_decode"]["period"] == "horizon"
    assert 0 <= found["parity_year_chip_decode"]["scenario"]["censored"] <= 1


def test_detail_adds_the_bands_of_the_reference_and_of_the_difference(client: Any) -> None:
    plain, detailed = live(client, scenario=DUTY), live(client, scenario=DUTY, detail=True)
    assert not plain["differences"]
    assert set(detailed["differences"]) == set(detailed["references"]) == {REVENUE}


def test_history_is_the_same_whatever_the_levers_do_later(client: Any) -> None:
    one, other = live(client), live(client, scenario=DUTY)
    before = [i for i, period in enumerate(one["outcomes"][REVENUE]["periods"]) if period < "2026Q4"]
    for name in ("p5", "median", "p95"):
        assert [one["outcomes"][REVENUE][name][i] for i in before] == [other["outcomes"][REVENUE][name][i] for i in before]


def test_a_part_of_a_lever_can_be_set_alone(client: Any) -> None:
    answer = client.post("/api/scenario", json={"levers": {"beijing.import_gate.mode": "bundled"}}).json()
    assert answer["levers"]["beijing.import_gate.mode"][-1] == {"month": "2026-11", "value": "bundled"}
    assert answer["levers"]["beijing.import_gate"][-1]["value"] == pytest.approx(0.8)


def test_a_schedule_and_words_come_back_as_they_were_set(client: Any) -> None:
    side = {"levers": {"washington.duty": {"2027-01": 0.1, "2028-06": 0}, "washington.volume_cap": "none"}}
    levers = client.post("/api/scenario", json=side).json()["levers"]
    assert levers["washington.duty"][-2:] == [{"month": "2027-01", "value": 0.1}, {"month": "2028-06", "value": 0.0}]
    assert levers["washington.volume_cap"][-1]["value"] == "none"


def test_an_assumption_moves_the_result(client: Any) -> None:
    path, parameter = next((f"parameters/{name}", one) for name, one in load_parameters().items() if name.startswith("demand."))
    pinned = {path: parameter.prior.bounds()[1]}
    answer = live(client, scenario={"assumptions": pinned}, outcomes=[COMPUTE])
    assert answer["outcomes"][COMPUTE]["median"] != answer["reference_medians"][COMPUTE]


def test_run_and_compare_give_the_documents_of_the_command_line(client: Any) -> None:
    document = client.post("/api/run", json={"draws": 8, "outcomes": [REVENUE]}).json()
    assert document["outcomes"].keys() == {REVENUE}
    assert {"scenario", "version", "seed", "draws", "outcomes"} <= document.keys()
    compared = client.post("/api/compare", json={"draws": 8, "scenarios": [{}, {"preset": "h200-rule+ban"}, DUTY]}).json()
    assert [one["scenario"] for one in compared["comparisons"]] == ["h200-rule+ban", "h200-2026 (changed)"]


def test_openapi_describes_every_address_and_its_schemas(client: Any) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/api/live", "/api/run", "/api/compare", "/api/levers"} <= document["paths"].keys()
    text = str(document)
    for name in document["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text, name
    assert document["components"]["schemas"]["LiveRequest"]["additionalProperties"] is False


def test_the_answer_tells_which_request_it_belongs_to(client: Any) -> None:
    assert live(client, sequence=7)["sequence"] == 7


def test_looking_things_up_gives_what_the_library_gives(client: Any) -> None:
    assert client.get("/api/evidence/parameters/supply.hbm_imports").json()["kind"] == "parameter"
    assert client.get("/api/search?q=hbm+stacks+imported").json()["hits"][0]["path"] == "parameters/supply.hbm_imports"
    assert len(client.get("/api/claims/h200-2026").json()["claims"]) == 24
    assert client.get("/api/catalog/chips/h200.json").json()["rows"][0]["id"] == "h200-sxm"
    assert client.get("/api/check/h200?to=cn&on=2026-02-01").json()["us"]["outcome"] == "reviewable"
    assert {one["government"] for one in client.get("/api/timeline/h200").json()["spells"]} == {"us", "cn"}
    assert client.get("/api/substitute/h200?workload=decode&count=8").json()["rows"]


@pytest.mark.parametrize(
    "path",
    ["evidence/nothing", "catalog/chipss", "catalog/chips/h2000", "claims/nothing", "check/h200?secret=1", "check/h200?on=soon",
     "substitute/h200?count=-1", "substitute/h200?workload=mining"],
)  # fmt: skip
def test_looking_up_what_does_not_exist_is_refused_with_a_hint(client: Any, path: str) -> None:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["what"]


def test_what_drives_an_outcome_is_ranked_and_explained(client: Any) -> None:
    found = client.post("/api/drivers", json={"outcome": COMPUTE, "year": 2030}).json()
    strengths = [abs(one["correlation"]) for one in found["drivers"]]
    assert strengths == sorted(strengths, reverse=True)
    assert found["mechanisms"]
