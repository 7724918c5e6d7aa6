"""One sweep of one scenario, measured from outside: `python -m benchmarks.sweeps RUNS [--executor threads]`.

Prints wall time, processor time and peak memory of all its processes, pages they share counted once (Linux only).
Give it twice: the first call may compile.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
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


def main() -> None:
    """Run it and print a line."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.sweeps")
    options.add_argument("runs", type=int)
    options.add_argument("--executor", default="processes")
    options.add_argument("--chunk", type=int, default=8192)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "sweep.yaml"
        keys = f"draws: {given.runs}\nchunk: {given.chunk}\nperiods: ['2032']\nengine: jax\nkeep: quantiles\n"
        spec.write_text(f"schema: 1\nscenarios: [h200-2026]\n{keys}")
        command = [sys.executable, "-m", "countermove", "sweep", str(spec), "--out", f"{folder}/out"]
        started, peak = time.perf_counter(), 0.0
        process = subprocess.Popen([*command, "--executor", given.executor, "--quiet"], stdout=subprocess.DEVNULL)
        while process.poll() is None:
            peak = max(peak, sum(memory_mb(one) for one in family(process.pid)))
            time.sleep(0.3)
        wall, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{given.runs:,} runs, {given.executor}: {wall:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor, {peak:.0f} MB"
    )
    raise SystemExit(process.returncode)


if __name__ == "__main__":
    main()
