"""Parameter counts, cache sizes and operations of the architectures meet what their makers state."""

import pytest

from countermove.hardware.workloads import load_models


@pytest.mark.parametrize(
    ("name", "total", "active"),
    [
        ("deepseek-v3", 671, 37),
        ("llama-3-1-70b", 70.6, 70.6),
        ("llama-3-1-405b", 405, 405),
        ("qwen3-235b-a22b", 235, 22),
        ("pangu-ultra-135b", 135, 135),
    ],
)
def test_parameters_meet_the_stated_size(name, total, active):
    llm = load_models().llm(name)
    assert llm.parameters / 1e9 == pytest.approx(total, rel=0.01)
    assert llm.active_parameters / 1e9 == pytest.approx(active, rel=0.03)


def test_the_latent_cache_of_deepseek_takes_70_kilobytes_per_token():
    assert load_models().llm("deepseek-v3").cache_bytes_per_token == pytest.approx(70e3, rel=0.01)


def test_grouped_queries_of_llama_70b_take_328_kilobytes_per_token():
    assert load_models().llm("llama-70b").cache_bytes_per_token == 2 * 8 * 128 * 2 * 80


def test_models_are_found_by_their_repository_name():
    assert load_models().llm("deepseek-ai/DeepSeek-V3").id == "deepseek-v3"
