"""A stored number whose file is broken is never read as another number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from countermove.errors import CountermoveError, InputError
from countermove.experiments import store
from countermove.experiments.result import Comparison, Result
from countermove.experiments.run import compare

pytestmark = pytest.mark.usefixtures("toy")
TRIALS = 300


def places(seed: int, files: list[Path], trials: int) -> list[tuple[Path, int, int]]:
    """Random bits of some files, each byte as likely as any other."""
    generator, sizes = np.random.default_rng(seed), [path.stat().st_size for path in files]
    chosen = generator.choice(len(files), size=trials, p=np.array(sizes) / sum(sizes))
    return [(files[at], int(generator.integers(sizes[at])), int(generator.integers(8))) for at in chosen]


def other_reads(
    folder: Path, files: list[Path], read: Callable[[Path], object], same: Callable[[object], bool]
) -> dict[str, int]:
    """Flip one bit at a time and count what reading gives: refused, the same, or other numbers."""
    found = {"refused": 0, "same": 0, "other": 0, "crashed": 0}
    for path, byte, bit in places(7, files, TRIALS):
        whole = path.read_bytes()
        broken = bytearray(whole)
        broken[byte] ^= 1 << bit
        path.write_bytes(bytes(broken))
        try:
            found["same" if same(read(folder)) else "other"] += 1
        except CountermoveError:
            found["refused"] += 1
        except Exception:
            found["crashed"] += 1
        finally:
            path.write_bytes(whole)
    return found


def numbers(stored: object) -> bytes:
    assert isinstance(stored, Result | Comparison)
    results = stored.results if isinstance(stored, Comparison) else (stored,)
    return b"".join(np.asarray(v).tobytes() for r in results for by in r.outcomes.values() for v in by.values())


@pytest.mark.parametrize(
    "names", [["outcomes.parquet"], ["outcomes.parquet", "manifest.json", "checksums.txt"], ["manifest.json"]]
)
def test_no_flipped_bit_of_a_run_is_read_as_other_numbers(tmp_path: Path, names: list[str]) -> None:
    comparison = compare(["no-h200", "h200-rule+necessity"], draws=200)
    folder = store.write(comparison, tmp_path / "run")
    files = [folder / name for name in names if (folder / name).exists()]
    expected, document = numbers(store.load_result(folder)), comparison.to_dict()
    found = other_reads(
        folder,
        files,
        store.load_result,
        lambda read: numbers(read) == expected and read.to_dict() == document,  # type: ignore[attr-defined]
    )
    print(names, found)
    assert found == {"refused": TRIALS, "same": 0, "other": 0, "crashed": 0}


@pytest.mark.parametrize("content", [b"", b"PA", b"PAR1PAR1"])
def test_a_table_that_was_cut_is_named(tmp_path: Path, content: bytes) -> None:
    folder = store.write(compare(["no-h200", "h200-rule"], draws=8), tmp_path / "run")
    (folder / "outcomes.parquet").write_bytes(content)
    with pytest.raises(InputError, match="outcomes|damaged"):
        store.load_result(folder)
