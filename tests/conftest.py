"""What all tests share: reproducible property tests, and programs that CI requires but a laptop may lack."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every machine, so that a red test is red for the next reader too.
# `--hypothesis-profile=explore` looks for new ones.
settings.register_profile(
    "reproducible",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("explore", settings.get_profile("reproducible"), derandomize=False, max_examples=2000)
settings.load_profile("reproducible")

#: Set in CI: a missing program is then a failure instead of a skipped test.
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


@pytest.fixture(scope="session")
def require_program() -> Callable[..., str]:
    """Return a function that gives the path of the first program found, else skips with the install line (fails in CI)."""

    def require(*names: str, install: str) -> str:
        for name in names:
            path = shutil.which(name)
            if path is not None:
                return path
        reason = f"{' or '.join(names)} is not installed: {install}"
        if REQUIRE_ALL:
            pytest.fail(reason)
        pytest.skip(reason)

    return require
