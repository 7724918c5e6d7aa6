"""What the GNU library's allocator is told about the working memory of compiled programs; other systems' are left alone.

A program takes 12 MB for each call and frees them at its end. By itself the allocator hands such pages back to the system in some
processes and not in others, by where the memory happened to lie; asking for them again took a third of the time there.
"""

from __future__ import annotations

import contextlib
import ctypes

TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD, ARENA_MAX = -1, -2, -3, -8
"""Options of `mallopt`, by the names of its manual without their `M_`."""
KEPT_BYTES = 32 << 20
"""The largest buffer kept for reuse: the most that the library accepts."""

ELSEWHERE = (OSError, AttributeError, TypeError)
"""What looking for these functions raises where there are none: in another library, or on another system."""


def keep_freed_memory() -> None:
    """Let what is freed stay with the process, in one heap for all threads, until :func:`return_freed_memory`."""
    with contextlib.suppress(*ELSEWHERE):
        library = ctypes.CDLL(None)
        library.mallopt(ARENA_MAX, 1)  # threads with heaps of their own would each keep what they freed
        library.mallopt(MMAP_THRESHOLD, KEPT_BYTES)
        library.mallopt(TRIM_THRESHOLD, 2 * KEPT_BYTES)
        library.mallopt(TOP_PAD, 2 * KEPT_BYTES)  # else a thread's older heap is given up whole when it empties


def return_freed_memory() -> None:
    """Give back what is free now: after tracing and compiling it is a hundred megabytes."""
    with contextlib.suppress(*ELSEWHERE):
        ctypes.CDLL(None).malloc_trim(0)
