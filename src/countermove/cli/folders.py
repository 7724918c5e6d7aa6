"""Folders that commands write: checked before any work is done."""

from __future__ import annotations

import os
from pathlib import Path

HINT = "choose another folder with --out"


def check_run_folder(out: Path | None) -> None:
    """Raise when a run cannot be written at a path: the folder there is renamed, so never the current one or one above."""
    from countermove import api
    from countermove.errors import InputError

    if out is None:
        return
    target, here = out.resolve(), Path.cwd()
    if target == here or target in here.parents:
        what = "this is the current folder" if target == here else "this folder holds the current folder"
        raise InputError(
            f"{what}, which a run would replace", where=f"--out {out}", hint="give a folder inside it: --out out/mine"
        )
    api.check_folder(out)


def check_pages_folder(out: Path | None, name: str) -> None:
    """Raise when NAME.json and NAME.html cannot be written in a folder.

    InputError for a file, and where such files are there that are not ours; EnvironmentProblem without permission.
    """
    from countermove.errors import EnvironmentProblem, InputError
    from countermove.storage.whole import check_pair

    if out is None:
        return
    nearest = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not nearest.is_dir():
        raise InputError(f"{nearest.name} is not a folder", where=str(out), hint=HINT)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise EnvironmentProblem(f"no permission to write in {nearest}", where=str(out), hint=HINT)
    check_pair(out / f"{name}.json", out / f"{name}.html")
