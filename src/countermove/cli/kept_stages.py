"""What long fits keep in a store, and how it is forgotten."""

from __future__ import annotations

import re
from pathlib import Path

from countermove.errors import EnvironmentProblem

_STAGES = re.compile(r"cloud\.npz|start\.npz|chain-\d+\.(npz|log)|origin\.json")


def forget(folder: Path) -> None:
    """Remove stages, chains and origins that a folder keeps, nothing else; EnvironmentProblem where that is not allowed."""
    try:
        for path in folder.iterdir() if folder.is_dir() else ():
            if _STAGES.fullmatch(path.name) and not path.is_dir():
                path.unlink()
    except OSError as error:
        what = f"its stages cannot be removed: {error.strerror or error}"
        raise EnvironmentProblem(what, where=str(folder), hint="give another folder with --store") from None
