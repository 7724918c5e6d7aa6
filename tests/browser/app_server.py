"""A real server for the browser tests: `countermove serve` in a process of its own, on any free port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "from countermove.cli.app import main; main()"


@contextmanager
def served(data: Path, *, port: int = 0) -> Iterator[str]:
    """Give the address of a server, stopped at the end."""
    command = [sys.executable, "-c", PROGRAM, "serve", "--no-browser", "--engine", "numpy", "--port", str(port)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COUNTERMOVE_DATA": str(data), "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                found = re.search(r"http://\S+/", line)
                if found:
                    yield found[0]
                    return
            raise AssertionError(f"the server did not start: {said}")
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
