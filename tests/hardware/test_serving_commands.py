"""`countermove predict` and `countermove substitute` as people call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countermove.cli.app import main

PREDICT = ["predict", "--system", "hgx-h200", "--model", "deepseek-r1", "--isl", "1024", "--osl", "1024"]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    shown = capsys.readouterr()
    return int(stopped.value.code or 0), shown.out, shown.err


def test_predict_prints_the_fixed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, *PREDICT, "--concurrency", "64", "--tp", "8", "--software", "sglang", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["refused"] is None
    assert {"ttft_ms", "tpot_ms", "tokens_per_s_per_chip", "power_w_per_chip"} <= set(document)


def test_predict_says_what_it_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, *PREDICT, "--tpot-ms", "50")
    assert code == 0
    assert "assumed: weights in fp8" in out
    assert "parallelism" in out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--concurrency", "0"], "--concurrency"),
        (["--concurrency", "8", "--tpot-ms", "50"], "give one of them"),
        (["--tp", "16"], "need 16 chips"),
        (["--software", "sglan"], "sglang"),
        (["--phase", "prefil"], "prefill"),
        (["--batch", "missing.csv"], "--out"),
        (["--batch", "missing.csv", "--out", "out.csv"], "missing.csv"),
    ],
)
def test_wrong_options_say_what_to_do(capsys: pytest.CaptureFixture[str], more: list[str], words: str) -> None:
    code, out, err = call(capsys, *PREDICT, *more)
    assert code == 2
    assert out == ""
    assert words in err
    assert len(err.strip().splitlines()) <= 2


def test_predict_answers_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source, target = tmp_path / "rows.csv", tmp_path / "out.csv"
    source.write_text(
        "backend,model_path,system,precision,isl,osl,batch_size,tp_size\nvllm,openai/gpt-oss-120b,h100_sxm,fp4,1024,1024,8,2\n",
        encoding="utf-8",
    )
    code, out, _ = call(capsys, "predict", "--batch", str(source), "--out", str(target), "--json")
    assert code == 0
    assert json.loads(out)["refused"] == 0
    assert target.read_text(encoding="utf-8").splitlines()[0].endswith("pred_tpot_hi,refused,reason")


def test_predict_says_chips_in_use_the_bounds_of_power_and_what_it_read(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(
        capsys, "predict", "--system", "gb200-nvl72", "--model", "zhipuai/GLM-5", "--isl", "1024", "--concurrency", "9"
    )
    assert code == 0
    assert "time to first token (mean)" in out
    assert "tokens per second, 72 chips" in out
    assert "facility 2,100 W (idle" in out
    assert "'zhipuai/GLM-5' read as glm-5" in out


def test_a_recipe_is_faster_per_token_than_an_ordinary_deployment(capsys: pytest.CaptureFixture[str]) -> None:
    tpot = []
    for more in ([], ["--recipe"]):
        _, out, _ = call(capsys, *PREDICT, "--concurrency", "4", "--tp", "8", "--software", "sglang@0.5.9", *more, "--json")
        tpot.append(json.loads(out)["tpot_ms"]["median"])
    assert tpot[1] < tpot[0]


def test_substitute_counts_packages_and_says_what_it_compares(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "substitute", "rubin", "--candidates", "cloudmatrix-384")
    assert code == 0
    assert "packages (5-95%)" in out
    assert "not reached yet" in out or "or more" in out
    assert "-27" not in out
    assert "published for ascend-910c: 1,943 token/s/package" in out
    assert "`predict` answers another question" in out


def test_substitute_shows_both_gates(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "substitute", "h200", "--candidates", "h20", "--candidates", "cloudmatrix-384", "--json")
    rows = {row["candidate"]: row for row in json.loads(out)["rows"]}
    assert code == 0
    assert rows["cloudmatrix-384"]["gates"] == {"us": "no export", "cn": "no import"}
    assert rows["h20"]["gates"]["us"] in {"allowed", "reviewable", "denied", "unknown"}


def test_substitute_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "substitute", "h200", "--workload", "prefill", "--candidates", "h20")
    assert code == 0
    assert out.splitlines()[1].startswith("candidate")
