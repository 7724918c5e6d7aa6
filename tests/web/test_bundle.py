"""The committed front end is what its sources build, and the two sides are typed by the same contract."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from countermove.web.app import STATIC
from countermove.web.contract_types import typescript

INSTALL = "npm ci --prefix frontend (needs Node 20 or newer: apt-get install -y nodejs npm)"


def missing(what: str) -> None:
    """Skip with the line that installs what is missing, or fail where every test must run."""
    message = f"{what} is missing: {INSTALL}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def frontend(root: Path) -> Path:
    """The sources with their packages installed."""
    folder = root / "frontend"
    if shutil.which("npm") is None:
        missing("Node")
    if not (folder / "node_modules" / ".package-lock.json").is_file():
        if os.environ.get("REQUIRE_ALL") != "1":
            missing("frontend/node_modules")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=300, capture_output=True)
    return folder


def run(frontend: Path, *command: str) -> str:
    done = subprocess.run(
        [str(frontend / "node_modules" / ".bin" / command[0]), *command[1:]],
        cwd=frontend,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.frontend
def test_building_the_sources_gives_the_committed_files(frontend: Path, tmp_path: Path) -> None:
    run(frontend, "vite", "build", "--outDir", str(tmp_path / "static"), "--emptyOutDir", "--logLevel", "error")
    built = {path.name: path.read_bytes() for path in (tmp_path / "static").iterdir()}
    committed = {path.name: path.read_bytes() for path in STATIC.iterdir()}
    assert built.keys() == committed.keys()
    assert [name for name in built if built[name] != committed[name]] == [], "run 'make frontend' and commit the result"


@pytest.mark.frontend
def test_the_sources_have_no_type_errors_and_their_own_tests_pass(frontend: Path) -> None:
    run(frontend, "svelte-check", "--tsconfig", "./tsconfig.json", "--fail-on-warnings")
    run(frontend, "vitest", "run")


def test_the_types_of_the_contract_are_those_of_the_schemas(root: Path) -> None:
    committed = (root / "frontend" / "src" / "lib" / "contract.ts").read_text(encoding="utf-8")
    assert committed == typescript(), "run 'make frontend'"


def test_the_first_load_is_small_and_asks_for_nothing_elsewhere() -> None:
    files = [path for path in STATIC.iterdir() if path.suffix in (".html", ".js", ".css", ".svg")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 120_000
    for path in files:
        text = path.read_text(encoding="utf-8")
        addresses = set(re.findall(r"https?://[\w./-]+", text))
        assert all(address.startswith(("http://www.w3.org/", "https://svelte.dev/e/")) for address in addresses), addresses


def test_the_lock_names_no_place_to_fetch_from(root: Path) -> None:
    lock = json.loads((root / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    assert all("resolved" not in package and (not name or package["integrity"]) for name, package in lock["packages"].items())
    development = json.loads((root / "frontend" / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert len(development) <= 10
