"""One sweep of one scenario, measured from outside: `python -m benchmarks.sweeps RUNS [--executor threads] [--kill-after 0.2]`.

Prints wall time, processor time and peak memory of all its processes, pages they share counted once (Linux only), and a hash of
the summary, by which two sweeps can be compared. Give it twice: the first call may compile.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def family(process: int) -> list[int]:
    """Return a process and all below it."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return [process]
    return [process, *(one for child in children for one in family(int(child)))]


def memory_mb(process: int) -> float:
    """Return the memory of a process in MB, shared pages split between those that share them; 0 when it has ended."""
    try:
        said = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+)", said, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def watched(command: list[str], until: Callable[[], bool]) -> tuple[int, float]:
    """Run a command to its end, or to `kill -9` once `until` says so: its exit status, and the peak memory of its processes."""
    process, peak = subprocess.Popen(command, stdout=subprocess.DEVNULL), 0.0
    while process.poll() is None:
        peak = max(peak, sum(memory_mb(one) for one in family(process.pid)))
        if until():
            process.kill()
            process.wait()
            return 0, peak
        time.sleep(0.3)
    return process.returncode, peak


def main() -> None:
    """Run it and print a line."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.sweeps")
    options.add_argument("runs", type=int)
    options.add_argument("--executor", default="processes")
    options.add_argument("--chunk", type=int, default=8192)
    options.add_argument("--kill-after", type=float, metavar="SHARE", help="kill -9 at this share of the chunks, then --resume")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        spec, out = Path(folder) / "sweep.yaml", Path(folder) / "out"
        keys = f"draws: {given.runs}\nchunk: {given.chunk}\nperiods: ['2032']\nengine: jax\nkeep: quantiles\n"
        spec.write_text(f"schema: 1\nscenarios: [h200-2026]\n{keys}")
        command = [sys.executable, "-m", "countermove", "sweep", str(spec), "--out", str(out), "--quiet"]
        command += ["--executor", given.executor]
        started, peak, said = time.perf_counter(), 0.0, ""
        if given.kill_after is not None:
            enough = given.kill_after * math.ceil(given.runs / given.chunk)
            status, peak = watched(command, lambda: sum(1 for _ in (out / "chunks").glob("*/*.parquet")) >= enough)
            said = f", ended with kill -9 after {sum(1 for _ in (out / 'chunks').glob('*/*.parquet'))} chunks and continued"
            command.append("--resume")
        status, later = watched(command, lambda: False)
        wall, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        summary = hashlib.sha256((out / "summary.json").read_bytes()).hexdigest()[:16] if status == 0 else "none"
    print(
        f"{given.runs:,} runs, {given.executor}: {wall:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor, "
        f"{max(peak, later):.0f} MB, summary {summary}{said}"
    )
    raise SystemExit(status)


if __name__ == "__main__":
    main()
