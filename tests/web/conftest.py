"""One application for all tests of the web room, computing with NumPy, with few draws."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ADDRESS = "http://127.0.0.1:8460"


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client that asks the application as a browser on this machine would."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient

    from countermove.web.app import create_app
    from countermove.web.live import Simulator

    os.environ["COUNTERMOVE_DATA"] = str(tmp_path_factory.mktemp("data"))
    with TestClient(create_app(Simulator(accelerate=False)), base_url=ADDRESS, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]
