"""Simulated cells on disk: a broken entry is simulated again, and nothing but entries is removed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countermove.strategy import cache
from countermove.strategy.cells import Cells

ENTRY = "0123456789abcdef" * 2 + "01234567"


def cells() -> Cells:
    values = np.random.default_rng(2).normal(size=(1, 2, 1, 3, 16))
    return Cells(("one",), ("open", "shut"), ("sales",), ("2026", "2027", "2028"), values=values, seed=4, full_compilations=1)


def test_no_flipped_bit_of_an_entry_is_read(tmp_path: Path) -> None:
    path, made = tmp_path / f"{ENTRY}.npz", cells()
    cache._stored(path, lambda: made)
    whole = path.read_bytes()
    again = cache._read(path)
    assert again is not None
    assert np.array_equal(again.values, made.values)
    generator = np.random.default_rng(3)
    for byte, bit in zip(generator.integers(len(whole), size=300), generator.integers(8, size=300), strict=True):
        broken = bytearray(whole)
        broken[byte] ^= 1 << int(bit)
        path.write_bytes(bytes(broken))
        assert cache._read(path) is None
    calls: list[int] = []

    def simulated() -> Cells:
        calls.append(1)
        return made

    cache._stored(path, simulated)
    cache._stored(path, simulated)
    assert len(calls) == 1
    assert path.read_bytes() == whole


def test_the_oldest_entries_go_and_files_of_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 2)
    mine = [tmp_path / "thesis.npz", tmp_path / "0.npz", tmp_path / "notes.part"]
    for path in mine:
        path.write_bytes(b"do not lose")
    (tmp_path / f".{ENTRY}.npz.partial-abcd1234").write_bytes(b"half")
    for number in range(4):
        cache._write(tmp_path / f"{ENTRY[:-1]}{(number + 7) % 8}.npz", cells())
    found = {path.name for path in tmp_path.iterdir()}
    assert {path.name for path in mine} <= found
    assert len(found) == len(mine) + 2
