"""The search, the questions people ask, tables on disk, and architectures from config.json."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.hardware.architecture import read_config
from countermove.hardware.serving import phases
from countermove.hardware.serving.frontier import best, frontier, search
from countermove.hardware.serving.question import Question, ask, resolve
from countermove.hardware.serving.table import predict_file
from countermove.hardware.workloads import load_models

ASKED = Question("hgx-h200", "deepseek-r1", 1024, 1024, software="sglang")
LLAMA = {
    "num_hidden_layers": 80,
    "hidden_size": 8192,
    "num_attention_heads": 64,
    "num_key_value_heads": 8,
    "intermediate_size": 28672,
    "vocab_size": 128256,
}


def test_the_frontier_trades_throughput_for_interactivity() -> None:
    request, count, _ = resolve(ASKED)
    found = frontier(search(request, count))
    assert len(found) > 3
    speed = [point.interactivity for point in found]
    rate = [point.tokens_per_s_per_chip[0] for point in found]
    assert speed == sorted(speed, reverse=True)
    assert rate == sorted(rate)


def test_limits_are_kept() -> None:
    request, count, _ = resolve(ASKED)
    points = search(request, count)
    chosen = best(points, tpot_limit=0.03, ttft_limit=5.0)
    assert chosen is not None
    assert chosen.tpot[0] <= 0.03
    assert best(points, tpot_limit=1e-6) is None


def test_an_answer_has_the_fixed_keys() -> None:
    answer = ask(Question("hgx-h200", "deepseek-r1", 1024, 1024, concurrency=64, tensor=8, software="sglang"))
    assert answer["refused"] is None
    for key in ("ttft_ms", "tpot_ms", "tokens_per_s_per_chip"):
        assert answer[key]["lo"] < answer[key]["median"] < answer[key]["hi"]
    assert answer["power_w_per_chip"] == pytest.approx(1730)


def test_a_model_that_does_not_fit_is_refused_with_the_numbers() -> None:
    answer = ask(Question("h200", "llama-3-1-405b", 1024, 1024, count=1))
    assert "needs about" in answer["refused"]
    assert answer["tpot_ms"]["median"] is None


def test_phases_give_rates() -> None:
    prefill = phases.answer("prefill", ASKED)
    train = phases.answer("train", Question("h100-sxm", "llama-3-1-405b", 8192, 1, precision="bf16"))
    assert prefill["tokens_per_s_per_chip"]["median"] > 500
    assert train["mfu"] == pytest.approx(0.42, rel=0.15)


def test_a_training_step_of_few_tokens_shows_its_fixed_time() -> None:
    model = load_models().llm("llama-3-1-8b")
    large, small = (
        phases.training_rate("h200-sxm", None, model, 8192, eight_bit=True, tokens_per_step=tokens)[0] for tokens in (1e9, 8192)
    )
    assert 8192 / small == pytest.approx(8192 / large + phases.STEP_SECONDS, rel=1e-3)


@pytest.mark.parametrize(("chip", "measured"), [("h100-sxm", 333.9), ("h200-sxm", 367.9), ("gb200", 741.5)])
def test_training_meets_mlperf(chip: str, measured: float) -> None:
    # MLPerf Training v5.0, Llama 3.1 405B on 512 accelerators; MLPerf name and logo are trademarks of MLCommons, result
    # retrieved from github.com/mlcommons, values per accelerator are not the primary metric of MLPerf.
    tokens, _ = phases.training_rate(chip, None, load_models().llm("llama-3-1-405b"), 8192, eight_bit=True)
    assert tokens == pytest.approx(measured, rel=0.15)


WRONG = {
    "no such system": (Question("h2000", "deepseek-r1", 1, 1), "no chip"),
    "no such model": (Question("h200", "deepseek-r9", 1, 1), "no model"),
    "no chips": (Question("h200", "deepseek-r1", 1, 1, count=0), "0 chips"),
    "no prompt": (Question("h200", "deepseek-r1", 0, 1), "--isl"),
    "no answer": (Question("h200", "deepseek-r1", 1, 0), "--osl"),
    "no load": (Question("h200", "deepseek-r1", 1, 1, concurrency=0), "--concurrency"),
    "half a request": (Question("h200", "deepseek-r1", 1, 1, concurrency=0.5), "at least 1"),
    "no limit": (Question("h200", "deepseek-r1", 1, 1, tpot_limit_ms=-1), "--tpot-ms"),
    "too many slices": (Question("h200", "deepseek-r1", 1, 1, tensor=16), "need 16 chips"),
    "no slices": (Question("h200", "deepseek-r1", 1, 1, tensor=-1), "--tp"),
    "experts of a dense model": (Question("h200", "llama-3-1-70b", 1, 1, tensor=8, expert=8), "has no experts"),
    "too many experts": (Question("h200", "deepseek-r1", 1, 1, tensor=2, expert=8), "at most tp x dp"),
    "too many stages": (Question("h200", "llama-3-1-8b", 1, 1, count=64, pipeline=64), "at most one stage"),
    "precision": (Question("h200", "deepseek-r1", 1, 1, precision="fp3"), "unknown precision"),
    "software": (Question("h200", "deepseek-r1", 1, 1, software="mystery"), "unknown serving software"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_questions_say_what_is_wrong(name: str) -> None:
    question, words = WRONG[name]
    with pytest.raises(InputError) as error:
        ask(question)
    assert words in str(error.value)


def test_an_architecture_from_a_config_file(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(LLAMA), encoding="utf-8")
    assert read_config(path).parameters == load_models().llm("llama-3-1-70b").parameters
    assert ask(Question("hgx-h200", str(path), 512, 128, concurrency=8, tensor=8))["refused"] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON"),
        ("[]", "no JSON object"),
        (json.dumps({**LLAMA, "hidden_size": "wide"}), "expected a count"),
        (json.dumps({key: value for key, value in LLAMA.items() if key != "vocab_size"}), "'vocab_size' is missing"),
        (json.dumps({**LLAMA, "num_hidden_layers": 0}), "at least 1"),
    ],
)
def test_bad_config_files(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_config(path)
    assert words in str(error.value)
    assert "config.json" in str(error.value)


def test_a_table_keeps_its_columns_and_adds_eight(tmp_path: Path) -> None:
    source, target = tmp_path / "rows.csv", tmp_path / "out.csv"
    source.write_text(
        "id,backend,model_path,system,precision,mode,isl,osl,batch_size,tp_size\n"
        "a,vllm,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,1024,1024,16,8\n"
        "b,vllm,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,1024,x,16,8\n"
        "c,vllm\n",
        encoding="utf-8",
    )
    assert predict_file(source, target) == {"rows": 3, "refused": 2}
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert [row["refused"] for row in rows] == ["false", "true", "true"]
    assert float(rows[0]["pred_tpot_lo"]) < float(rows[0]["pred_tpot_ms"]) < float(rows[0]["pred_tpot_hi"])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("layer_types", ["full_attention", "mamba"], "the work of 'mamba' is not counted"),
        ("mamba_d_state", 128, "state-space layers"),
        ("attn_type_list", [1, 0], "lightning attention"),
        ("quantization_config", {"quant_method": "mystery"}, "is not known"),
    ],
)
def test_layers_and_weights_that_are_not_counted_are_refused(tmp_path: Path, key: str, value: object, words: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**LLAMA, key: value}), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_config(path)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("stated", "weights"),
    [
        ({"quant_method": "fp8"}, "fp8"),
        ({"quant_method": "awq", "bits": 4}, "int4"),
        ({"quant_method": "gptq", "bits": 8}, "int8"),
        ({"quant_method": "mxfp4"}, "fp4"),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "fp4"),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, "int4"),
        ({"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": {"num_bits": 4, "type": "int"}}}}, "int4"),
    ],
)
def test_a_quantised_file_says_the_type_of_its_weights(tmp_path: Path, stated: dict[str, object], weights: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**LLAMA, "quantization_config": stated, "attn_type_list": [1, 1]}), encoding="utf-8")
    assert read_config(path).weight_type == weights
    request, _, assumed = resolve(Question("hgx-b200", str(path), 512, 128))
    assert request.precision == weights
    assert any("quantization_config" in words for words in assumed)


@pytest.mark.parametrize("content", [b"id,backend\n", b"\xff\xfe\x00", None])
def test_bad_tables(tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "rows.csv"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(InputError) as error:
        predict_file(source, tmp_path / "out.csv")
    assert "rows.csv" in str(error.value)
    assert not (tmp_path / "out.csv").exists()
