"""What a stranger clones: locks without addresses, no copyleft dependency, no traces of a machine, files that can be read."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PACKAGE_LINE = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)

#: Homes of developers and build machines. No tracked file names a path below them.
MACHINE_PATHS = re.compile(r"(?<![\w.:/-])/(?:home|Users|root|work)/\w|\.\./shared\b|[A-Z]:\\\\?Users")

#: Places where packages are fetched from, in two halves so that this file does not name them.
REGISTRIES = re.compile(
    "|".join(("files[.]python" + "hosted", "py" + "pi[.]org", "registry[.]npm" + "js", "--find" + "-links", "--extra" + "-index"))
)


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked_files():
        raw = path.read_bytes()
        if b"\0" not in raw[:4096] and path.suffix not in {".gz", ".parquet", ".png"}:
            found.append((path.relative_to(ROOT).as_posix(), raw.decode("utf-8")))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(entries) > 20
    assert all(PACKAGE_LINE.match(entry) and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|file:|--index|--find|--extra-index", text)
    assert not re.search(r"^(torch|nvidia-|.*cuda)", text, re.MULTILINE)


def test_the_two_locks_agree() -> None:
    run, dev = (dict(PACKAGE_LINE.findall((ROOT / name).read_text())) for name in LOCKS)
    assert run.items() <= dev.items()


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    groups = project["dependency-groups"]
    run = [*project["project"]["dependencies"], *groups["build"]]
    dev = [*run, *groups["dev"], *(name for extra in extras.values() for name in extra)]
    for lock, declared in zip(LOCKS, (run, dev), strict=True):
        locked = {name for name, _ in PACKAGE_LINE.findall((ROOT / lock).read_text())}
        names = {re.split(r"[<>=!~\[ ]", name)[0].lower().replace("_", "-") for name in declared}
        assert names <= locked


def test_no_locked_package_is_licensed_under_the_gpl() -> None:
    copyleft = []
    for name in dict(PACKAGE_LINE.findall((ROOT / "requirements-dev.lock").read_text())):
        try:
            found = metadata(name)
        except PackageNotFoundError:
            continue
        licence = [
            found.get("License-Expression") or "",
            (found.get("License") or "")[:200],
            *(found.get_all("Classifier") or []),
        ]
        if any(re.search(r"\bA?GPL|GENERAL PUBLIC LICENSE", part) and "Lesser" not in part for part in licence):
            copyleft.append(name)
    assert not copyleft


def test_no_tracked_file_names_a_path_of_a_machine_or_a_registry() -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in texts()
        for match in [*MACHINE_PATHS.finditer(text), *REGISTRIES.finditer(text)]
        if name != "tests/tooling/test_repository.py"
    ]
    assert not found, "\n".join(found)


def test_no_python_file_is_longer_than_400_lines() -> None:
    long = [f"{name}: {text.count(chr(10))} lines" for name, text in texts() if name.endswith(".py") and text.count("\n") > 400]
    assert not long, "\n".join(long)


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^make \w+", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]
