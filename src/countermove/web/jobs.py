"""Long work: jobs with progress that can be left, found again, cancelled and read after the server has restarted."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.storage.checksums import read_sealed, seal
from countermove.storage.user_folder import user_folder
from countermove.storage.whole import clear_leftovers, write_whole
from countermove.web.limits import MOST_JOBS

Progress = Callable[[int, int], None]
Work = Callable[[Progress], dict[str, Any]]

STATE, RESULT = "job.json", "result.json"
MOST_KEPT = 60
"""Finished jobs kept in the folder; the oldest go first."""
OPEN = ("waiting", "running")
INTERRUPTED = "the server stopped while it ran"


def data_folder() -> Path:
    """Return the folder of results: `COUNTERMOVE_DATA`, else the user's data folder of this system."""
    return user_folder()


@dataclass
class Job:
    """One piece of long work: waiting, running, done, failed, cancelled, or interrupted by the end of its server."""

    id: str
    kind: str
    title: str
    state: str = "waiting"
    done: int = 0
    total: int = 0
    started: float = 0.0
    seconds: float = 0.0
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the job as its address shows it, with the seconds that it may still take."""
        left = self.seconds * (self.total - self.done) / self.done if self.done and self.state == "running" else None
        return asdict(self) | {"seconds_left": left}


class _CancelledError(Exception):
    pass


class Jobs:
    """The jobs of one data folder, run one at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or data_folder() / "jobs"
        self._jobs: dict[str, Job] = {}
        self._stops: dict[str, threading.Event] = {}
        self._lock, self._closed = threading.Lock(), False
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._read()

    def start(self, kind: str, title: str, work: Work) -> Job:
        """Queue work, which reports its progress and stops when that raises, and return its job.

        Raises InputError when too many wait, EnvironmentProblem for an unwritable folder.
        """
        with self._lock:
            if sum(job.state in OPEN for job in self._jobs.values()) >= MOST_JOBS:
                raise InputError(f"{MOST_JOBS} jobs are waiting already", where="jobs", hint="cancel one or wait")
            job = Job(f"{int(time.time()):x}-{secrets.token_hex(4)}", kind, title)
            self._keep(job)
            self._jobs[job.id], self._stops[job.id] = job, threading.Event()
        self._pool.submit(self._work, job, work)
        return job

    def find(self, name: str) -> Job:
        """Return a job by its id; InputError for an unknown one."""
        if name not in self._jobs:
            raise InputError("there is no such job", where="jobs", hint="it may have been deleted; start it again")
        return self._jobs[name]

    def all(self) -> list[Job]:
        """Return every job, newest first."""
        with self._lock:
            jobs = list(self._jobs.values())
        return sorted(jobs, key=lambda job: job.id, reverse=True)

    def cancel(self, name: str) -> Job:
        """Stop a job at its next step; a finished one stays as it is."""
        job = self.find(name)
        with self._lock:
            self._stops.setdefault(name, threading.Event()).set()
            if job.state == "waiting":
                self._keep(replace(job, state="cancelled"))
                job.state = "cancelled"
        return job

    def result(self, name: str) -> bytes:
        """Return the document of a finished job; InputError for one that is not done, or whose result is damaged."""
        job = self.find(name)
        if job.state != "done":
            raise InputError(f"the job is {job.state}", where="jobs", hint="ask again when it is done")
        return read_sealed(self._folder / name / RESULT, hint="start it again")

    def close(self) -> None:
        """Stop everything; what was running can be read as interrupted by the next server."""
        self._closed = True
        for stop in self._stops.values():
            stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, job: Job, work: Work) -> None:
        stop = self._stops[job.id]

        def progress(done: int, total: int) -> None:
            job.done, job.total, job.seconds = done, total, time.time() - job.started
            if stop.is_set():
                raise _CancelledError

        with self._lock:
            if stop.is_set():
                return
            job.state, job.started = "running", time.time()
        state, problem = "failed", ""
        try:
            progress(0, 0)
            document = work(progress)
            self._write(self._folder / job.id / RESULT, document)
            state = "done"
        except _CancelledError:
            state, problem = self._stopped()
        except CountermoveError as error:
            problem = str(error)
        except Exception as error:
            if stop.is_set():
                state, problem = self._stopped()
            else:
                problem = f"unexpected problem ({type(error).__name__}: {str(error)[:200]})"
        finally:
            self._end(job, state, problem)
            self._forget_oldest()

    def _stopped(self) -> tuple[str, str]:
        return ("interrupted", INTERRUPTED) if self._closed else ("cancelled", "")

    def _end(self, job: Job, state: str, problem: str) -> None:
        """Write how a job ended before anybody can see it, so that a server that starts next finds what this one has said."""
        ended = replace(job, state=state, problem=problem, seconds=time.time() - job.started)
        try:
            self._keep(ended)
        except EnvironmentProblem as error:
            ended.state, ended.problem = "failed", str(error)
        job.seconds, job.problem = ended.seconds, ended.problem
        job.state = ended.state

    def _keep(self, job: Job) -> None:
        try:
            self._write(self._folder / job.id / STATE, asdict(job))
        except OSError as error:
            raise EnvironmentProblem(
                f"cannot write results ({error.strerror})", where="jobs", hint="set COUNTERMOVE_DATA to a folder of yours"
            ) from None

    def _write(self, path: Path, document: dict[str, Any]) -> None:
        """Write whole or not at all, sealed with a checksum."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, seal(json.dumps(document, ensure_ascii=False, allow_nan=False).encode()))

    def _read(self) -> None:
        for path in sorted(self._folder.glob(f"*/{STATE}")):
            try:
                job = Job(**json.loads(read_sealed(path, hint="")))
            except (InputError, ValueError, TypeError):
                continue  # damaged, from an earlier version, or not a job: neither shown nor touched
            if job.id != path.parent.name:
                continue
            if job.state in OPEN:
                job.state, job.problem = "interrupted", INTERRUPTED
            self._jobs[job.id] = job

    def _forget_oldest(self) -> None:
        finished = [job for job in self.all() if job.state not in OPEN]
        for job in finished[MOST_KEPT:]:
            self._jobs.pop(job.id, None)
            self._stops.pop(job.id, None)
            folder = self._folder / job.id
            with contextlib.suppress(OSError):
                for name in (RESULT, STATE):
                    clear_leftovers(folder / name)
                    (folder / name).unlink(missing_ok=True)
                folder.rmdir()  # unless a file of somebody else lies in it
