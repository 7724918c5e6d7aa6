"""Run the commands of a page again and put what they print in their place.

python examples/refresh_console.py docs/tutorial.md

A block that begins with ```console holds one command after "$ " and its output. A line "..." at its end says that only the
first lines are shown, one at its beginning that only the last ones are. Commands run in an empty folder, in the order of the
page, so that one may read what another wrote.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
CUT = "..."


def commands(text: str) -> list[str]:
    """Return the commands of a page in order."""
    return [found["command"] for found in BLOCK.finditer(text)]


def printed(command: str, folder: Path) -> list[str]:
    """Run a command of this package and return what it prints."""
    words = shlex.split(command)
    if words[0] == "countermove":
        words = [sys.executable, "-m", "countermove.cli.app", *words[1:]]
    finished = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603  (our own page)
    return finished.stdout.rstrip("\n").split("\n")


def refreshed(text: str) -> str:
    """Return a page with the output of every command renewed; cut blocks keep their number of lines."""
    with tempfile.TemporaryDirectory() as folder:

        def renew(found: re.Match[str]) -> str:
            old = found["output"].rstrip("\n").split("\n")
            new = printed(found["command"], Path(folder))
            if old[-1] == CUT:
                new = [*new[: len(old) - 1], CUT]
            elif old[0] == CUT:
                new = [CUT, *new[1 - len(old) :]]
            return "```console\n$ " + found["command"] + "\n" + "\n".join(new) + "\n```"

        return BLOCK.sub(renew, text)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
