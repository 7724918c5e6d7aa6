"""What each command prints with --json is what `countermove schema` says of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from countermove.cli.app import app
from countermove.cli.documents import DOCUMENTS

Command = Callable[..., Any]

FIXED = {
    "run": ["scenario", "version", "seed", "draws", "outcomes"],
    "compare": ["scenario", "version", "seed", "draws", "outcomes"],
    "check": ["item", "on", "known", "us", "cn", "duty", "item_metrics"],
    "predict": ["ttft_ms", "tpot_ms", "tokens_per_s_per_chip", "power_w_per_chip", "refused"],
    "play": ["players", "payoffs", "strategies", "equilibria", "best_replies", "orders"],
    "infer refusal": ["events", "lambda", "capabilities"],
    "hindcast": ["fit_to", "series"],
    "hindcast --rolling": ["origins", "pooled", "reference"],
    "forecasts": ["register", "scores"],
    "claims": ["case", "claims"],
    "read": ["claims"],
}
"""Keys that were promised to scripts, whatever else changes."""

RUN, SWEEP, TABLE, PROPOSAL, ARTICLE = "stored run", "stored sweep", "table", "proposal", "article"
ACTUALS = "actuals.csv"
PREDICT = ["predict", "--system", "hgx-h200", "--model", "deepseek-r1", "--isl", "1024"]
PRINTED: dict[str, list[list[str]]] = {
    "run": [["run", "h200-2026", "-n", "16", "--by", "both"]],
    "compare": [["compare", "no-h200", "h200-rule", "-n", "16"]],
    "demo": [["demo", "-n", "8", "--out", "demo"]],
    "reproduce": [["reproduce", RUN]],
    "claims": [
        ["claims", "h200-2026", "--rows", "C2,C8", "-n", "64"],
        ["claims", "h200-2026", "--no-model"],
        ["claims", "--from", ARTICLE, "-n", "16"],
    ],
    "explain": [["explain", RUN, "domestic_ai_chip_revenue_usd_bn"], ["explain", RUN, "parity_year_chip_decode"]],
    "evidence": [["evidence"], ["evidence", "parameters/supply.hbm_imports"], ["evidence", "presets/h200-rule"]],
    "catalog": [["catalog", kind] for kind in ("chips", "systems", "models")] + [["catalog", "chips", "h200"]],
    "check": [["check", "h200"], ["check", "custom", "--tpp", "9000"], ["check", "h20", "--to", "sg", "--parent", "cn"]],
    "timeline": [["timeline", "h200"]],
    "whatif": [["whatif", PROPOSAL]],
    "predict": [
        [*PREDICT, "--tp", "8", "--concurrency", "64"],
        [*PREDICT, "--count", "1"],
        *([*PREDICT, "--phase", phase] for phase in ("prefill", "decode", "train")),
    ],
    "predict --batch": [["predict", "--batch", TABLE, "--out", "predicted.csv"]],
    "substitute": [["substitute", "h200", "--workload", workload] for workload in ("training", "prefill", "decode")],
    "play": [["play", "h200-rule", "-n", "16", "--no-cache"]],
    "infer refusal": [["infer", "refusal", "-n", "16", "--no-cache"]],
    "sweep": [["sweep", "sweep.yaml", "--out", SWEEP, "--executor", "serial", "--resume"]],
    "sensitivity": [["sensitivity", SWEEP, "china_compute_h100e@2028", "--scenario", "h200-rule+open"]],
    "robustness": [["robustness", SWEEP, "china_compute_h100e@2028", "--want", "less", "--threshold", "10000"]],
    "discover": [["discover", SWEEP, "--scenario", "h200-rule+open", "--when", "china_compute_h100e@2028 > 12500"]],
    "what-matters": [["what-matters", "-n", "100", "--switch-draws", "64", "--only", "supply.hbm_domestic_2026"]],
    "reproductions list": [["reproductions", "list"], ["reproductions"]],
    "reproductions show": [["reproductions", "show", "ifp-hopper"]],
    "reproductions run": [["reproductions", "run", "bernstein-2025-gap"]],
    "doctor": [["doctor", "--no-run"]],
    "read": [["read", ARTICLE]],
    "review": [["review", "--overlay", "overlay"]],
    "forecasts": [["forecasts"], ["forecasts", "--score", ACTUALS]],
}
RECORDED = {
    "calibrate": "posterior-fit.json",
    "hindcast": "hindcast-2024-12-*.json",
    "hindcast --rolling": "rolling-*.json",
}
"""Documents that take minutes to make, by the files that keep them."""
ENSEMBLES = Path(__file__).parents[2] / "src" / "countermove" / "data" / "ensembles"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a stored run, a stored sweep, a proposal and a table, made by the commands themselves."""
    from countermove.cli.app import main

    made = tmp_path_factory.mktemp("documents")
    (made / "sweep.yaml").write_text(
        "schema: 1\nscenarios: [h200-rule+open, h200-rule+ban]\n"
        "design: {kind: latin-hypercube, points: 16, factors: {levers.washington.duty: [0, 0.5]}}\n"
        'draws: 16\noutcomes: [china_compute_h100e]\nperiods: ["2028"]\n'
    )
    (made / PROPOSAL).write_text(
        'schema: 1\nid: lower-line\nfrom: "2026-11-01"\n'
        "change:\n  us/bis/licensing/review-policy-2026: {performance: 10000}\nenact: [us/congress/ai-overwatch]\n"
    )
    (made / ACTUALS).write_text("series,period,value,unit\ncambricon_revenue_cny_bn,2027Q4,4.2,CNY bn\n")
    (made / TABLE).write_text("backend,model_path,system,isl,osl\ntrtllm,deepseek-r1,h200_sxm,1024,128\n")
    (made / ARTICLE).write_text("Huawei shipped 812,000 cards in 2025, IDC said. Nvidia declined to comment.")
    for words in (
        ["run", "h200-2026", "-n", "16", "--out", str(made / RUN)],
        ["sweep", str(made / "sweep.yaml"), "--out", str(made / SWEEP), "--executor", "serial"],
    ):
        with pytest.raises(SystemExit) as stopped:
            main([*words, "--quiet"])
        assert not stopped.value.code
    return made


def commands_with(option: str) -> Iterator[str]:
    """Names of all commands, in the words that one types, that have an option."""

    def walk(group: Any, words: tuple[str, ...]) -> Iterator[str]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from walk(command, (*words, name))
            elif any(option in getattr(parameter, "opts", ()) for parameter in command.params):
                yield " ".join((*words, name))

    yield from walk(typer.main.get_command(app), ())


def test_every_command_that_prints_a_document_has_a_schema() -> None:
    assert set(commands_with("--json")) <= set(DOCUMENTS)
    assert set(DOCUMENTS) - set(commands_with("--json")) == {"predict --batch", "hindcast --rolling"}


def test_every_schema_is_compared_with_what_is_printed() -> None:
    assert set(PRINTED) | set(RECORDED) == set(DOCUMENTS)


CASES = [(name, words) for name, every in PRINTED.items() for words in every]


@pytest.mark.parametrize(("name", "words"), CASES, ids=[" ".join(words) for _, words in CASES])
def test_a_command_prints_what_its_schema_says(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: list[str]
) -> None:
    monkeypatch.chdir(folder)
    ended = command(*words, "--json")
    assert ended.code == 0, ended.err
    assert ended.out.count("\n") == 1
    DOCUMENTS[name].model_validate_json(ended.out, strict=True)
    assert set(FIXED.get(name, ())) <= set(json.loads(ended.out))


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_document_is_what_its_schema_says(name: str) -> None:
    recorded = sorted(ENSEMBLES.glob(RECORDED[name]))
    for path in recorded:
        DOCUMENTS[name].model_validate_json(path.read_text(encoding="utf-8"), strict=True)
        assert set(FIXED.get(name, ())) <= set(json.loads(path.read_text(encoding="utf-8")))


def test_a_hindcast_made_by_hand_is_what_its_schema_says() -> None:
    pytest.importorskip("jax")
    from countermove.inference.hindcast import Hindcast, Point
    from countermove.inference.hindcast_text import document
    from countermove.inference.known_priors import Known
    from countermove.inference.scores import Naive
    from countermove.outcomes.published import Published

    day = dt.date(2024, 12, 31)
    row = Published("idc-cards-amd", "amd_china_units", "2025", 160.0, 150.0, 170.0, stated=True, known=day)
    scored = Point(row, (1.0, 2.0, 3.0, 4.0, 5.0), False, 2.5, Naive(3.0, None, None))
    later = Point(replace(row, period="2026", value=float("nan")), (1.0, 2.0, 3.0, 4.0, 5.0), None, None, Naive(None, None, None))
    found = Hindcast(day, "strict", None, Known({}, (), ()), 0, 0, (scored, later), (later,))
    printed = DOCUMENTS["hindcast"].model_validate_json(json.dumps(document(found), allow_nan=False), strict=True)
    assert printed.model_dump()["series"]["idc-cards-amd"]["n"] == 1


@pytest.mark.parametrize(("name", "keys"), FIXED.items(), ids=FIXED)
def test_promised_keys_are_required_by_the_schema(command: Command, name: str, keys: list[str]) -> None:
    schema = json.loads(command("schema", *name.split()).out)
    assert set(keys) <= set(schema["required"])
    assert schema["title"] == f"countermove {name} --json"


def test_a_schema_is_asked_for_in_the_words_that_one_types(command: Command) -> None:
    assert command("schema", "infer", "refusal").out == command("schema", "infer").out
    assert json.loads(command("schema", "predict", "--batch").out)["required"] == ["rows", "refused", "out"]
    group = command("schema", "reproductions")
    assert (group.code, group.out) == (2, "")
    assert "one of: reproductions list, reproductions show, reproductions run" in group.err
