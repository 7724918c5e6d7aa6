"""Every file here is wrong in one way; its first lines say what the error must contain, file and line included."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.cli.app import main
from countermove.errors import CountermoveError, InputError
from countermove.experiments.scenario import load_scenario

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
MARK = "# expect: "


def expected(path: Path) -> list[str]:
    """The fragments that the error must contain."""
    return [line.removeprefix(MARK) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(MARK)]


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 40
    assert all(len(expected(path)) >= 2 for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_bad_file_is_named_with_line_and_remedy(path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    message = str(caught.value)
    for fragment in expected(path):
        assert fragment in message
    assert 1 <= len(message.splitlines()) <= 2
    assert caught.value.hint


@pytest.mark.parametrize("path", FILES[::6], ids=[path.stem for path in FILES[::6]])
def test_the_command_line_prints_it_and_exits_with_2(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(path), "--json"])
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert printed.out == ""
    assert all(fragment in printed.err for fragment in expected(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "nothing where a scenario is expected"),
        (b"\n\n# only a comment\n", "nothing where a scenario is expected"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not UTF-8"),
        (b"schema: 1\nlabel: \x00\n", "not valid YAML"),
        ("schema: 1\nlabel: Märchen\n".encode("latin-1"), "not UTF-8"),
        (b"schema: 1\n---\nschema: 1\n", "second document"),
        (b"just some words", "where a scenario is expected"),
        (b"[" * 200 + b"]" * 200, "nesting deeper"),
        (b"schema: 1\nset: {parameters/gates.cn_transition_rate: .nan}\n", "not a finite number"),
    ],
    ids=["empty", "only comments", "binary", "control character", "latin-1", "two documents", "prose", "deep", "nan"],
)
def test_files_that_are_no_scenario(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        load_scenario(path)
    assert "mine.yaml" in str(caught.value)


@pytest.mark.parametrize("name", ["missing.yaml", "folder.yaml", "no/such/place.yml"])
def test_paths_that_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / name)
    assert name in str(caught.value)


def test_no_file_whatever_it_holds_raises_anything_but_our_errors(tmp_path: Path) -> None:
    good = (Path(__file__).parent / "unknown-key.yaml").read_bytes()
    for cut in range(0, len(good), 7):
        for junk in (b"", b"{", b"\x00", b": ", b"\n- "):
            path = tmp_path / "cut.yaml"
            path.write_bytes(good[:cut] + junk + good[cut + 3 :])
            try:
                load_scenario(path)
            except CountermoveError as error:
                assert str(error)
