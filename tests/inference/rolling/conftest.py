"""Lets the tests of this room import made-up pasts as `made_up_worlds`, which sits beside them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

NAME = "made_up_worlds"

if NAME not in sys.modules:
    spec = importlib.util.spec_from_file_location(NAME, Path(__file__).with_name(f"{NAME}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
