"""How many configurations a second one core predicts, how long a full search takes, and the whole process.

python benchmarks/hardware/speed.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np

from countermove.hardware.fit import measured
from countermove.hardware.fit.crossvalidation import take_points, usable
from countermove.hardware.serving.bearing import Bearing
from countermove.hardware.serving.frontier import search
from countermove.hardware.serving.predictor import predict_points
from countermove.hardware.serving.question import Question, resolve

ROWS = 100_000
LEAST_PER_SECOND = 100_000
LONGEST_SEARCH_MS = 100
LONGEST_PROCESS_S = 1.0


def main() -> None:
    rows = usable(measured.silicon())
    index = np.arange(ROWS) % len(rows.kept)
    points, software = take_points(rows.points, index), rows.software[index]
    nothing = np.zeros(ROWS)
    known = Bearing(np.ones(ROWS, dtype=bool), nothing, nothing, nothing, nothing)
    predict_points(points, software, known)
    spent = min(_cpu(lambda: predict_points(points, software, known)) for _ in range(3))
    print(f"batch: {ROWS / spent:,.0f} configurations per CPU second (asked: {LEAST_PER_SECOND:,})")
    for system, model in (
        ("hgx-h200", "deepseek-r1"),
        ("cloudmatrix-384", "deepseek-r1"),
        ("hgx-h200", "llama-3-1-70b"),
        ("gb200-nvl72", "glm-5"),
    ):
        request, count, _ = resolve(Question(system, model, 4096, 1024))
        search(request, count)
        spent = min(_cpu(lambda: search(request, count)) for _ in range(5))  # noqa: B023
        print(f"search: {model} on {system}: {1e3 * spent:.0f} ms (asked: {LONGEST_SEARCH_MS})")
    words = "predict --system h200 --model deepseek-r1 --isl 1024 --concurrency 64 --tp 8 --json"
    took = [_process(words) for _ in range(5)]
    wall, cpu = min(wall for wall, _ in took), min(cpu for _, cpu in took)
    print(f"process: {wall:.2f} s on the clock, {cpu:.2f} s of CPU, best of five (asked: {LONGEST_PROCESS_S})")


def _process(words: str) -> tuple[float, float]:
    """Return seconds on the clock and of CPU that the command takes as a process of its own."""
    before, used = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-m", "countermove.cli.app", *words.split()], check=True, capture_output=True)
    after = os.times()
    spent = after.children_user + after.children_system - used.children_user - used.children_system
    return time.perf_counter() - before, spent


def _cpu(work) -> float:  # type: ignore[no-untyped-def]
    before = time.process_time()
    work()
    return time.process_time() - before


if __name__ == "__main__":
    main()
