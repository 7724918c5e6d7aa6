"""Models go by many spellings: organisations, dots and endings do not matter where one model is left."""

from __future__ import annotations

import pytest

from countermove.errors import InputError
from countermove.hardware.model_names import find_name, plain_name
from countermove.hardware.workloads import load_models


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("zhipuai/GLM-5", "glm-5"),
        ("deepseek-v3.2", "deepseek-v3-2"),
        ("glm-5.1", "glm-5-1"),
        ("llama-3.3-70b", "llama-3-1-70b"),
        ("kimi-k2.6", "kimi-k2-5"),
        ("somebody/Qwen3-32B-AWQ", "qwen3-32b"),
        ("unsloth/gpt-oss-120b-BF16", "gpt-oss-120b"),
    ],
)
def test_other_spellings_are_read(name: str, model: str) -> None:
    assert load_models().llm(name).id == model


def test_a_known_name_needs_no_words_and_another_spelling_says_how_it_was_read() -> None:
    models = load_models()
    assert models.named("deepseek-v3").said is None
    assert models.named("zhipuai/GLM-5").said == "'zhipuai/GLM-5' read as glm-5"


def test_several_matches_are_named_and_none_gives_the_nearest() -> None:
    with pytest.raises(InputError, match="a-1 or a-2"):
        find_name("org/a.1", {"x/a-1": "a-1", "y/a.1-instruct": "a-2"}, {"a-1": 1, "a-2": 2})
    with pytest.raises(InputError) as error:
        load_models().llm("deepseek-v9")
    assert "did you mean" in str(error.value.hint)


def test_plain_names() -> None:
    assert plain_name("Org/Some_Model 2.5-Instruct-FP8") == "some-model-2-5"
