"""One file is written whole or not at all, and only what dead writers left is removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.storage import whole
from countermove.storage.whole import clear_leftovers, held, write_named, write_page, write_whole

HOLD = """
import sys, time
from pathlib import Path
from countermove.storage.whole import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_file_is_replaced_in_one_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.bin"
    write_whole(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole.os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["one.bin"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_writer_left_goes_and_what_a_living_one_writes_stays(tmp_path: Path, kind: str) -> None:
    left = tmp_path / ".one.bin.partial-abcd1234"
    if kind == "file":
        left.write_text("half")
    else:
        left.mkdir()
        (left / "outcomes.parquet").write_text("half")
    others = [tmp_path / ".one.bin.partial-mine", tmp_path / ".two.bin.partial-abcd1234", tmp_path / "one.bin.partial"]
    for other in others:
        other.write_text("somebody else's")
    process = holder(left)
    try:
        clear_leftovers(tmp_path / "one.bin")
        assert left.exists()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    clear_leftovers(tmp_path / "one.bin")
    assert not left.exists()
    assert all(other.read_text() == "somebody else's" for other in others)


def test_a_lock_is_of_what_stands_there_now(tmp_path: Path) -> None:
    with held(tmp_path / "nothing") as had:
        assert not had
    (tmp_path / "one").mkdir()
    with held(tmp_path / "one") as first, held(tmp_path / "one") as second:
        assert (first, second) == (True, False)
    with held(tmp_path / "one") as again:
        assert again


def test_a_named_file_is_never_overwritten_with_something_else(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    write_named(path, b"a,b\n")
    write_named(path, b"a,b\n")
    with pytest.raises(InputError, match="something else already"):
        write_named(path, b"a,c\n")
    assert path.read_bytes() == b"a,b\n"
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(InputError):
        write_named(tmp_path / "link", b"a,b\n")
    assert (tmp_path / "link").is_symlink()


def test_a_page_is_replaced_only_while_it_is_as_we_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "list.md"
    write_page(path, "- [ ] first\n")
    write_page(path, "- [ ] second\n")
    assert path.read_text().startswith("- [ ] second\n<!-- written by countermove, sha256 ")
    path.write_text(path.read_text().replace("[ ]", "[x]"))
    ticked = path.read_text()
    with pytest.raises(InputError, match="not ours, or that was changed"):
        write_page(path, "- [ ] third\n")
    assert path.read_text() == ticked
    (tmp_path / "thesis.md").write_text("do not lose")
    with pytest.raises(InputError, match="not ours"):
        write_page(tmp_path / "thesis.md", "- [ ] first\n")
    assert (tmp_path / "thesis.md").read_text() == "do not lose"
