"""What bears on a prediction: chips that cannot run a type, engines that do not run there, versions, and widths that follow."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.evidence.data_tree import DATA
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import Chip
from countermove.hardware.fit import measured
from countermove.hardware.serving import phases, versions
from countermove.hardware.serving.bearing import (
    FITTED_STACKS,
    FITTED_WEIGHTS,
    OLDEST_MONTH,
    bearing,
    measured_stacks,
    nothing_bears,
)
from countermove.hardware.serving.predictor import predict_requests
from countermove.hardware.serving.question import Question, ask, resolve, usual_acceptance
from countermove.hardware.serving.rows import Request
from countermove.hardware.workloads import load_models


def asked(system: str, model: str = "qwen3-32b", **more: object) -> Request:
    return resolve(Question(system, model, 1024, 1024, **more))[0]  # type: ignore[arg-type]


def spread(request: Request) -> float:
    found = predict_requests([request])
    return float(np.log(found.tpot_high[0] / found.tpot_low[0]))


def chip(name: str) -> Chip:
    return load_catalogue().chip(name)


def test_types_that_a_chip_lacks_are_refused_or_said() -> None:
    refused = ask(Question("ascend-910c", "deepseek-r1", 1024, 1024, precision="fp8"))["refused"]
    assert "has no fp8 units; it has int8, bf16" in refused
    stored = ask(Question("hgx-h100", "qwen3-32b", 1024, 1024, precision="fp4", concurrency=8))
    assert any("stored in fp4 and multiplied in 16 bits" in words for words in stored["assumed"])
    assert ask(Question("a100-sxm", "qwen3-32b", 1024, 1024, precision="fp8", concurrency=8))["refused"] is None


def test_drafting_without_draft_heads_is_said() -> None:
    words = ask(Question("hgx-h200", "qwen3-32b", 1024, 1024, concurrency=8, drafts=3, accepted=0.5))["assumed"]
    assert any("states no draft heads" in text for text in words)


def test_an_engine_that_does_not_run_on_a_chip_is_refused() -> None:
    with pytest.raises(InputError, match="NVIDIA chips only"):
        asked("mi355x", software="trtllm")


def test_a_draft_counts_only_after_kept_ones() -> None:
    assert usual_acceptance(1) == pytest.approx(0.7)
    assert usual_acceptance(3) == pytest.approx((0.7 + 0.49 + 0.343) / 3)
    assert usual_acceptance(0) == 0


def test_versions_have_months_and_old_ports_launch_kernels_one_by_one() -> None:
    assert versions.software("vllm@0.11.2").month == 9
    assert versions.software("sglang").month is None
    assert versions.released("vllm", "0.1") == versions.released("vllm", "0.6")
    old, new = (asked("atlas-800t-a2", software=f"vllm@{name}") for name in ("0.9.1", "0.11"))
    assert versions.launches_singly(old.chip.stack, old.engine, old.version)
    assert not versions.launches_singly(new.chip.stack, new.engine, new.version)
    slow, fast = predict_requests([old, new]).tpot
    assert slow > 2 * fast


@pytest.mark.parametrize("text", ["vllm@", "vllm@new", "mystery@1.0"])
def test_unreadable_software(text: str) -> None:
    with pytest.raises(InputError):
        versions.software(text)


def test_fitted_weights_and_stacks_are_those_of_the_measured_rows() -> None:
    rows = [request for request in measured.silicon().requests if request is not None]
    assert {row.chip.stack for row in rows} == set(FITTED_STACKS)
    assert {row.precision for row in rows} <= set(FITTED_WEIGHTS)
    months = [row.month for row in rows if row.month is not None]
    assert 0 <= min(months) - OLDEST_MONTH < 1
    assert not any(row.model.index_topk for row in rows), "sparse attention has rows now: it needs no width of its own"


def test_intervals_widen_by_what_is_unmeasured() -> None:
    base = replace(asked("hgx-h200", software="sglang", tensor=8), ordinary=False)
    plain = spread(base)
    assert spread(replace(base, precision="int4")) > plain
    assert spread(replace(base, model=load_models().llm("glm-5"))) > plain
    assert spread(replace(base, ordinary=True)) > plain
    assert spread(replace(base, version="", month=6.0)) > spread(replace(base, version="", month=14.0))
    other = replace(asked("mi355x", software="sglang"), ordinary=False)
    assert spread(other) > plain
    unmeasured = replace(asked("kunlun-p800", software="sglang"), ordinary=False)
    assert spread(unmeasured) > spread(other)


def test_where_nothing_bears_on_a_chip_the_missing_fact_is_named() -> None:
    reason = nothing_bears(chip("hygon-bw1000"))
    assert reason is not None
    assert "memory_bandwidth" in reason
    assert ask(Question("hygon-bw1000", "qwen3-32b", 1024, 1024))["refused"] == reason
    assert nothing_bears(chip("ascend-910b")) is None
    assert {chip(name).stack for name in ("h20", "mi300x", "tpu-v7", "ascend-910c", "a100")} <= measured_stacks()


def test_bearing_of_a_fitted_row_leaves_nothing_open() -> None:
    found = bearing([asked("hgx-h200")])
    assert found.covered[0]
    assert found.kernels[0] == found.family[0] == found.shares[0] == 0


def test_shared_points_name_chips_and_measured_values() -> None:
    with (DATA / "hardware" / "serving_points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 61
    assert all(float(row["measured"]) > 0 and row["source"].startswith("https://") for row in rows)


def test_chips_in_use_are_counted_and_power_has_three_bounds() -> None:
    found = ask(Question("gb200-nvl72", "deepseek-r1", 4096, 1024, tpot_limit_ms=50))
    band = found["tokens_per_s_per_chip"]["median"]
    assert found["tokens_per_s"] == pytest.approx(band * found["chips_used"])
    assert found["chips_used"] <= found["chips_given"] == 72
    assert found["power"]["chip_w"] < found["power"]["server_w"] < found["power"]["facility_w"]
    assert found["power_w_per_chip"] == found["power"]["facility_w"]
    assert found["ttft_statistic"] == "mean"


def test_the_search_shares_a_model_over_two_servers() -> None:
    found = ask(Question("atlas-800t-a2", "deepseek-r1", 4096, 1024, count=16))
    assert found["refused"] is None
    assert found["chips_used"] == 16
    assert "8 x ascend-910b" in ask(Question("atlas-800t-a2", "deepseek-r1", 4096, 1024))["refused"]


def test_slices_over_the_network_cost_their_latency() -> None:
    tpot = {}
    for count in (8, 16):
        more = {"count": count, "tensor": count, "concurrency": 1, "software": "sglang"}
        tpot[count] = ask(Question("hgx-h200", "deepseek-r1", 1024, 128, **more))["tpot_ms"]["median"]
    assert tpot[16] > 1.5 * tpot[8]


def test_prefill_on_eight_h20_is_answered() -> None:
    # Ant Group measured 2,063 tokens/s and chip (LMSYS, September 2025).
    found = phases.answer("prefill", Question("hgx-h20", "deepseek-r1", 4096, 1024, tensor=8))
    assert found["tokens_per_s_per_chip"]["lo"] < 2063 < found["tokens_per_s_per_chip"]["hi"]
