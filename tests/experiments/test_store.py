"""Run directories: written whole or not at all, and read back as they were."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments import store
from countermove.experiments.result import Comparison, Result
from countermove.experiments.run import compare, run
from countermove.storage.checksums import write_list

pytestmark = pytest.mark.usefixtures("toy")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_result_reads_back_as_it_was_written(tmp_path: Path) -> None:
    result = run("h200-rule+70bn", draws=1100, seed=3)
    store.write(result, tmp_path / "run")
    again = store.load_result(tmp_path / "run")
    assert isinstance(again, Result)
    assert again.to_dict() == result.to_dict()
    assert again.scenario == result.scenario
    for name, by_period in result.outcomes.items():
        for period, values in by_period.items():
            assert np.array_equal(values, again.outcomes[name][period])


def test_a_comparison_reads_back_with_its_past(tmp_path: Path) -> None:
    comparison = compare(["no-h200", "h200-rule+necessity"], draws=60)
    store.write(comparison, tmp_path / "run")
    again = store.load_result(tmp_path / "run")
    assert isinstance(again, Comparison)
    assert again.to_dict() == comparison.to_dict()


def test_the_manifest_holds_what_is_needed_to_make_the_numbers_again(tmp_path: Path) -> None:
    store.write(run("h200-rule", draws=20), tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    wanted = {
        "version",
        "engine",
        "seed",
        "draws",
        "data_hash",
        "lock_hash",
        "python",
        "packages",
        "created",
        "known",
        "scenarios",
    }
    assert wanted <= set(manifest)
    assert manifest["scenarios"][0]["scenario"]["levers"]["washington.licence_scope"] == {"2026-02": 0.375}
    assert manifest["packages"]["numpy"] == np.__version__


def test_the_table_is_long_and_readable_by_others(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    result = run("h200-2026", draws=40)
    store.write(result, tmp_path / "run")
    table = pq.read_table(tmp_path / "run" / "outcomes.parquet").to_pandas()
    assert list(table.columns) == ["scenario", "outcome", "period", "draw", "value"]
    some = table[(table.outcome == "sales") & (table.period == "2027")].sort_values("draw")
    assert some.value.tolist() == result.outcomes["sales"]["2027"].tolist()


def test_a_report_is_written_into_the_run(tmp_path: Path) -> None:
    store.write(run("h200-2026", draws=5), tmp_path / "run", report=lambda _, folder: (folder / "report.html").write_text("<p>"))
    assert (tmp_path / "run" / "report.html").read_text() == "<p>"


def test_an_earlier_run_is_replaced_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    def report(_: object, folder: Path) -> None:
        (folder / "report.html").write_text("<p>")

    store.write(run("h200-2026", draws=5, monthly=True), tmp_path / "run", report=report)
    store.write(run("h200-2026", draws=7), tmp_path / "run")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["checksums.txt", "manifest.json", "outcomes.parquet"]
    assert store.load_result(tmp_path / "run").draws == 7  # type: ignore[union-attr]


def test_files_of_the_user_stay_when_a_run_is_written_again(tmp_path: Path) -> None:
    folder = store.write(run("h200-2026", draws=5), tmp_path / "run")
    (folder / "thesis.txt").write_text("do not lose")
    (folder / "figures" / "old").mkdir(parents=True)
    (folder / "figures" / "old" / "one.svg").write_text("<svg/>")
    (folder / "link").symlink_to("thesis.txt")
    (folder / ".hidden").write_text("mine")
    store.write(run("h200-2026", draws=7), folder)
    assert store.load_result(folder).draws == 7  # type: ignore[union-attr]
    assert (folder / "link").is_symlink()
    kept = {name: content for name, content in contents(folder).items() if name not in (*store.FILES, "checksums.txt")}
    assert kept == {
        "thesis.txt": b"do not lose",
        "figures/old/one.svg": b"<svg/>",
        "link": b"do not lose",
        ".hidden": b"mine",
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


@pytest.mark.parametrize("name", ["outcomes.parquet", "manifest.json", "report.html", "monthly.parquet"])
def test_a_file_that_the_user_changed_or_made_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    folder = store.write(run("h200-2026", draws=5), tmp_path / "run")
    path = folder / name
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n")
    before = contents(tmp_path)
    with pytest.raises(InputError, match="so it is not replaced"):
        store.check_folder(folder)
    with pytest.raises(InputError, match="so it is not replaced"):
        store.write(run("h200-2026", draws=7), folder)
    assert contents(tmp_path) == before


def test_a_run_of_an_earlier_version_is_neither_read_nor_replaced(tmp_path: Path) -> None:
    folder = store.write(run("h200-2026", draws=5), tmp_path / "run")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format_version": 2', '"format_version": 1'))
    (folder / "checksums.txt").unlink()
    before = contents(tmp_path)
    with pytest.raises(InputError, match="without checksums") as caught:
        store.load_result(folder)
    assert "earlier version" in caught.value.hint
    assert "run it again" in caught.value.hint
    with pytest.raises(InputError, match="from an earlier version"):
        store.write(run("h200-2026", draws=7), folder)
    assert contents(tmp_path) == before


def test_an_empty_folder_is_used_and_parents_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    store.write(run("h200-2026", draws=5), tmp_path / "empty")
    store.write(run("h200-2026", draws=5), tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c" / "manifest.json").is_file()


def test_the_current_folder_can_be_the_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    store.write(run("h200-2026", draws=5), ".")
    assert (tmp_path / "here" / "manifest.json").is_file()


@pytest.mark.parametrize("kind", ["foreign folder", "file", "link", "file above"])
def test_what_is_not_ours_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "mine"
    if kind == "foreign folder":
        target.mkdir()
        (target / "thesis.txt").write_text("do not lose")
    elif kind == "file":
        target.write_text("do not lose")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir()
        target.symlink_to(tmp_path / "elsewhere")
    else:
        target.write_text("do not lose")
        target = target / "below"
    before = contents(tmp_path)
    with pytest.raises(InputError):
        store.write(run("h200-2026", draws=5), target)
    assert contents(tmp_path) == before


def test_a_foreign_manifest_does_not_make_a_folder_ours(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(InputError, match="not a run of countermove"):
        store.check_folder(tmp_path)


def test_an_unwritable_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The superuser may write anywhere, so the answer of the system is replaced.
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    with pytest.raises(EnvironmentProblem, match="no permission"):
        store.check_folder(tmp_path / "run")


@pytest.mark.parametrize("number", [28, 30, 122])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def full(_results: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(number, os.strerror(number))

    store.write(run("h200-2026", draws=5), tmp_path / "old")
    before = contents(tmp_path)
    monkeypatch.setattr(store, "_write_outcomes", full)
    for target in (tmp_path / "old", tmp_path / "new", tmp_path / "deep" / "new"):
        with pytest.raises(EnvironmentProblem):
            store.write(run("h200-2026", draws=5), target)
    assert contents(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old"]


def test_a_report_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken(_stored: object, _folder: Path) -> None:
        raise RuntimeError("template")

    with pytest.raises(RuntimeError):
        store.write(run("h200-2026", draws=5), tmp_path / "run", report=broken)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_last_move_puts_the_earlier_run_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(run("h200-2026", draws=5), tmp_path / "run")
    before = contents(tmp_path)
    honest = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if ".partial-" in self.name:
            raise OSError(5, "Input/output error")
        return honest(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(EnvironmentProblem):
        store.write(run("h200-2026", draws=6), tmp_path / "run")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_writing_leaves_the_earlier_run(tmp_path: Path, number: int) -> None:
    store.write(run("h200-2026", draws=5), tmp_path / "run")
    before = contents(tmp_path)
    script = textwrap.dedent(
        f"""
        import signal, sys, time
        from pathlib import Path
        from countermove.experiments import store
        def stop(*_): raise KeyboardInterrupt
        signal.signal(signal.SIGTERM, stop)
        result = store.load_result({str(tmp_path / "run")!r})
        def slow(_, folder):
            (folder / "report.html").write_text("half")
            print("writing", flush=True)
            time.sleep(30)
        try:
            store.write(result, {str(tmp_path / "run")!r}, report=slow)
        except KeyboardInterrupt:
            sys.exit(130)
        """
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(number)
    assert process.wait(timeout=20) == 130
    process.stdout.close()
    assert contents(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


@pytest.mark.parametrize("damage", ["no manifest", "no table", "other format", "cut manifest", "foreign scenario"])
def test_a_damaged_run_is_named(tmp_path: Path, damage: str) -> None:
    folder = store.write(run("h200-2026", draws=5), tmp_path / "run")
    manifest = folder / "manifest.json"
    if damage == "no manifest":
        manifest.unlink()
    elif damage == "no table":
        (folder / "outcomes.parquet").write_bytes(b"nothing")
    elif damage == "other format":
        manifest.write_text(manifest.read_text().replace('"format_version": 2', '"format_version": 99'))
    elif damage == "cut manifest":
        manifest.write_text(manifest.read_text()[:100])
    else:
        manifest.write_text(manifest.read_text().replace('"scenarios"', '"scenery"'))
    with pytest.raises(InputError):
        store.load_result(folder)
    write_list(folder)  # the checksums forged too
    with pytest.raises(InputError):
        store.load_result(folder)
