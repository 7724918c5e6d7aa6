"""The scorer of the corpus, and a reading of a text."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermove.reading.claim import ReadClaim
from countermove.reading.documents import article_from_text
from countermove.reading.reader import read_articles

_spec = importlib.util.spec_from_file_location("reading_score", Path(__file__).parent / "score.py")
assert _spec is not None
assert _spec.loader is not None
_score = importlib.util.module_from_spec(_spec)
sys.modules["reading_score"] = _score
_spec.loader.exec_module(_score)


@pytest.fixture(scope="session")
def score() -> Any:
    """The module that scores the corpus."""
    return _score


@pytest.fixture
def read() -> Callable[..., list[ReadClaim]]:
    """Read a text and return its claims."""

    def call(text: str, said: str | None = None) -> list[ReadClaim]:
        return list(read_articles([article_from_text(text, "text")], said=said).claims)

    return call
