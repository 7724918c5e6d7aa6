"""Optional: people's names found by spaCy beside the rules. Off by default; needs spaCy and its pinned model."""

from __future__ import annotations

from typing import Any

from countermove.errors import EnvironmentProblem
from countermove.reading import people

MODEL, VERSION = "en_core_web_sm", "3.8"
_loaded: list[Any] = []


def switch_on() -> None:
    """Let spaCy find people's names from now on; EnvironmentProblem where spaCy or the pinned model is missing."""
    try:
        import spacy

        pipeline = spacy.load(MODEL, disable=["parser", "lemmatizer", "tagger"])
    except (ImportError, OSError):
        raise EnvironmentProblem(
            f"--spacy needs spaCy and its model {MODEL} {VERSION}",
            where="--spacy",
            hint=f"pip install spacy, then python -m spacy download {MODEL}",
        ) from None
    if not str(pipeline.meta["version"]).startswith(VERSION):
        raise EnvironmentProblem(
            f"{MODEL} is {pipeline.meta['version']}, {VERSION} is expected", where="--spacy", hint=f"install {MODEL} {VERSION}"
        )
    _loaded[:] = [pipeline]
    people.more_names = _names


def _names(text: str) -> list[str]:
    return [one.text for one in _loaded[0](text[:200_000]).ents if one.label_ == "PERSON"]
