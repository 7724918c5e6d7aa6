"""Long work can be watched, left, found again, cancelled, and read after the server has restarted."""

from __future__ import annotations

import inspect
import json
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from countermove.cli import options
from countermove.cli.app import main
from countermove.desk.claims import claims
from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments.run import compare, run
from countermove.storage.checksums import seal
from countermove.strategy.play import play
from countermove.strategy.refusal.infer import infer_refusal
from countermove.web import jobs as room
from countermove.web.jobs import Job, Jobs
from countermove.web.limits import MOST_JOBS
from countermove.web.long_work import work_of
from countermove.web.schema_views import JobRequest


def until(jobs: Jobs, name: str, *states: str) -> None:
    end = time.monotonic() + 20
    while jobs.find(name).state not in states:
        assert time.monotonic() < end, jobs.find(name)
        time.sleep(0.01)


def wait_for(client: Any, name: str) -> dict[str, Any]:
    end = time.monotonic() + 60
    while True:
        job = dict(client.get(f"/api/jobs/{name}").json())
        if job["state"] not in ("waiting", "running"):
            return job
        assert time.monotonic() < end, job
        time.sleep(0.05)


def test_a_job_gives_the_document_of_the_command_line(client: Any) -> None:
    started = client.post("/api/jobs", json={"kind": "run", "scenarios": [{"preset": "h200-rule+ban"}], "draws": 16})
    assert started.status_code == 202
    job = wait_for(client, started.json()["id"])
    assert job["state"] == "done", job
    assert job["done"] == job["total"] == 16
    document = client.get(f"/api/jobs/{job['id']}/result").json()
    direct = client.post("/api/run", json={"scenario": {"preset": "h200-rule+ban"}, "draws": 16}).json()
    assert document["outcomes"] == direct["outcomes"]
    assert job["id"] in {one["id"] for one in client.get("/api/jobs").json()["jobs"]}


def test_a_job_that_names_no_draws_takes_as_many_as_the_command() -> None:
    for function in (run, compare, claims, play, infer_refusal):
        defaults = inspect.signature(function).parameters
        assert (defaults["draws"].default, defaults["seed"].default) == (options.DRAWS, options.SEED), function
    assert JobRequest(kind="refusal").draws is None


def test_page_and_command_make_the_same_of_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["infer", "refusal", "--json", "--quiet"])
    said = json.loads(capsys.readouterr().out)
    _, work = work_of(JobRequest(kind="refusal"))
    assert work(lambda *_: None)["capabilities"] == said["capabilities"]


@pytest.mark.parametrize("name", ["Refusal", "Case"])
def test_a_page_leaves_the_number_of_draws_to_the_server(root: Path, name: str) -> None:
    text = (root / "frontend" / "src" / "views" / f"{name}.svelte").read_text(encoding="utf-8")
    starts = re.findall(r"watch\.start\(\{(.*?)\}\)", text)
    assert starts
    assert not [one for one in starts if "draws" in one]


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "run", "scenarios": []},
        {"kind": "compare", "scenarios": [{}]},
        {"kind": "sweep"},
        {"kind": "game", "game": "../../etc/passwd"},
        {"kind": "game", "game": "no-such-game"},
        {"kind": "game", "washington": "no-such-profile"},
        {"kind": "claims", "case": "no-such-case"},
        {"kind": "run", "scenarios": [{}], "draws": 10_000_000},
    ],
)
def test_a_job_that_cannot_be_done_is_refused_before_it_starts(client: Any, asked: dict[str, Any]) -> None:
    answer = client.post("/api/jobs", json=asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["what"]


def test_an_unknown_job_is_refused(client: Any) -> None:
    for path in ("/api/jobs/nothing", "/api/jobs/nothing/result", "/api/jobs/..%2f..%2fetc/result"):
        assert client.get(path).status_code in (400, 404)


def test_progress_is_seen_and_a_job_can_be_cancelled(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()

    def work(progress: Any) -> dict[str, Any]:
        progress(1, 4)
        go.wait(20)
        progress(2, 4)
        return {}

    job = jobs.start("run", "slow", work)
    until(jobs, job.id, "running")
    jobs.cancel(job.id)
    go.set()
    until(jobs, job.id, "cancelled")
    with pytest.raises(InputError, match="cancelled"):
        jobs.result(job.id)


def test_a_restarted_server_finds_results_and_says_what_was_interrupted(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    done = jobs.start("run", "quick", lambda _: {"answer": 42})
    until(jobs, done.id, "done")
    path = tmp_path / "half" / "job.json"
    path.parent.mkdir()
    path.write_bytes(seal(json.dumps({"id": "half", "kind": "game", "title": "a game", "state": "running"}).encode()))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "job.json").write_text("{")
    again = Jobs(tmp_path)
    assert json.loads(again.result(done.id)) == {"answer": 42}
    assert again.find("half").state == "interrupted"
    assert not list(tmp_path.rglob("*partial*"))


def test_a_broken_result_is_named_and_a_broken_job_is_not_shown(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    done = [jobs.start("run", "quick", lambda _: {"answer": 42}) for _ in range(2)]
    for one in done:
        until(jobs, one.id, "done")
    result = tmp_path / done[0].id / "result.json"
    content = bytearray(result.read_bytes())
    content[content.index(b"42")] ^= 1
    result.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged"):
        jobs.result(done[0].id)
    assert json.loads(jobs.result(done[1].id)) == {"answer": 42}
    state = tmp_path / done[1].id / "job.json"
    state.write_bytes(state.read_bytes().replace(b"quick", b"quack"))
    assert [one.id for one in Jobs(tmp_path).all()] == [done[0].id]
    assert state.exists()


def test_old_jobs_go_and_files_of_others_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_KEPT", 0)
    jobs, go = Jobs(tmp_path), threading.Event()

    def work(_: Any) -> dict[str, Any]:
        go.wait(20)
        return {}

    one, other = jobs.start("run", "one", work), jobs.start("run", "other", work)
    (tmp_path / one.id / "thesis.txt").write_text("do not lose")
    go.set()
    jobs._pool.shutdown(wait=True)
    assert not jobs.all()
    assert [path.name for path in (tmp_path / one.id).iterdir()] == ["thesis.txt"]
    assert not (tmp_path / other.id).exists()


def test_an_end_is_written_before_it_is_seen(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []

    class Watched(Jobs):
        def _keep(self, job: Job) -> None:
            if job.id in self._jobs:
                seen.append((job.state, self.find(job.id).state))
            super()._keep(job)

    jobs, go = Watched(tmp_path), threading.Event()

    def slow(progress: Any) -> dict[str, Any]:
        go.wait(20)
        progress(1, 2)
        return {}

    running = jobs.start("run", "cancelled while it runs", slow)
    waiting = jobs.start("run", "cancelled while it waits", lambda _: {})
    until(jobs, running.id, "running")
    jobs.cancel(waiting.id)
    jobs.cancel(running.id)
    go.set()
    done = jobs.start("run", "quick", lambda _: {})
    until(jobs, done.id, "done")
    assert seen == [("cancelled", "waiting"), ("cancelled", "running"), ("done", "running")]
    again = Jobs(tmp_path)
    assert [again.find(one.id).state for one in (running, waiting, done)] == ["cancelled", "cancelled", "done"]


def test_a_server_that_stops_interrupts_what_runs(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()

    def slow(progress: Any) -> dict[str, Any]:
        go.wait(20)
        progress(1, 2)
        return {}

    job = jobs.start("run", "slow", slow)
    until(jobs, job.id, "running")
    jobs.close()
    go.set()
    until(jobs, job.id, "interrupted")
    assert Jobs(tmp_path).find(job.id).problem == "the server stopped while it ran"


def test_a_folder_that_cannot_be_written_leaves_no_job_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    jobs = Jobs(tmp_path / "file")
    with pytest.raises(EnvironmentProblem, match="cannot write results"):
        jobs.start("run", "nowhere", lambda _: {})
    assert not jobs.all()


def test_a_result_that_cannot_be_written_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs(tmp_path)

    def refuse(path: Path, document: Any) -> None:
        raise OSError(28, "No space left on device")

    job = jobs.start("run", "no room", lambda progress: monkeypatch.setattr(jobs, "_write", refuse) or {})
    until(jobs, job.id, "failed")
    assert "No space left on device" in jobs.find(job.id).problem


def test_a_failure_is_said_and_does_not_stop_the_next_job(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    bad = jobs.start("run", "bad", lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    good = jobs.start("run", "good", lambda _: {})
    until(jobs, good.id, "done")
    assert jobs.find(bad.id).state == "failed"
    assert "ZeroDivisionError" in jobs.find(bad.id).problem


def test_only_so_many_jobs_wait(tmp_path: Path) -> None:
    jobs, go = Jobs(tmp_path), threading.Event()

    def work(_: Any) -> dict[str, Any]:
        go.wait(20)
        return {}

    started = [jobs.start("run", "one", work) for _ in range(MOST_JOBS)]
    with pytest.raises(InputError, match="waiting already"):
        jobs.start("run", "one too many", work)
    go.set()
    until(jobs, started[-1].id, "done")
