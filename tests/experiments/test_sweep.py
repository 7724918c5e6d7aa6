"""A sweep gives the same bits whatever computes it, whatever interrupts it, and whoever is killed."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow.parquet as pq
import pytest

from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments import sweep as sweeping
from countermove.experiments.executors import Processes
from countermove.experiments.run import run
from countermove.experiments.scenario import load_scenario
from countermove.experiments.sweep_chunk import ChunkFiles, ChunkWorker
from countermove.experiments.sweep_ledger import Ledger
from countermove.experiments.sweep_plan import plan_sweep
from countermove.storage.checksums import write_list


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


files = _beside("sweep_files")

try:
    import distributed
except ImportError:  # pragma: no cover
    distributed = None

needs_jax = pytest.mark.skipif(
    find_spec("jax") is None and os.environ.get("REQUIRE_ALL") != "1",
    reason="JAX is not installed: pip install 'countermove[jax]'",
)
needs_dask = pytest.mark.skipif(
    distributed is None and os.environ.get("REQUIRE_ALL") != "1", reason="Dask is not installed: pip install 'countermove[dask]'"
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sweep file, and its result computed in one go in this process."""
    folder = tmp_path_factory.mktemp("sweep")
    spec = files.write_sweep(folder)
    sweeping.sweep(spec, folder / "whole", executor="serial")
    return spec, folder / "whole"


def test_rows_are_the_runs_that_run_gives(undisturbed: tuple[Path, Path]) -> None:
    _, folder = undisturbed
    table = pq.read_table(folder / "rows")
    chosen = table.to_pandas().query("scenario == 'h200-rule+ban' and point == 1").sort_values("draw")
    scenario = load_scenario("h200-rule+ban").with_levers({"washington.duty": 0.5})
    expected = run(scenario, draws=128).outcomes["china_compute_h100e"]["2032"]
    np.testing.assert_allclose(chosen["china_compute_h100e@2032"], expected, rtol=1e-12)


def test_the_summary_is_within_the_stated_error(undisturbed: tuple[Path, Path]) -> None:
    _, folder = undisturbed
    rows = pq.read_table(folder / "rows").to_pandas()
    for line in json.loads((folder / "summary.json").read_text())["rows"]:
        values = rows.query("scenario == @line['scenario']")
        values = values[values["point"] == [0, 0.5].index(line["levers.washington.duty"])]
        found = values[f"{line['outcome']}@{line['period']}"].to_numpy()
        error = 1 / 192 if line["period"] == "horizon" else 1e-3 * np.abs(found).max()
        assert abs(np.quantile(found, 0.05) - line["p5"]) <= error
        assert abs(np.median(found) - line["median"]) <= error
        assert line["mean"] == pytest.approx(found.mean())
        assert line["runs"] == 128


@pytest.mark.parametrize("executor", ["processes", "threads"])
def test_many_workers_and_one_agree_to_the_last_bit(executor: str, undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    spec, whole = undisturbed
    done = sweeping.sweep(spec, tmp_path / "out", executor=executor, workers=2)
    assert (done.kept, done.computed) == (0, 8)
    assert files.results(tmp_path / "out") == files.results(whole)


@needs_jax
def test_with_jax_threads_and_processes_agree_to_the_last_bit(tmp_path: Path) -> None:
    spec = tmp_path / "compiled.yaml"
    spec.write_text("schema: 1\nscenarios: [h200-2026]\ndraws: 1536\nchunk: 512\nperiods: ['2032']\nengine: jax\n")
    for executor in ("threads", "processes"):
        done = sweeping.sweep(spec, tmp_path / executor, executor=executor, workers=2)
        assert done.computed == 3
    assert files.results(tmp_path / "threads") == files.results(tmp_path / "processes")


def test_resuming_does_what_is_missing_and_nothing_else(undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    spec, whole = undisturbed
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    for number in (2, 5):
        Ledger(out).chunk_path(number).unlink()
    (out / "summary.json").unlink()
    (out / "chunks/000/00000006.parquet.partial").write_bytes(b"half")
    done = sweeping.sweep(spec, out, executor="serial", resume=True)
    assert (done.kept, done.computed) == (6, 2)
    assert files.results(out) == files.results(whole)


def test_a_killed_worker_costs_its_chunk_and_no_bit(undisturbed: tuple[Path, Path]) -> None:
    spec, whole = undisturbed
    plan = plan_sweep(spec)
    with Processes(plan, workers=2) as pool:
        found: dict[int, ChunkFiles] = {}
        for done in pool.run(range(plan.chunks)):
            found[done.number] = done
            if len(found) == 1:
                os.kill(pool.pids[0], signal.SIGKILL)
    assert sorted(found) == list(range(plan.chunks))
    for number, made in found.items():
        assert made.histograms == Ledger(whole).chunk_path(number).read_bytes()


def test_a_chunk_that_always_kills_its_worker_stops_the_sweep(
    undisturbed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    monkeypatch.setattr("countermove.experiments.executors.MOST_DEATHS", 1)
    with Processes(plan_sweep(undisturbed[0]), workers=1) as pool:
        stream = pool.run(range(8))
        next(stream)
        threading.Timer(0.05, lambda: os.kill(pool.pids[0], signal.SIGKILL)).start()
        with pytest.raises(EnvironmentProblem, match="ended its worker"):
            list(stream)


def test_kill_9_of_the_parent_is_resumed_to_the_same_bits(undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    spec, whole = undisturbed
    out = tmp_path / "out"
    parent = files.start(spec, out, "--workers", "2")
    while not files.chunks(out) and parent.poll() is None:
        time.sleep(0.02)
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    before = {path: path.stat().st_mtime_ns for path in (out / "chunks").glob("*/*.parquet")}
    assert before
    done = sweeping.sweep(spec, out, executor="serial", resume=True)
    assert done.kept == len(before)
    assert done.computed == 8 - len(before)
    assert all(path.stat().st_mtime_ns == when for path, when in before.items())
    assert files.results(out) == files.results(whole)


FILL = """
set -e
mount -t tmpfs -o size=56k tmpfs "$1"
"$2" -c 'from countermove.cli.app import main; main()' sweep "$3" --out "$1/out" --executor serial --quiet > /dev/null && exit 9
echo "code $?"
mount -o remount,size=50m "$1"
ls "$1"/out/chunks/000 | wc -l
"$2" -c 'from countermove.cli.app import main; main()' sweep "$3" --out "$1/out" --executor serial --quiet --resume > /dev/null
cp -r "$1/out" "$4"
"""


def test_a_full_disk_is_named_and_resumed_to_the_same_bits(undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    spec, whole = undisturbed
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk of their own")
    arguments = ["unshare", "-rm", "sh", "-c", FILL, "sh", str(disk), sys.executable, str(spec), str(tmp_path / "copy")]
    shell = subprocess.run(arguments, capture_output=True, text=True)
    assert "the disk is full" in shell.stderr, shell.stderr
    assert "--resume" in shell.stderr
    assert shell.returncode == 0, shell.stderr
    code, kept = shell.stdout.split("\n")[:2]
    assert code == "code 2"
    assert 0 < int(kept) < 8
    assert files.results(tmp_path / "copy") == files.results(whole)


@needs_dask
def test_dask_survives_a_killed_worker_and_agrees_to_the_last_bit(undisturbed: tuple[Path, Path]) -> None:
    from countermove.experiments.executor_dask import Dask

    spec, whole = undisturbed
    plan = plan_sweep(spec)
    with Dask(plan, workers=2) as cluster:
        found = {}
        for done in cluster.run(range(plan.chunks)):
            found[done.number] = done
            if len(found) == 1:
                os.kill(cluster.pids[0], signal.SIGKILL)
    assert sorted(found) == list(range(plan.chunks))
    for number, made in found.items():
        assert made.histograms == Ledger(whole).chunk_path(number).read_bytes()
        assert made.rows == Ledger(whole).rows_path(number).read_bytes()


@needs_dask
def test_unlike_dask_workers_are_refused_before_any_work(
    undisturbed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("countermove.experiments.executor_dask.fingerprint", lambda: '{"countermove": "0.0.1"}')
    with pytest.raises(EnvironmentProblem, match=r"differs from this machine: .*countermove 0.1.0 against 0.0.1"):
        sweeping.sweep(undisturbed[0], tmp_path / "out", executor="dask", workers=1)
    assert not (tmp_path / "out").exists()


@needs_dask
def test_an_unreachable_scheduler_is_named(
    undisturbed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("countermove.experiments.executor_dask.WAIT_SECONDS", 1)
    with pytest.raises(EnvironmentProblem, match="no Dask scheduler answers"):
        sweeping.sweep(undisturbed[0], tmp_path / "out", executor="dask", scheduler="tcp://127.0.0.1:1")
    assert not (tmp_path / "out").exists()


def test_two_writers_are_refused(undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(undisturbed[1], tmp_path / "out")
    with Ledger(tmp_path / "out").locked(), pytest.raises(InputError, match="another process is writing"):
        sweeping.sweep(undisturbed[0], tmp_path / "out", executor="serial", resume=True)


def test_another_file_or_installation_cannot_continue_a_sweep(undisturbed: tuple[Path, Path], tmp_path: Path) -> None:
    spec, whole = undisturbed
    other = files.write_sweep(tmp_path, files.SMALL.replace("draws: 128", "draws: 192"))
    with pytest.raises(InputError, match="begun with another draws"):
        sweeping.sweep(other, whole, resume=True)
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    manifest = json.loads((out / "sweep.json").read_text())
    manifest["fingerprint"] = json.dumps(json.loads(manifest["fingerprint"]) | {"numpy": "1.0"})
    (out / "sweep.json").write_text(json.dumps(manifest))
    write_list(out)
    with pytest.raises(InputError, match=r"another installation: numpy 1.0 against"):
        sweeping.sweep(spec, out, resume=True)
    with pytest.raises(InputError, match="holds a sweep already"):
        sweeping.sweep(spec, out)


def test_points_of_one_cell_share_a_chunk_and_keep_their_values(tmp_path: Path) -> None:
    text = """\
schema: 1
scenarios: [h200-2026]
design:
  kind: latin-hypercube
  points: 40
  factors:
    parameters/demand.price_elasticity: prior
draws: 3
chunk: 64
outcomes: [h200_china_units]
periods: ["2027"]
keep: quantiles
"""
    plan = plan_sweep(files.write_sweep(tmp_path, text))
    assert plan.chunks == 2  # 21 points of three draws in the first
    worker, chunk = ChunkWorker(plan), plan.chunk(1)
    values = worker.values(worker.compile_cell(0), chunk)
    assert chunk.rows == 57
    given = plan.points.columns["parameters/demand.price_elasticity"]
    np.testing.assert_array_equal(values["demand.price_elasticity"][:57], np.repeat(given[21:], 3))
    np.testing.assert_array_equal(values["demand.reentry_months"][:3], values["demand.reentry_months"][3:6])
    assert worker.compute(1).rows is None


def test_own_draws_for_every_point_when_there_is_one_draw_each(tmp_path: Path) -> None:
    text = files.SMALL.replace("draws: 128", "draws: 1").replace("[0, 0.5]", "[0, 0.25, 0.5]")
    plan = plan_sweep(files.write_sweep(tmp_path, text))
    assert not plan.shared_draws
    worker = ChunkWorker(plan)
    drawn = [worker.values(worker.compile_cell(n), plan.chunk(n))["demand.reentry_months"][0] for n in range(3)]
    assert len(set(drawn)) == 3
