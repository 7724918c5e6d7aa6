"""What must hold whatever the numbers: plateau, conservation of tokens, and more hardware that is never worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.memory import reported_bytes
from countermove.hardware.performance import missing_facts
from countermove.hardware.serving.able import has_units
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.frontier import best, search
from countermove.hardware.serving.predictor import predict_requests, unanswerable
from countermove.hardware.serving.question import Question, ask, resolve
from countermove.hardware.serving.rows import Instance, Request
from countermove.hardware.serving.steps import cache_limit

SERVERS = sorted(
    name
    for name, system in load_catalogue().systems.items()
    if system.count <= 72 and not missing_facts(load_catalogue().chips[system.chip])
)
MODELS = ("deepseek-v3", "llama-3-1-70b", "gpt-oss-120b", "qwen3-5-397b-a17b", "glm-5")
LOADS = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 8192.0, 100_000.0)


def asked(system: str, model: str, **more: object) -> tuple[Request, int]:
    request, count, _ = resolve(Question(system, model, 2048, 512, **more))  # type: ignore[arg-type]
    return request, count


def server_worker(request: Request, chips: int) -> Request:
    worker = Instance(chips, 1, chips, 1, False, 1.0)
    return replace(request, prefill=worker, decode=worker)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("system", SERVERS)
def test_throughput_reaches_a_plateau_and_tokens_are_conserved(system: str, model: str) -> None:
    request, count = asked(system, model)
    if unanswerable(request):
        pytest.skip("no answer for this chip")
    rows = [replace(server_worker(request, min(count, 8)), concurrency=load) for load in LOADS]
    found = predict_requests(rows)
    if not found.fits.all():
        assert not found.fits.any()
        return
    rate = found.served * 512 / (found.first + 512 * found.tpot)
    full = found.wait > 0
    # Beyond the limit nothing but the wait changes.
    assert np.ptp(rate[full]) <= 1e-9 * rate.max()
    assert (np.diff(found.wait[full]) > 0).all()
    # The learned correction moves it by some per cent below the limit; it never falls far.
    assert rate[-1] >= 0.8 * rate.max()
    # Little's law: the requests inside are those that arrive per second times their stay.
    stay = found.ttft + 512 * found.tpot
    assert rate / 512 * stay == pytest.approx(np.array(LOADS), rel=1e-9)


def test_throughput_under_overload_is_that_of_a_full_engine_and_only_the_wait_grows() -> None:
    rates, first = [], []
    for load in (64, 512, 100_000):
        found = ask(
            Question("hgx-h200", "deepseek-r1", 8192, 1024, concurrency=load, tensor=8, software="sglang", precision="fp8")
        )
        rates.append(found["tokens_per_s_per_chip"]["median"])
        first.append(found["ttft_ms"]["median"])
    assert rates[1] == pytest.approx(rates[2])
    assert rates[1] >= rates[0]
    assert first[0] < first[1] < first[2]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("system", [name for name in SERVERS if load_catalogue().systems[name].count == 8])
def test_more_chips_of_a_node_are_never_slower_at_equal_load_per_chip(system: str, model: str) -> None:
    request, _ = asked(system, model)
    if unanswerable(request):
        pytest.skip("no answer for this chip")
    rates = []
    for chips in (1, 2, 4, 8):
        chosen = best(search(request, chips, concurrency=8.0 * chips))
        rates.append(0.0 if chosen is None else chosen.tokens_per_s / chips)
    assert (np.diff(rates) >= -1e-9 * max(rates)).all()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("system", SERVERS)
def test_more_memory_never_holds_fewer_requests(system: str, model: str) -> None:
    request, count = asked(system, model)
    points = assemble([server_worker(request, min(count, 8))])
    small, large = (points._replace(chip=points.chip._replace(memory=points.chip.memory * size)) for size in (1.0, 1.2))
    assert cache_limit(large)[0] >= cache_limit(small)[0]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("system", SERVERS)
def test_fewer_bits_are_never_slower_where_the_chip_multiplies_them(system: str, model: str) -> None:
    chip = load_catalogue().chips[load_catalogue().systems[system].chip]
    widths = [name for name in ("bf16", "fp8" if "fp8" in chip.peaks else "int8", "fp4") if has_units(chip, name)]
    request, count = asked(system, model)
    if unanswerable(request):
        pytest.skip("no answer for this chip")
    for load in (1.0, 16.0, 64.0):
        rows = [replace(server_worker(request, min(count, 8)), precision=name, concurrency=load) for name in widths]
        found = predict_requests(rows)
        # Wider weights leave room for fewer requests at once: like is compared with like where all are served.
        times = found.tpot[found.fits & (found.wait == 0)]
        assert (np.diff(times) <= 1e-9).all(), (load, widths, found.tpot)


def test_memory_is_what_the_driver_reports() -> None:
    catalogue = load_catalogue()
    assert reported_bytes(catalogue.chip("h200")) == 143_771 * 2**20
    assert reported_bytes(catalogue.chip("h20")) == 97_871 * 2**20
    # Elsewhere the printed figure, read as 2^30 bytes.
    assert reported_bytes(catalogue.chip("mi355x")) == pytest.approx(288 * 2**30, rel=0.01)
    # The simulation keeps the printed figure.
    assert catalogue.chip("h200").memory_gb == 141


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("system", [*SERVERS, "cloudmatrix-384"])
def test_more_requests_never_lower_the_throughput_of_a_system(system: str, model: str) -> None:
    request, count = asked(system, model)
    if unanswerable(request):
        pytest.skip("no answer for this chip")
    chosen = [best(search(request, count, concurrency=load)) for load in (16.0, 512.0, 16_384.0, 1_000_000.0)]
    rates = [0.0 if point is None else point.tokens_per_s for point in chosen]
    assert (np.diff(rates) >= -1e-9 * max(rates)).all()
