"""The generated pages are those of the code; `make docs` renews them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from countermove.desk import causes, equations
from countermove.evidence.ledger import load_ledger
from countermove.outcomes import OUTCOMES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_committed_pages_are_current() -> None:
    assert equations.outdated(DOCS) == [], "run `make docs` and commit the pages"


def test_every_mechanism_parameter_and_outcome_has_its_place() -> None:
    pages = equations.pages()
    for name, mechanism in causes.mechanisms().items():
        page = pages[f"explanation/model/{name}.md"]
        assert all(part in page for part in mechanism.equation.split(";  "))
        assert f"market/mechanisms/{name}.py" in page
        for door in (*mechanism.flow_reads, *mechanism.flow_writes, *mechanism.state_reads, *mechanism.state_writes):
            assert f"`{door}`" in page
        assert f"({name}.md)" in pages["explanation/model/README.md"]
    assert all(f"`{name}`" in pages["reference/parameters.md"] for name in load_ledger().parameters)
    assert all(f"`{name}`" in pages["reference/outcomes.md"] for name in OUTCOMES)


def test_links_between_pages_lead_somewhere() -> None:
    pages = equations.pages()
    for name, text in pages.items():
        for target, anchor in re.findall(r"\]\((?!http)([^)#]*)#?([^)]*)\)", text):
            if not target:
                assert f"## {anchor}" in text, (name, anchor)
                continue
            path = (DOCS / name).parent.joinpath(target).resolve()
            known = path.relative_to(DOCS.resolve()).as_posix()
            assert known in pages or path.is_file(), (name, target)
            if anchor:
                assert f'<a id="{anchor}">' in pages[known], (name, target, anchor)


def test_tables_have_the_same_number_of_cells_in_every_row() -> None:
    for name, text in equations.pages().items():
        for block in re.findall(r"(?:^\|.*\|$\n?)+", text, re.MULTILINE):
            cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(cells) == 1, (name, block.splitlines()[0])


def test_a_page_that_differs_is_named_and_renewed(tmp_path: Path) -> None:
    assert len(equations.write(tmp_path)) == len(equations.pages())
    page = tmp_path / "explanation" / "model" / "demand.md"
    page.write_text(page.read_text() + "edited\n")
    (page.parent / "left-over.md").write_text("old\n")
    assert equations.outdated(tmp_path) == ["explanation/model/demand.md", "explanation/model/left-over.md"]
    assert equations.main([str(tmp_path), "--check"]) == 1
    equations.write(tmp_path)
    assert equations.main([str(tmp_path), "--check"]) == 0
    assert not (page.parent / "left-over.md").exists()


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["docs", "--chekc"]])
def test_the_generator_refuses_other_arguments(arguments: list[str]) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "countermove.desk.equations", *arguments], capture_output=True, text=True, cwd=DOCS.parent
    )
    assert finished.returncode == 2
    assert len(finished.stderr.strip().splitlines()) <= 2
    assert "Traceback" not in finished.stderr
