"""A broken file is known by its checksum, and the list of checksums may be broken too."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.storage import checksums
from countermove.storage.checksums import LIST, is_signed, read_list, seal, signed, unseal, verified, write_list


def test_a_seal_breaks_with_any_bit() -> None:
    content = np.random.default_rng(11).bytes(500)
    sealed = seal(content)
    assert unseal(sealed) == content
    for bit in range(8 * len(sealed)):
        broken = bytearray(sealed)
        broken[bit // 8] ^= 1 << bit % 8
        assert unseal(bytes(broken)) is None, bit
    for length in range(len(sealed)):
        assert unseal(sealed[:length]) is None


def test_a_signature_belongs_to_a_page_and_what_lies_beside_it() -> None:
    page = signed(b"<p>one</p>\n", beside=b"{}")
    assert is_signed(page, beside=b"{}")
    assert not is_signed(page)
    assert not is_signed(page.replace(b"one", b"two"), beside=b"{}")
    assert not is_signed(b"<p>one</p>\n")


def test_the_list_is_that_of_sha256sum(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.bin").write_bytes(b"one")
    (tmp_path / "two.txt").write_bytes(b"two")
    write_list(tmp_path)
    checked = subprocess.run(["sha256sum", "-c", LIST], cwd=tmp_path, capture_output=True, text=True)
    assert checked.stdout.split("\n")[:2] == ["a/one.bin: OK", "two.txt: OK"]
    assert verified(tmp_path, "a/one.bin") == b"one"


def test_a_broken_list_refuses_and_never_confirms(tmp_path: Path) -> None:
    (tmp_path / "one.bin").write_bytes(b"one")
    write_list(tmp_path)
    whole = (tmp_path / LIST).read_bytes()
    for bit in range(8 * len(whole)):
        broken = bytearray(whole)
        broken[bit // 8] ^= 1 << bit % 8
        (tmp_path / LIST).write_bytes(bytes(broken))
        with pytest.raises(InputError):
            verified(tmp_path, "one.bin")


def test_the_last_line_of_a_file_counts_and_a_line_that_was_cut_does_not(tmp_path: Path) -> None:
    first, second = checksums.line("one", b"old"), checksums.line("one", b"new")
    (tmp_path / LIST).write_bytes(first + second)
    assert read_list(tmp_path) == {"one": checksums.digest(b"new")}
    (tmp_path / LIST).write_bytes(first + second[:-1])
    assert read_list(tmp_path) == {"one": checksums.digest(b"old")}


@pytest.mark.parametrize("name", ["../thesis.txt", "/etc/passwd", "a/../../b"])
def test_a_list_reaches_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / LIST).write_bytes(checksums.line(name, b""))
    assert read_list(tmp_path) == {}
