"""Executors: where chunks are computed. Each is a context manager with one method.

    with Processes(plan, workers=2) as executor:
        for files in executor.run(numbers):
            ledger.store(files)

Chunks come back in any order; nothing depends on it. Leaving the context ends every worker.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor
from concurrent.futures import wait as wait_for_any
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Protocol, Self

from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.experiments.fingerprint import differences, fingerprint
from countermove.experiments.sweep_chunk import ChunkFiles, ChunkWorker
from countermove.experiments.sweep_plan import Plan

EXECUTORS = ("serial", "threads", "processes", "dask")
MOST_DEATHS = 3
"""Times that one chunk may take its worker down before the sweep stops."""


class Executor(Protocol):
    """Computes chunks by number."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def run(self, numbers: Iterable[int]) -> Iterator[ChunkFiles]:
        """Yield the files of every chunk asked for, in any order."""
        ...


class Serial:
    """Computes chunks in this process, one after the other."""

    def __init__(self, plan: Plan) -> None:
        self._worker = ChunkWorker(plan)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def run(self, numbers: Iterable[int]) -> Iterator[ChunkFiles]:
        """Yield the files of every chunk in the order asked for."""
        for number in numbers:
            yield self._worker.compute(number)


class Threads:
    """Computes chunks in threads of this process: with JAX the least memory, because all share one compiled program."""

    def __init__(self, plan: Plan, workers: int | None = None) -> None:
        self._worker = ChunkWorker(plan)
        self._count = workers or max(1, len(os.sched_getaffinity(0)))
        self._pool = ThreadPoolExecutor(self._count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def run(self, numbers: Iterable[int]) -> Iterator[ChunkFiles]:
        """Yield the files of every chunk as they are done; no more are begun ahead than there are threads."""
        todo = iter(numbers)
        begun = {self._pool.submit(self._worker.compute, number) for number in itertools.islice(todo, self._count)}
        while begun:
            done, begun = wait_for_any(begun, return_when=FIRST_COMPLETED)
            begun |= {self._pool.submit(self._worker.compute, number) for number in itertools.islice(todo, len(done))}
            for one in done:
                yield one.result()


class _Child:
    """One worker process and the pipe to it.

    Started as a program of its own: a fork would copy locks and pipes, which JAX does not survive, and multiprocessing would
    run the caller's main script again.
    """

    def __init__(self, plan: Plan, parent: str) -> None:
        self.pipe, theirs = Pipe()
        command = [sys.executable, "-c", f"from countermove.experiments.executors import serve; serve({theirs.fileno()})"]
        self.process = subprocess.Popen(  # noqa: S603
            command, pass_fds=[theirs.fileno()], env=os.environ | _ONE_THREAD, stdin=subprocess.DEVNULL
        )
        theirs.close()
        self.busy: int | None = None
        with contextlib.suppress(OSError):  # a child that died at once is noticed when it is given work
            self.pipe.send((plan, parent))

    def give(self, number: int) -> None:
        self.pipe.send(number)
        self.busy = number

    def stop(self) -> None:
        self.pipe.close()
        try:
            self.process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Processes:
    """A pool that survives the death of any worker: its chunk goes to another, and a new worker takes its place.

    Workers end by themselves when the parent dies, because then their pipe closes.
    """

    def __init__(self, plan: Plan, workers: int | None = None) -> None:
        self._plan = plan
        self._count = workers or max(1, len(os.sched_getaffinity(0)))
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.stop()
        self._children.clear()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [child.process.pid for child in self._children]

    def run(self, numbers: Iterable[int]) -> Iterator[ChunkFiles]:
        """Yield the files of every chunk; CountermoveError when a chunk fails, or kills its worker again and again."""
        todo, deaths = iter(numbers), Counter[int]()
        again: deque[int] = deque()
        while True:
            self._hand_out(todo, again)
            busy = [child for child in self._children if child.busy is not None]
            if not busy:
                return
            for pipe in wait([child.pipe for child in busy]):
                child = next(child for child in busy if child.pipe is pipe)
                answer = self._answer(child)
                if answer is None:
                    self._bury(child, deaths, again)
                    continue
                child.busy = None
                if isinstance(answer, CountermoveError):
                    raise answer
                yield answer

    def _hand_out(self, todo: Iterator[int], again: deque[int]) -> None:
        idle = deque(child for child in self._children if child.busy is None)
        while idle or len(self._children) < self._count:
            number = again.popleft() if again else next(todo, None)
            if number is None:
                return
            if idle:
                child = idle.popleft()
            else:
                child = _Child(self._plan, fingerprint())
                self._children.append(child)
            try:
                child.give(number)
            except OSError:  # it died while idle: the chunk never began
                self._children.remove(child)
                child.stop()
                again.appendleft(number)

    def _answer(self, child: _Child) -> ChunkFiles | CountermoveError | None:
        """Return what a worker sent; None when it died."""
        try:
            found: ChunkFiles | CountermoveError = _revived(child.pipe.recv())
        except (EOFError, OSError):
            return None
        return found

    def _bury(self, child: _Child, deaths: Counter[int], again: deque[int]) -> None:
        number = child.busy
        self._children.remove(child)
        child.stop()
        if number is None:
            return
        deaths[number] += 1
        if deaths[number] >= MOST_DEATHS:
            raise EnvironmentProblem(
                f"chunk {number} ended its worker {MOST_DEATHS} times (exit code {child.process.returncode})",
                where="sweep",
                hint="memory may be short: use a smaller `chunk` or fewer workers, then --resume",
            )
        again.append(number)


def serve(descriptor: int) -> None:
    """Be a worker: take the plan and then chunk numbers from a pipe, and send files back until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and closes the pipe
    pipe = Connection(descriptor)
    try:
        plan, parent = pipe.recv()
    except EOFError:
        return
    worker = ChunkWorker(plan)
    unlike = differences(parent, fingerprint())
    try:
        while True:
            number = pipe.recv()
            try:
                if unlike:
                    raise EnvironmentProblem(
                        f"a worker differs from this process: {unlike}", where="sweep", hint="install the same"
                    )
                pipe.send(worker.compute(number))
            except CountermoveError as error:
                pipe.send((type(error).__name__, error.what, error.where, error.hint))
            except Exception as error:
                told = f"chunk {number} failed ({type(error).__name__}: {error})"
                pipe.send(("EnvironmentProblem", told, "sweep", "compute it alone with --executor serial --resume to see where"))
    except (EOFError, OSError):
        return


def _revived(message: Any) -> ChunkFiles | CountermoveError:
    """Return a worker's message as files or as the error it describes; exceptions themselves do not survive pickling."""
    if isinstance(message, ChunkFiles):
        return message
    kind, what, where, hint = message
    return (InputError if kind == "InputError" else EnvironmentProblem)(what, where=where, hint=hint)


#: One thread per worker process: more would only fight over the same cores.
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "COUNTERMOVE_DEVICES": "1"}
