"""Long work in a process of its own, so that the screen stays quick, and stopping it stops everything.

The process is `job_process`; what it writes is followed here, line by line.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from countermove.errors import InputError

MODULE = "countermove.web.job_process"
PATIENCE = 0.25
"""Seconds between two looks at whether the work is to stop."""


class StoppedError(Exception):
    """The work was stopped from outside."""


def run_elsewhere(request: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Run the work of a request in another process and return its document.

    `progress` may raise to stop the work. Raises InputError for what the work refuses.
    """
    command = [sys.executable, "-m", MODULE]
    source = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(  # noqa: S603  our own module, with a request that has been checked
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": source},
    ) as process:
        try:
            return _followed(process, request, progress)
        finally:
            process.kill()


def _followed(process: subprocess.Popen[str], request: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    if process.stdin is None or process.stdout is None:
        raise StoppedError
    process.stdin.write(request)
    process.stdin.close()
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    reached = (0, 0)
    while True:
        try:
            line = lines.get(timeout=PATIENCE)
        except queue.Empty:
            progress(*reached)  # nothing new, but the chance to be stopped
            continue
        if line is None:
            raise StoppedError("the process of the job ended early")
        said = json.loads(line)
        if "result" in said:
            return dict(said["result"])
        if "problem" in said:
            raise InputError(said["problem"], where="job")
        reached = (said["done"], said["total"])
        progress(*reached)


def _read(pipe: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in pipe:
        lines.put(line)
    lines.put(None)
