"""Lets the tests of this room import the shared real runs as `market_runs`, which sits beside the tests of behaviour."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

NAME = "market_runs"

if NAME not in sys.modules:
    spec = importlib.util.spec_from_file_location(NAME, Path(__file__).parents[1] / "behaviour" / f"{NAME}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
