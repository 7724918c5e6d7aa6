"""Rows of the public serving tables: three ways to write parallelism, and what is refused with which words."""

from __future__ import annotations

import pytest

from countermove.hardware.serving.predictor import OUTPUT, predict_rows
from countermove.hardware.serving.rows import read_request, refusal

ROW = {
    "silicon_data_source": "db-dump/2026-04-27; silicon_concurrency=64; measured=2026-03-15T00:00:00.000Z; image:v0.5.9",
    "backend": "sglang",
    "backend_version": "0.5.9",
    "model_path": "deepseek-ai/DeepSeek-R1",
    "system": "h200_sxm",
    "precision": "fp8",
    "mode": "agg",
    "isl": "1024",
    "osl": "1024",
    "gemm_quant_mode": "fp8",
    "moe_quant_mode": "fp8_block",
    "batch_size": "64",
    "tp_size": "8.0",
    "pp_size": "1.0",
    "attention_dp_size": "1.0",
    "moe_tp_size": "8.0",
    "moe_ep_size": "1.0",
}


def changed(**values: str | None) -> dict[str, str | None]:
    return {**ROW, **values}


def test_a_plain_row() -> None:
    request = read_request(ROW)
    assert (request.chip.id, request.model.id, request.engine, request.precision) == ("h200-sxm", "deepseek-v3", "sglang", "fp8")
    assert (request.decode.tensor, request.decode.replicas, request.decode.chips) == (8, 1, 8)
    assert request.concurrency == 64
    assert request.month == pytest.approx(14.5)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        # (tp, dp, moe_tp, moe_ep) -> (tensor, replicas, chips, experts spread)
        (("8", "1", "1", "8"), (8, 1, 8, True)),
        (("1", "8", "1", "8"), (1, 8, 8, True)),
        (("64", "1", "8", "8"), (8, 1, 8, True)),
        (("16", "1", "4", "4"), (4, 1, 4, True)),
        (("1", "64", "8", "8"), (1, 8, 8, True)),
        (("4", "4", "1", "16"), (1, 4, 4, True)),
    ],
)
def test_three_ways_to_write_parallelism(given: tuple[str, ...], found: tuple[object, ...]) -> None:
    names = ("tp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size")
    worker = read_request(changed(**dict(zip(names, given, strict=True)))).decode
    assert (worker.tensor, worker.replicas, worker.chips, worker.expert_parallel) == found


def test_concurrency_falls_back_to_the_batch() -> None:
    assert read_request(changed(silicon_data_source="", batch_size="16")).concurrency == 16
    spread = changed(
        silicon_data_source="", batch_size="16", tp_size="1", attention_dp_size="8", moe_tp_size="1", moe_ep_size="8"
    )
    assert read_request(spread).concurrency == 128


def test_precision_falls_back_to_the_quantisation_and_the_repository() -> None:
    assert read_request(changed(precision="", moe_quant_mode="nvfp4")).precision == "fp4"
    blank = changed(precision="", moe_quant_mode="", gemm_quant_mode="", model_path="Qwen/Qwen3-235B-A22B-FP8")
    assert read_request(blank).precision == "fp8"
    assert read_request(changed(precision="", moe_quant_mode="", gemm_quant_mode="")).precision == "bf16"


BAD = {
    "no chip": (changed(system="h2000"), "system: no chip or system is called 'h2000'"),
    "no system": (changed(system=""), "system: the value is missing"),
    "no model": (changed(model_path="deepseek-ai/DeepSeek-R9"), "no model is called"),
    "no engine": (changed(backend="llama.cpp"), "unknown serving software 'llama.cpp'"),
    "no engine stated": (changed(backend=None), "backend: the value is missing"),
    "no mode": (changed(mode="both"), "unknown mode 'both'"),
    "precision": (changed(precision="fp3"), "unknown precision 'fp3'"),
    "zero prompt": (changed(isl="0"), "isl: 0 is outside"),
    "text prompt": (changed(isl="long"), "isl: expected a number, found 'long'"),
    "no answer": (changed(osl=""), "osl: the value is missing"),
    "negative answer": (changed(osl="-5"), "osl: -5 is outside"),
    "infinite": (changed(osl="inf"), "osl: inf is outside"),
    "zero load": (changed(silicon_data_source="", batch_size="0"), "batch_size: 0 is outside"),
    "zero stated load": (changed(silicon_data_source="silicon_concurrency=0"), "silicon_concurrency: 0 is outside"),
    "no load": (changed(silicon_data_source="", batch_size=""), "number of concurrent requests is missing"),
    "half a chip": (changed(tp_size="2.5"), "tp_size: expected a whole number"),
    "negative slices": (changed(tp_size="-1"), "tp_size: -1 is outside"),
    "impossible experts": (changed(moe_tp_size="3", moe_ep_size="5"), "do not match 8 chips"),
    "too large": (changed(tp_size="1", moe_tp_size="1"), "needs about"),
    "unknown facts": (changed(system="rubin-cpx"), "unknown"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_rows_get_a_reason_and_the_rest_completes(name: str) -> None:
    row, words = BAD[name]
    good, bad, again = predict_rows([ROW, row, ROW])
    assert bad["refused"] == "true"
    assert words in bad["reason"]
    assert "\n" not in bad["reason"]
    assert all(not bad[column] for column in OUTPUT[:6])
    assert good["refused"] == again["refused"] == "false"
    assert good == again


def test_a_refusal_is_no_exception() -> None:
    assert refusal({})[0] is None
    assert predict_rows([]) == []
