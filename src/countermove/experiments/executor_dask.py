"""The Dask executor: a local cluster, or a scheduler that runs elsewhere. Workers need the package and nothing else."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterable, Iterator
from typing import Any, Self

from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.experiments.fingerprint import differences, fingerprint
from countermove.experiments.sweep_chunk import ChunkFiles, ChunkWorker
from countermove.experiments.sweep_plan import Plan

WAIT_SECONDS = 10
IN_FLIGHT_PER_THREAD = 2
"""Tasks given to the scheduler ahead of their turn: enough to keep workers busy, few enough to lose little."""

_workers: dict[str, ChunkWorker] = {}
"""Inside a Dask worker: the plan it computes, by the plan's key."""


class Dask:
    """Computes chunks on a Dask cluster; Dask itself gives the chunk of a dead worker to another."""

    def __init__(self, plan: Plan, *, workers: int | None = None, scheduler: str | None = None) -> None:
        self._distributed = _require_dask()
        self._plan, self._count, self._address = plan, workers, scheduler
        self._cluster: Any = None
        self._client: Any = None

    def __enter__(self) -> Self:
        try:
            self._connect()
            self._check_workers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for part in (self._client, self._cluster):
            if part is not None:
                with contextlib.suppress(Exception):
                    part.close(timeout=WAIT_SECONDS)
        self._client = self._cluster = None

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers; only of use for a local cluster."""
        return list(self._client.run(os.getpid).values())

    def run(self, numbers: Iterable[int]) -> Iterator[ChunkFiles]:
        """Yield the files of every chunk; CountermoveError when one fails or kills its workers again and again."""
        todo, client = iter(numbers), self._client
        plan = client.scatter(self._plan, broadcast=True, hash=False)
        finished = self._distributed.as_completed()
        room = IN_FLIGHT_PER_THREAD * max(1, sum(client.nthreads().values()))

        def submit(count: int) -> None:
            for number in _first(todo, count):
                finished.add(
                    client.submit(_compute, plan, plan.key, number, fingerprint(), key=f"{plan.key}-{number}", pure=False)
                )

        submit(room)
        for future in finished:
            yield self._result(future)
            future.release()
            submit(1)

    def _connect(self) -> None:
        distributed = self._distributed
        if self._address is None:
            count = self._count or max(1, len(os.sched_getaffinity(0)))
            self._cluster = distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
            )
            self._client = distributed.Client(self._cluster)
            return
        try:
            self._client = distributed.Client(self._address, timeout=WAIT_SECONDS)
            self._client.wait_for_workers(self._count or 1, timeout=WAIT_SECONDS)
        except (OSError, TimeoutError) as error:
            if self._client is None:
                raise EnvironmentProblem(
                    f"no Dask scheduler answers within {WAIT_SECONDS} seconds",
                    where=f"--scheduler {self._address}",
                    hint="check the address and the network; it looks like tcp://HOST:8786",
                ) from error
            raise EnvironmentProblem(
                f"the scheduler has {len(self._client.nthreads())} workers, not {self._count or 1}",
                where=f"--scheduler {self._address}",
                hint="start workers with `dask worker ADDRESS`",
            ) from error
        except ValueError as error:
            raise InputError(
                f"not an address: {error}", where=f"--scheduler {self._address}", hint="it looks like tcp://HOST:8786"
            ) from error

    def _check_workers(self) -> None:
        """Compare every worker's installation with this one before any work."""
        for address, found in self._client.run(_try_fingerprint).items():
            unlike = "countermove is not installed there" if found is None else differences(found, fingerprint())
            if unlike:
                raise EnvironmentProblem(
                    f"the worker {address} differs from this machine: {unlike}",
                    where="dask",
                    hint="install the same version from the same lock file on all of them",
                )

    def _result(self, future: Any) -> ChunkFiles:
        try:
            found = future.result()
        except self._distributed.KilledWorker as error:
            raise EnvironmentProblem(
                f"a chunk ended its worker again and again: {error.task}",
                where="dask",
                hint="memory may be short: use a smaller `chunk` or fewer workers, then --resume",
            ) from error
        except CountermoveError:
            raise
        except Exception as error:
            raise EnvironmentProblem(
                f"a chunk failed ({type(error).__name__}: {error})", where="dask", hint="what is done is kept: --resume"
            ) from error
        if isinstance(found, str):
            raise EnvironmentProblem(found, where="dask", hint="install the same version from the same lock file everywhere")
        files: ChunkFiles = found
        return files


def _first(numbers: Iterator[int], count: int) -> Iterator[int]:
    for _ in range(count):
        number = next(numbers, None)
        if number is None:
            return
        yield number


def _try_fingerprint() -> str | None:
    """Return this worker's fingerprint, None where it cannot be made."""
    try:
        return fingerprint()
    except Exception:
        return None


def _compute(plan: Plan, key: str, number: int, parent: str) -> ChunkFiles | str:
    """Compute a chunk inside a worker; a text says what differs when the worker joined with another installation."""
    unlike = differences(fingerprint(), parent)
    if unlike:
        return f"a worker differs from this machine: {unlike}"
    if key not in _workers:
        _workers.clear()
        _workers[key] = ChunkWorker(plan)
    return _workers[key].compute(number)


def _require_dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise EnvironmentProblem(
            "Dask is not installed", where="--executor dask", hint="pip install 'countermove[dask]'"
        ) from None
    return distributed
