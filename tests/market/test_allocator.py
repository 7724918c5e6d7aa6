"""Working memory that is freed stays with the process until it is given back."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from countermove.market.engines.allocator import keep_freed_memory, return_freed_memory

MEASURE = """
import resource, threading
import numpy as np
from countermove.market.engines.allocator import keep_freed_memory, return_freed_memory

if KEEP:
    keep_freed_memory()
MB = 1 << 20

def resident():
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmRSS"))

def work():
    faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for call in range(60):
        held = [np.ones(16 * MB, np.uint8) for _ in range(3)]
        del held
        if call == 9:
            before = faults()
    print(faults() - before)

for _ in range(2):  # threads, whose parts of the heap are given up by themselves
    one = threading.Thread(target=work)
    one.start()
    one.join()
full = resident()
return_freed_memory()
print(full - resident())
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="reads memory from /proc")
def test_memory_is_taken_once_and_can_be_given_back() -> None:
    said = subprocess.run(
        [sys.executable, "-c", MEASURE.replace("KEEP", "True")], capture_output=True, text=True, check=True
    ).stdout.split()
    *faults, returned = map(int, said)
    pages = 3 * 16 * 256
    assert max(faults) < pages, "fifty calls take the pages of less than one"
    assert returned >= 40, "MB"


@pytest.mark.parametrize("problem", [OSError, AttributeError, TypeError])
def test_another_system_is_left_alone(problem: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise problem

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    keep_freed_memory()
    return_freed_memory()
