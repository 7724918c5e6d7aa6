"""A folder of ours is replaced whole or not at all, whenever its writer is killed, and files of others stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from countermove.errors import InputError
from countermove.storage.checksums import LIST, write_list
from countermove.storage.replacing import check_replaceable, recover, replacing

MINE = {"thesis.txt": b"do not lose", "notes/one.txt": b"nor this"}
KILLED = """
import os, sys
from pathlib import Path
from countermove.storage.checksums import write_list
from countermove.storage.replacing import replacing
left = int(sys.argv[2])
def counted(honest):
    def step(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return honest(*arguments, **options)
    return step
for name in ("rename", "unlink", "rmdir"):
    setattr(Path, name, counted(getattr(Path, name)))
with replacing(Path(sys.argv[1])) as folder:
    for name in ("values.bin", "more.bin"):
        (folder / name).write_bytes(b"new")
    write_list(folder)
"""


def fill(target: Path, content: bytes, names: tuple[str, ...] = ("values.bin", "other.bin")) -> None:
    with replacing(target) as folder:
        for name in names:
            (folder / name).write_bytes(content)
        write_list(folder)


def add_mine(target: Path) -> None:
    (target / "notes").mkdir()
    for name, content in MINE.items():
        (target / name).write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_what_is_ours_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "run"
    fill(target, b"old")
    add_mine(target)
    fill(target, b"new", ("values.bin",))
    found = contents(target)
    found.pop(LIST)
    assert found == MINE | {"values.bin": b"new"}
    assert os.listdir(tmp_path) == ["run"]


@pytest.mark.parametrize("step", range(8))
def test_a_writer_killed_at_any_step_leaves_the_old_or_the_new_and_all_that_is_not_ours(tmp_path: Path, step: int) -> None:
    target = tmp_path / "run"
    fill(target, b"old")
    add_mine(target)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(target), str(step)], check=False)
    assert killed.returncode == (9 if step < 8 else 0)
    recover(target)
    found = contents(target)
    found.pop(LIST)
    assert found in (
        MINE | {"values.bin": b"old", "other.bin": b"old"},
        MINE | {"values.bin": b"new", "more.bin": b"new"},
    )
    fill(target, b"third")
    assert contents(target).items() >= MINE.items()
    assert os.listdir(tmp_path) == ["run"]


def test_what_a_killed_writer_left_is_removed_at_the_next_write_and_not_while_it_lives(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from countermove.storage.replacing import replacing
        with replacing(Path(sys.argv[1])) as folder:
            (folder / "values.bin").write_bytes(b"half")
            print("writing", flush=True)
            time.sleep(60)
        """
    )
    target = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        fill(target, b"old")
        assert len(os.listdir(tmp_path)) == 2
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert len(os.listdir(tmp_path)) == 2
    fill(target, b"new")
    assert os.listdir(tmp_path) == ["run"]


@pytest.mark.parametrize("kind", ["changed", "same name", "no list"])
def test_what_is_in_the_way_is_refused_and_nothing_changes(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "run"
    fill(target, b"old", ("values.bin",))
    if kind == "changed":
        (target / "values.bin").write_bytes(b"edited")
    elif kind == "same name":
        (target / "other.bin").write_bytes(b"mine")
    else:
        (target / LIST).unlink()
    before = contents(tmp_path)
    with pytest.raises(InputError):
        check_replaceable(target, {"values.bin", "other.bin"})
    with pytest.raises(InputError):
        fill(target, b"new")
    assert contents(tmp_path) == before
    assert os.listdir(tmp_path) == ["run"]


def test_a_folder_that_others_made_meanwhile_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "run"
    fill(target, b"old")
    target.rename(tmp_path / ".run.replaced-abcd1234")
    target.mkdir()
    (target / "thesis.txt").write_bytes(b"do not lose")
    before = contents(tmp_path)
    with pytest.raises(InputError, match="an earlier folder lies here"):
        recover(target)
    assert contents(tmp_path) == before
