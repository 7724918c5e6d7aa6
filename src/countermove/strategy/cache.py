"""Simulated cells on disk, so that another profile, order or precision costs no new simulation.

The key hashes everything that moves a number: the strategies, the outcomes, the window, seed, draws, and the installation
(version, data, packages, code of this room and of all below). Entries are sealed with their checksum and written whole or not
at all; a broken one is simulated again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from countermove.experiments.fingerprint import fingerprint
from countermove.storage.checksums import seal, unseal
from countermove.storage.whole import write_whole
from countermove.strategy.cells import Cells, Progress, simulate_cells
from countermove.strategy.game_file import Game

MOST_ENTRIES = 40
"""Entries kept; the ones unused longest go first."""
_ENTRY = re.compile(r"[0-9a-f]{40}\.npz")


def cache_folder() -> Path:
    """Return the folder of the cache: `COUNTERMOVE_CACHE`, else the user's cache folder."""
    given = os.environ.get("COUNTERMOVE_CACHE")
    return Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "countermove" / "games"


def cells_of(
    game: Game,
    outcomes: Sequence[str],
    *,
    draws: int,
    seed: int,
    overrides: Mapping[str, Any] | None = None,
    pairs: Sequence[tuple[int, int]] | None = None,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Cells:
    """Return simulated cells, from the cache where they are there; arguments and errors are those of `simulate_cells`."""

    def simulated() -> Cells:
        return simulate_cells(game, outcomes, draws=draws, seed=seed, overrides=overrides, pairs=pairs, progress=progress)

    if not use_cache:
        return simulated()
    return _stored(cache_folder() / f"{key_of(game, outcomes, draws, seed, overrides, pairs)}.npz", simulated)


def key_of(
    game: Game,
    outcomes: Sequence[str],
    draws: int,
    seed: int,
    overrides: Mapping[str, Any] | None = None,
    pairs: Sequence[tuple[int, int]] | None = None,
) -> str:
    """Return the key of a simulation: the SHA-256 of all that it depends on."""
    body = {
        "strategies": {
            side: [(s.id, s.scenario.settings(), s.scenario.start, s.scenario.hazards) for s in game.side(side)]
            for side in ("washington", "beijing")
        },
        "outcomes": list(outcomes),
        "window": [game.first, game.last],
        "pairs": None if pairs is None else [list(pair) for pair in pairs],
        "overrides": dict(overrides or {}),
        "draws": draws,
        "seed": seed,
        "installation": fingerprint(),
        "code": code_hash(),
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:40]


@cache
def code_hash() -> str:
    """Return the hash of the code of this room; the fingerprint of the installation covers the rooms below."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stored(path: Path, simulated: Callable[[], Cells]) -> Cells:
    found = _read(path)
    if found is None:
        found = simulated()
        _write(path, found)
    return found


def _read(path: Path) -> Cells | None:
    try:
        content = unseal(path.read_bytes())
        os.utime(path)
    except OSError:
        return None
    if content is None:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        head, values = json.loads(str(stored["head"])), stored["values"]
    names = {name: tuple(head[name]) for name in ("washington", "beijing", "outcomes", "years")}
    return Cells(**names, values=values, seed=head["seed"], full_compilations=head["full_compilations"])


def _write(path: Path, cells: Cells) -> None:
    """Store an entry and forget the oldest; a folder that cannot be written only costs the next run time."""
    head = {name: getattr(cells, name) for name in ("washington", "beijing", "outcomes", "years", "seed", "full_compilations")}
    content = io.BytesIO()
    np.savez(content, head=np.array(json.dumps(head)), values=cells.values)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, seal(content.getvalue()))
        # Nothing but entries is ever removed: the folder may be one that the user named.
        ours = [entry for entry in path.parent.iterdir() if _ENTRY.fullmatch(entry.name)]
        for entry in sorted(ours, key=lambda entry: entry.stat().st_mtime)[:-MOST_ENTRIES]:
            entry.unlink(missing_ok=True)
    except OSError:
        return
