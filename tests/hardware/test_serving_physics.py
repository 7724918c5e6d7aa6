"""The physical model: what must grow with what, and the parts that published counts pin down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.fitted import load_fitted
from countermove.hardware.serving.physics import CLASSES, prepare, slowdowns, timing
from countermove.hardware.serving.predictor import predict_requests
from countermove.hardware.serving.rows import Instance, Request
from countermove.hardware.serving.steps import CHUNK, cache_limit, copies, decode_step, prefill_pass, prefill_share
from countermove.hardware.workloads import load_models


def request(
    model: str = "llama-3-1-70b", chip: str = "h200-sxm", tensor: int = 8, replicas: int = 1, load: float = 16, **more: object
) -> Request:
    worker = Instance(tensor, replicas, tensor * replicas, 1, replicas > 1, 1.0)
    found = Request(
        chip=load_catalogue().chip(chip),
        domain=None,
        model=load_models().llm(model),
        engine="vllm",
        version="0.19.0",
        precision="fp8",
        prefill=worker,
        decode=worker,
        split=False,
        prompt=1024,
        output=1024,
        concurrency=load,
        month=15.5,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def times(*requests: Request) -> tuple[np.ndarray, np.ndarray]:
    points = assemble(requests)
    found = timing(prepare(points), slowdowns(load_fitted().weights, points))
    return found.ttft, found.tpot


def test_decode_of_a_dense_model_reads_its_weights_once() -> None:
    points = assemble([request(load=1)])
    work = decode_step(points, np.ones(1))
    llm, chip = load_models().llm("llama-3-1-70b"), load_catalogue().chip("h200-sxm")
    read = (llm.parameters - llm.vocabulary * llm.hidden) / 8 / (chip.memory_bandwidth_tb_s or 0) / 1e12
    assert work.weight_read[0] == pytest.approx(read)
    assert work.expert_read[0] == 0


def test_prefill_counts_two_operations_per_active_parameter() -> None:
    points = assemble([request("deepseek-v3")])
    work = prefill_pass(points)
    operations = (work.weight_compute + work.expert_compute)[0] * points.peak[0] * 8
    assert operations == pytest.approx(1024 * load_models().llm("deepseek-v3").matrix_operations, rel=1e-6)


def test_replicas_that_read_prompts_together_share_the_weights_and_the_experts() -> None:
    one = assemble([request("deepseek-v3", tensor=8)])
    many = assemble([request("deepseek-v3", tensor=1, replicas=8)])
    alone, together = prefill_share(one, np.zeros(1)), prefill_share(many, np.zeros(1))
    # The same chips do the same products, however attention is placed.
    assert together.expert_compute[0] == pytest.approx(alone.expert_compute[0])
    assert together.weight_compute[0] == pytest.approx(alone.weight_compute[0])
    # Eight prompts at once read every expert once.
    assert together.expert_read[0] == pytest.approx(alone.expert_read[0] / 8, rel=0.01)


def test_queued_prompts_join_one_pass_until_it_is_full() -> None:
    points = assemble([request("deepseek-v3", prompt=CHUNK / 8)])
    single, queued = prefill_share(points, np.zeros(1)), prefill_share(points, np.full(1, 100.0))
    assert queued.weight_read[0] == pytest.approx(single.weight_read[0] / 8)
    assert queued.weight_compute[0] == pytest.approx(single.weight_compute[0])


def test_a_token_goes_once_to_every_place_that_holds_one_of_its_experts() -> None:
    assert copies(np.array([1.0, 1e6]), np.array([8.0, 8.0])) == pytest.approx([1.0, 8.0], rel=1e-3)
    assert copies(np.array([4.0]), np.array([8.0]))[0] == pytest.approx(4 * (1 - 0.75**8))


def test_settings_of_the_engine_bound_the_batch_and_narrow_the_cache() -> None:
    plain, few, narrow = (assemble([request(load=64, **more)]) for more in ({}, {"most": 10.0}, {"cache_bytes": 1.0}))
    assert cache_limit(few)[0] == 10
    assert cache_limit(narrow)[0] == pytest.approx(2 * cache_limit(plain)[0])


def test_early_engines_are_slower_and_engines_for_wide_experts_are_not() -> None:
    early, tuned = request("deepseek-v3", month=1.0), request("deepseek-v3", month=1.0, tuned=True)
    ttft, tpot = times(request("deepseek-v3"), early, tuned)
    assert tpot[1] > 1.3 * tpot[0]
    assert tpot[2] < tpot[1]
    assert np.isfinite(ttft).all()


def test_sparse_and_windowed_attention_read_less() -> None:
    models = load_models()
    assert models.llm("deepseek-v3-2").cache_bytes_read(65536) < 0.5 * models.llm("deepseek-v3").cache_bytes_read(65536)
    oss = models.llm("gpt-oss-120b")
    assert oss.cache_bytes_per_token == 2 * 8 * 64 * 2 * 18


@pytest.mark.parametrize("model", ["llama-3-1-70b", "deepseek-v3", "gpt-oss-120b", "qwen3-5-397b-a17b"])
def test_times_grow_with_load_and_length(model: str) -> None:
    for change in ({"load": 64.0}, {"prompt": 8192.0}):
        small, large = request(model), request(model, **change)
        ttft, tpot = times(small, large)
        assert tpot[1] > tpot[0]
        assert ttft[1] > ttft[0]


def test_more_bandwidth_and_compute_never_slow_the_physics() -> None:
    for one, other in (("h100-sxm", "h200-sxm"), ("h20", "h200-sxm")):
        ttft, tpot = times(request(chip=one, load=4), request(chip=other, load=4))
        assert tpot[1] <= tpot[0]
        assert ttft[1] <= ttft[0]


def test_memory_limits_the_batch_and_what_does_not_fit_is_infinite() -> None:
    small, none = request(tensor=1, load=512), request("llama-3-1-405b", tensor=1)
    assert 0 < cache_limit(assemble([small]))[0] < 512
    ttft, tpot = times(none)
    assert np.isinf(ttft[0])
    assert np.isinf(tpot[0])
    assert not predict_requests([none]).fits[0]


def test_multi_token_prediction_helps_at_small_loads() -> None:
    plain, drafted = request("deepseek-v3", load=4), request("deepseek-v3", load=4, drafts=1, accepted=0.7)
    _, tpot = times(plain, drafted)
    assert tpot[1] < tpot[0]


def test_slowdowns_are_physical() -> None:
    weights = load_fitted().weights
    assert np.isfinite(weights).all()
    mean = dict(zip(CLASSES, np.exp(weights[:, 0]), strict=True))
    for name in ("weight_read", "expert_read", "cache_read"):
        assert 0.9 < mean[name] < 3, name
    assert 1e-6 < mean["hop"] < 1e-4


def test_a_stack_without_rows_takes_the_ratio_of_its_kernel_shares() -> None:
    points = assemble([request(chip="ascend-910c"), request(chip="h200-sxm")])
    slow = slowdowns(load_fitted().weights, points)
    assert slow["hop"][0] > slow["hop"][1]
    assert slow["weight_read"][0] > slow["weight_read"][1]


def test_intervals_hold_the_prediction_and_widen_outside_the_measured_chips() -> None:
    found = predict_requests([request("deepseek-v3"), request("deepseek-v3", chip="ascend-910c", precision="int8")])
    assert (found.tpot_low < found.tpot).all()
    assert (found.tpot < found.tpot_high).all()
    width = found.tpot_high / found.tpot_low
    assert width[1] > width[0]
    assert found.gate[1] == 0
