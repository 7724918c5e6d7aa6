"""Bad sweep files and arguments: what is wrong, where, and what to do, before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.cli.app import main
from countermove.errors import CountermoveError, InputError
from countermove.experiments.sweep_plan import plan_sweep

HEAD = "schema: 1\nscenarios: [h200-2026]\n"
DUTY = "levers.washington.duty"


def design(body: str) -> str:
    return f"{HEAD}design: {{{body}}}\n"


BAD = [
    ("", ["nothing where a sweep is expected", "schema: 1"]),
    ("scenarios: [h200-2026]\n", ["schema", "begin the file with"]),
    ("schema: 2\nscenarios: [h200-2026]\n", ["found 2"]),
    ("schema: 1\n", ["'scenarios' is missing"]),
    (HEAD + "drawss: 5\n", ["unknown key 'drawss'", "did you mean 'draws'?"]),
    (HEAD + "draws: 0\n", ["greater than or equal to 1", ":3 (draws)"]),
    (HEAD + "draws: many\n", ["text 'many'", ":3 (draws)"]),
    (HEAD + "engine: jaxx\n", ["'jaxx'", "did you mean 'jax'?"]),
    (HEAD + "engine: numpy\nprecision: single\n", ["double precision", "engine: jax"]),
    (HEAD + "keep: all\n", ["text 'all'", "final"]),
    (HEAD + "chunk: 10\n", ["greater than or equal to 64"]),
    (HEAD + "outcomes: [china_compute]\n", ["no outcome named 'china_compute'", "china_compute_h100e"]),
    (HEAD + "outcomes: [power, power]\n", ["no outcome named 'power'"]),
    (HEAD + "periods: ['2034']\n", ["no period '2034'"]),
    (HEAD + "periods: ['horizon']\n", ["dates are always measured"]),
    (HEAD + "known: 2026-02-30\n", ["not a date"]),
    ("schema: 1\nscenarios: [h200-rul]\n", ["no preset named 'h200-rul'", "did you mean 'h200-rule'?", ":2"]),
    ("schema: 1\nscenarios: [h200-rule, h200-rule]\n", ["named twice"]),
    (design("kind: latin-hypercube"), ["needs `points`"]),
    (design("kind: grid, points: 5"), ["takes no `points`"]),
    (design("kind: sobol, points: 8"), ["needs `factors`"]),
    (design(f"kind: sobol, points: 100, factors: {{{DUTY}: {{low: 0, high: 1}}}}"), ["no power of two", "128"]),
    (design(f"kind: grid, factors: {{{DUTY}: {{low: 0, high: 1}}}}"), ["needs `steps`"]),
    (design(f"kind: sobol, points: 8, factors: {{{DUTY}: {{low: 0, high: 1, steps: 3}}}}"), ["`steps` belongs to grids"]),
    (design(f"factors: {{{DUTY}: {{low: 1, high: 0, steps: 3}}}}"), ["low 1 is not below high 0"]),
    (design(f"factors: {{{DUTY}: [0.1, 0.1]}}"), ["listed twice"]),
    (design(f"factors: {{{DUTY}: []}}"), ["empty list"]),
    (design(f"factors: {{{DUTY}: [0, 25]}}"), ["25 is outside 0 to 1"]),
    (design("factors: {levers.washington.dutty: [0, 1]}"), ["unknown lever", "did you mean 'washington.duty'?"]),
    (design("factors: {parameters/demand.price_elastisity: [1, 2]}"), ["no parameter at", "price_elasticity"]),
    (design("factors: {parameters/demand.price_elasticity: [-99]}"), ["outside its valid range"]),
    (design("factors: {start: [1]}"), ["cannot be swept"]),
    (design("factors: {parameters/demand.price_elasticity: prior}"), ["a grid cannot follow a prior"]),
    (design(f"kind: sobol, points: 8, factors: {{{DUTY}: prior}}"), ["only parameters have a prior"]),
    (design("kind: file"), ["needs `file`"]),
    (design("kind: file, file: none.csv"), ["cannot read the table", "none.csv"]),
    (design("kind: file, file: ragged.csv"), ["1 values where 2 are expected", "ragged.csv:3"]),
    (design("kind: file, file: wrong.csv"), ["wrong.csv:3", "is outside 0 to 1"]),
    (
        design(
            f"factors: {{{DUTY}: {{low: 0, high: 1, steps: 1000}}, levers.beijing.import_gate: {{low: 0, high: 1, steps: 1001}}}}"
        ),
        ["1,001,000 points", "at most 1,000,000"],
    ),
]


@pytest.mark.parametrize(("text", "fragments"), BAD, ids=range(len(BAD)))
def test_a_bad_sweep_file_is_refused_with_place_and_remedy(text: str, fragments: list[str], tmp_path: Path) -> None:
    (tmp_path / "ragged.csv").write_text(f"{DUTY},levers.beijing.import_gate\n0.1,0.5\n0.1\n")
    (tmp_path / "wrong.csv").write_text(f"{DUTY}\n0.1\n9\n")
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(CountermoveError) as caught:
        plan_sweep(path)
    for fragment in fragments:
        assert fragment in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2
    assert isinstance(caught.value, InputError)


ARGUMENTS = [
    (["sweep", "none.yaml", "--out", "o"], ["none.yaml", "does not exist"]),
    (["sweep", "good.yaml"], ["--out"]),
    (["sweep", "good.yaml", "--out", "o", "--executor", "dusk"], ["no executor named 'dusk'", "did you mean 'dask'?"]),
    (["sweep", "good.yaml", "--out", "o", "--workers", "0"], ["0 workers"]),
    (["sweep", "good.yaml", "--out", "o", "--scheduler", "tcp://a:1"], ["has no scheduler", "--executor dask"]),
    (["sweep", "good.yaml", "--out", "o", "--resume"], ["not a sweep of countermove"]),
    (["sweep", "good.yaml", "--out", "used"], ["not empty"]),
    (["sweep", "good.yaml", "--out", "good.yaml"], ["not a folder"]),
    (["sensitivity", "used"], ["not a sweep of countermove"]),
    (["discover", "used"], ["not a sweep of countermove"]),
    (["robustness", "used", "power", "--want", "mor"], ["--want", "did you mean 'more'?"]),
]


@pytest.mark.parametrize(("arguments", "fragments"), ARGUMENTS, ids=lambda value: " ".join(value)[:40])
def test_bad_arguments_exit_with_2_and_leave_nothing(
    arguments: list[str],
    fragments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(HEAD)
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "note.txt").write_text("mine")
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    printed = capsys.readouterr()
    assert stopped.value.code == 2
    assert printed.out == ""
    for fragment in fragments:
        assert fragment in printed.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.yaml", "used"]
