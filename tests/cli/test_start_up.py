"""Starting is quick, because nothing heavy is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pyarrow", "jinja2", "scipy.stats", "jax", "rich", "pandas", "xarray", "starlette", "uvicorn")


def modules_after(code: str) -> set[str]:
    """Names of the modules that a fresh interpreter holds after running some code."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(finished.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import countermove",
        "import countermove; countermove.load",
        "import countermove; countermove.load('h200-rule+ban')",
        "import countermove.cli.app",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    assert not modules_after(code) & set(HEAVY)


def test_the_package_offers_the_interface_and_suggests_names() -> None:
    import countermove

    assert callable(countermove.load)
    assert "run" in dir(countermove)
    assert countermove.load("h200-2026").id == "h200-2026"
    with pytest.raises(AttributeError, match="did you mean 'compare'"):
        _ = countermove.compere


def test_the_package_runs_as_a_module() -> None:
    from countermove import __version__

    def ended(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "countermove", *words], capture_output=True, text=True, timeout=60)

    assert ended("--version").stdout.strip() == f"countermove {__version__}"
    wrong = ended("rum")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean 'run'?" in wrong.stderr
    assert ended("run", "--help").stdout.startswith("Usage: countermove run ")
