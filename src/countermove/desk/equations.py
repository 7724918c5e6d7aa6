"""Write the generated pages of the documentation, or say which of them are out of date.

python -m countermove.desk.equations docs            # docs/explanation/model/*.md and docs/reference/*.md
python -m countermove.desk.equations docs --check    # exit code 1 when a page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from countermove.desk import mechanism_pages, reference_pages
from countermove.errors import CountermoveError, EnvironmentProblem, InputError

FOLDERS = {"explanation/model": mechanism_pages.pages, "reference": reference_pages.pages}
GENERATED_ONLY = "explanation/model"
"""In this folder every page is generated, so a page that nothing writes any more is out of date too."""


def pages() -> dict[str, str]:
    """Return path below the documentation folder -> text of every generated page."""
    return {f"{folder}/{name}": text for folder, made in FOLDERS.items() for name, text in made().items()}


def outdated(docs: Path) -> list[str]:
    """Return the generated pages that differ from what the code says now, are missing, or are left over."""
    wanted = pages()
    found = [name for name, text in wanted.items() if not _same(docs / name, text)]
    left = [f"{GENERATED_ONLY}/{path.name}" for path in sorted((docs / GENERATED_ONLY).glob("*.md"))]
    return [*found, *(name for name in left if name not in wanted)]


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write(docs: Path) -> list[str]:
    """Write what is out of date and return its names; left-over pages are removed."""
    wanted, changed = pages(), outdated(docs)
    for name in changed:
        path = docs / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return changed


def main(arguments: Sequence[str]) -> int:
    """Run the command; see the module's documentation."""
    folders = [argument for argument in arguments if not argument.startswith("-")]
    options = {argument for argument in arguments if argument.startswith("-")}
    if len(folders) != 1 or options - {"--check"}:
        raise InputError("one folder is expected", where="equations", hint="python -m countermove.desk.equations docs [--check]")
    docs = Path(folders[0])
    if not docs.is_dir():
        raise InputError("there is no such folder", where=str(docs), hint="give the documentation folder: docs")
    if "--check" in options:
        stale = outdated(docs)
        print("\n".join([*(f"out of date: {name}" for name in stale), "run `make docs`"]) if stale else "all pages are current")
        return 1 if stale else 0
    try:
        changed = write(docs)
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write: {error.strerror or error}", where=str(docs), hint="check the permission"
        ) from None
    print("\n".join(f"written: {docs / name}" for name in changed) or "all pages were current")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CountermoveError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
