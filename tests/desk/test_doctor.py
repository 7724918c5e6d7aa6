"""The examination: every line says ok, warning or problem, and what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from countermove.cli.documents import DOCUMENTS
from countermove.desk import doctor, packages
from countermove.evidence.data_tree import DATA


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def problems(found: list[doctor.Finding]) -> list[doctor.Finding]:
    return [one for one in found if one.status == "problem"]


def test_a_sound_installation_has_no_problem(command, tmp_path: Path) -> None:
    code, out, err = command("doctor", "--out", str(tmp_path / "out"), "--json")
    document = json.loads(out)
    DOCUMENTS["doctor"].model_validate(document)
    assert (code, err) == (0, "")
    assert {"python", "packages", "data files", "data audit", "data tables", "engines", "run"} <= {
        one["check"] for one in document["findings"]
    }
    assert all(one["do"] for one in document["findings"] if one["status"] != "ok")
    assert not (tmp_path / "out").exists()


def test_a_copy_of_the_data_is_sound(data: Path) -> None:
    assert not problems(list(doctor.examine(data=data, smoke=False)))


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("parameters/supply.yaml", "schema: 1", "schema: [1", "parameters/supply.yaml"),
        ("parameters/supply.yaml", "unit: month", "unit: moth", "unknown unit"),
        ("parameters/research.yaml", "basis: assumption", "basis: sourced", "basis: sourced"),
        ("cases/h200-2026.yaml", "for: [case-h200-pause-2026-01,", "for: [case-h200-pause-2026-02,", "case-h200-pause-2026-0"),
        ("claims/case.yaml", "grade: B", "grade: E", "grade"),
    ],
)
def test_a_broken_data_file_is_named(data: Path, name: str, old: str, new: str, message: str) -> None:
    path = data / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = problems(list(doctor.examine(data=data, smoke=False)))
    assert found
    assert any(path.name in one.found for one in found)
    assert any(message in f"{one.found} {one.do}" for one in found)
    assert doctor.worst(found) == "problem"


def test_a_number_that_its_source_does_not_state_is_found(data: Path) -> None:
    from countermove.evidence.ledger import load_ledger

    parameter = next(
        one
        for one in load_ledger().parameters.values()
        if one.basis == "sourced" and one.prior.kind == "uniform" and any(s.claim and s.supports == "low" for s in one.sources)
    )
    low = parameter.prior.low
    path = data / "parameters" / f"{parameter.group}.yaml"
    text = path.read_text(encoding="utf-8")
    before, _, after = text.partition(f"  {parameter.id}:\n")
    changed = after.replace(f"low: {low:g}", f"low: {low * 1.01 + 1e-3:.6g}", 1)
    assert changed != after
    path.write_text(f"{before}  {parameter.id}:\n{changed}", encoding="utf-8")
    found = problems(list(doctor.examine(data=data, smoke=False)))
    assert any(parameter.id in one.found for one in found), [one.found for one in found]


def test_a_problem_gives_exit_code_1(command, data: Path) -> None:
    (data / "units.yaml").write_text("schema: 1\nunits: {month: {")
    code, out, _ = command("doctor", "--data", str(data), "--no-run")
    assert code == 1
    assert "problem  data files" in out
    assert "Problems to solve before results can be trusted" in out


def test_a_folder_without_permission_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = problems(list(doctor.examine(out=tmp_path / "file", smoke=False)))
    assert [one.check for one in found] == ["write permission"]


def test_packages_are_compared_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==0.0.1 \\\n    --hash=sha256:00\nno-such-package==1.0 \\\n    --hash=sha256:00\n")
    missing, other, count, _ = packages.against_lock(lock)
    assert missing == ["no-such-package"]
    assert other[0].startswith("numpy ")
    assert count == 2
    lock.write_text("no-such-package==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n")
    assert packages.against_lock(lock)[0] == []
    missing, other, count, against = packages.against_lock(None)
    assert (missing, other) == ([], [])
    assert count >= 8
    assert "requirements" in against


def test_a_run_that_is_not_finite_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from countermove.experiments import run as room

    real = room.run

    def broken(*args: object, **options: object) -> object:
        found = real(*args, **options)
        found.outcomes["china_power_gw"]["2026"][0] = np.nan
        return found

    monkeypatch.setattr(room, "run", broken)
    found = problems(list(doctor.examine()))
    assert [one.check for one in found] == ["run"]
    assert "china_power_gw" in found[0].found


def test_a_lock_may_pin_one_version_for_each_python(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    text = "numpy=={} ; python_full_version < '3.12' \\\nnumpy=={} ; python_full_version >= '3.12' \\\n"
    lock.write_text(text.format(np.__version__, "99.0"), encoding="utf-8")
    assert packages.against_lock(lock)[1] == []
    lock.write_text(text.format("98.0", "99.0"), encoding="utf-8")
    assert packages.against_lock(lock)[1] == [f"numpy {np.__version__} (locked 98.0 or 99.0)"]
