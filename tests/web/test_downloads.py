"""What is downloaded is what the API computes, from the link alone; links of earlier releases open."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from countermove.web.link import read_link
from countermove.web.live import scenario_of

LINK = "v1&p=h200-rule%2Bban&f=2027-01&l.washington.duty=0.1&by=year&y=2030"


def test_csv_and_json_hold_the_same_numbers(client: Any) -> None:
    data = client.get(f"/data.json?{LINK}").json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"/data.csv?{LINK}").text)))
    assert list(rows[0]) == ["scenario", "outcome", "unit", "period", "quantile", "value"]
    for name, group in ((data["label"], "outcomes"), ("baseline: h200-2026", "references"), ("difference", "differences")):
        for outcome, bands in data[group].items():
            for level in ("p5", "median", "p95"):
                found = [
                    float(row["value"])
                    for row in rows
                    if (row["scenario"], row["outcome"], row["quantile"]) == (name, outcome, level)
                ]
                assert found == bands[level]


def test_the_data_of_a_link_are_those_of_the_screen(client: Any) -> None:
    data = client.get(f"/data.json?{LINK}").json()
    side = {"preset": "h200-rule+ban", "start": "2027-01", "levers": {"washington.duty": 0.1}}
    asked = {"scenario": side, "outcomes": list(data["outcomes"]), "by": "year", "year": 2030, "draws": 256}
    assert client.post("/api/live", json=asked).json()["outcomes"] == data["outcomes"]


def test_the_report_is_one_file_that_asks_for_nothing(client: Any) -> None:
    answer = client.get("/report.html?v1&p=h200-rule%2Bban")
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.text.startswith("<!doctype html>")
    assert 'src="http' not in answer.text
    assert "<script" not in answer.text or "http" not in answer.text.partition("<script")[2].partition("</script>")[0]


def table(name: str) -> list[dict[str, Any]]:
    """Return the links that the front end's tests read too."""
    path = Path(__file__).resolve().parents[2] / "frontend" / "tests" / name
    return list(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("one", table("links_refused.json"), ids=lambda one: str(one["name"]))
def test_a_link_of_which_a_part_does_not_fit_is_refused_with_the_part(client: Any, one: dict[str, Any]) -> None:
    answer = client.get(f"/data.json?{one['link'].removeprefix('#')}")
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert (error["where"], error["what"]) == (
        f"link ({one['part']})" if not one["what"].startswith("a link of version") else "link",
        one["what"],
    )
    assert error["hint"]


@pytest.mark.parametrize("query", ["v1&l.washington.dutty=1", "v1&p=h200-rulle", "v1&big=a,b", "v1&s.supply.nothing=1"])
def test_a_link_with_a_name_that_does_not_exist_is_refused(client: Any, query: str) -> None:
    answer = client.get(f"/data.json?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["hint"]


def test_a_date_has_no_chart(client: Any) -> None:
    answer = client.get("/data.csv?v1&big=parity_year_chip_decode,china_compute_h100e")
    assert answer.status_code == 400
    assert "date" in answer.json()["error"]["what"]


@pytest.mark.parametrize("one", table("links.json"), ids=lambda one: str(one["name"]))
def test_links_of_every_release_read_as_the_front_end_reads_them(one: dict[str, Any]) -> None:
    shown = read_link(one["link"])
    for side in ("a", "b"):
        found = getattr(shown, side).model_dump(mode="json")
        assert {key: value for key, value in found.items() if key in one[side]} == one[side]
        scenario_of(getattr(shown, side))
    for key in ("by", "year", "seed"):
        assert getattr(shown, key) == one.get(key, getattr(shown, key))
