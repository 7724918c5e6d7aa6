"""No command overwrites or deletes a file that it has not written."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.cli import calibrate, kept_stages
from countermove.errors import InputError

RUN = ("run", "no-h200", "--draws", "8", "--quiet", "--out", "out")
CHECK = ("check", "h200-sxm", "--to", "cn", "--on", "2026-02-01", "--checklist", "list.md")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_second_run_keeps_what_the_user_put_into_the_folder(command) -> None:
    assert command(*RUN)[0] == 0
    Path("out/thesis.txt").write_text("do not lose")
    assert command(*RUN)[0] == 0
    assert Path("out/thesis.txt").read_text() == "do not lose"
    Path("out/report.html").write_text("my own notes")
    code, _, err = command(*RUN)
    assert code == 2
    assert "out/report.html: it was changed since it was written, so it is not replaced" in err
    assert "nothing was changed" in err
    assert Path("out/report.html").read_text() == "my own notes"


def test_pages_of_a_game_are_replaced_only_as_we_wrote_them(command) -> None:
    words = ("play", "lead", "--draws", "8", "--quiet", "--no-cache", "--out", "out")
    Path("out").mkdir()
    Path("out/game.json").write_text('"do not lose"')
    code, out, err = command(*words)
    assert (code, out) == (2, "")
    assert "game.json or game.html is there already" in err
    assert Path("out/game.json").read_text() == '"do not lose"'
    Path("out/game.json").unlink()
    Path("out/thesis.txt").write_text("do not lose")
    for seed in ("1", "2"):
        assert command(*words, "--seed", seed)[0] == 0
    assert Path("out/thesis.txt").read_text() == "do not lose"
    Path("out/game.html").write_text(Path("out/game.html").read_text() + "<!-- mine -->")
    assert command(*words)[0] == 2


@pytest.mark.parametrize("file", ["list.md", "chart.svg"])
def test_a_page_of_the_user_is_not_overwritten(command, file: str) -> None:
    words = CHECK if file == "list.md" else ("timeline", "h200-sxm", "--to", "cn", "--svg", file)
    Path(file).write_text("do not lose")
    code, _, err = command(*words)
    assert code == 2
    assert "not ours" in err
    assert Path(file).read_text() == "do not lose"
    Path(file).unlink()
    assert command(*words)[0] == 0
    assert command(*words)[0] == 0


def test_a_table_is_never_written_over_another(command) -> None:
    rows = "backend,model_path,system,isl,osl\nvllm,x,h200-sxm,1024,128\n"
    Path("rows.csv").write_text(rows)
    code, _, err = command("predict", "--batch", "rows.csv", "--out", "rows.csv")
    assert code == 2
    assert "rows.csv: there is something else already" in err
    assert Path("rows.csv").read_text() == rows


def test_starting_afresh_removes_stages_and_nothing_else(here: Path) -> None:
    store = here / "store"
    store.mkdir()
    mine = {"thesis.npz", "notes.log", "chain-notes.log"}
    for name in (*mine, "cloud.npz", "start.npz", "chain-1.npz", "chain-12.log", "origin.json"):
        (store / name).write_text("x")
    kept_stages.forget(store)
    assert {path.name for path in store.iterdir()} == mine
    kept_stages.forget(here / "nowhere")


@pytest.mark.parametrize(("fit_to", "vintage"), [("../../mine/2024", "latest"), ("2024-12", "/../../mine")])
def test_a_hindcast_starts_afresh_only_below_its_store(here: Path, fit_to: str, vintage: str) -> None:
    pytest.importorskip("jax")
    folder = here / "mine"
    folder.mkdir()
    (folder / "cloud.npz").write_text("do not lose")
    with pytest.raises(InputError, match="is not a date|no vintage named"):
        calibrate.hindcast(fit_to=fit_to, vintage=vintage, store=here / "out" / "hindcast", fresh=True)
    assert (folder / "cloud.npz").read_text() == "do not lose"


def test_rolling_origins_that_were_kept_are_neither_lost_nor_mixed_in_silence(here: Path) -> None:
    pytest.importorskip("jax")
    kept = here / "store" / "rolling" / "2023-12-stated"
    kept.mkdir(parents=True)
    (kept / "origin.json").write_text("kept")
    with pytest.raises(InputError, match="an earlier run kept 1 of 10 origins"):
        calibrate.hindcast(rolling=True, store=here / "store", draws=64, particles=128)
    assert (kept / "origin.json").read_text() == "kept"


HELP = {"run": "stays", "compare": "stays", "demo": "stays", "play": "replaced only", "infer": "replaced only"}
HELP |= {"what-matters": "replaced only", "check": "replaced only", "timeline": "replaced only", "predict": "not overwritten"}
HELP |= {"calibrate": "stay", "hindcast": "stay", "sweep": "a new or an empty one"}


@pytest.mark.parametrize("name", HELP)
def test_the_help_says_what_is_replaced(command, name: str) -> None:
    words = (name, "refusal", "--help") if name == "infer" else (name, "--help")
    code, out, _ = command(*words)
    assert code == 0
    assert HELP[name] in " ".join(out.replace("│", " ").split())
