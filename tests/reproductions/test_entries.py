"""The entries: schema, references, verdicts, and what a reader is told when something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove import api
from countermove.errors import DataError, InputError
from countermove.reproductions import page, text
from countermove.reproductions.carry_out import Ours, carry_out, verdict
from countermove.reproductions.catalogue import load_reproductions, read_reproductions, reproduction
from countermove.reproductions.entry import Figure, Reproduction, Row

DOCS = Path(__file__).parents[2] / "docs"


def entry(tier: str = "bracketed") -> Reproduction:
    return load_reproductions()["ifp-b30a"].model_copy(update={"tier": tier})


def row() -> Row:
    return load_reproductions()["ifp-b30a"].rows["ratio-b30a"]


@pytest.mark.parametrize(
    ("published", "ours", "wanted"),
    [
        (Figure(value=5), (4, 6), "contains"),
        (Figure(value=5), (5, 5), "contains"),
        (Figure(value=7), (4, 6), "misses"),
        (Figure(value=7, low=5.5, high=9), (4, 6), "touches"),
        (Figure(value=5, low=1, high=9), (4, 6), "contains"),
        (Figure(value=20, low=1, high=30), (4, 6), "touches"),
        (Figure(low=4.5, high=5.5), (4, 6), "contains"),
        (Figure(low=6, high=9), (4, 6), "touches"),
        (Figure(low=6.1, high=9), (4, 6), "misses"),
        (Figure(high=4), (4, 6), "touches"),
        (Figure(high=3.9), (4, 6), "misses"),
        (Figure(low=5), (4, 6), "touches"),
        (None, (4, 6), "beside"),
    ],
)
def test_a_range_contains_touches_or_misses(published: Figure | None, ours: tuple[float, float], wanted: str) -> None:
    assert verdict(entry(), row(), published, Ours(sum(ours) / 2, *ours)) == wanted


def test_a_claim_only_entry_is_never_tested() -> None:
    assert verdict(entry("claim-only"), row(), Figure(value=5), Ours(5, 4, 6)) == "beside"


def test_every_entry_cites_sources_and_says_what_is_known_of_its_inputs() -> None:
    for name, one in load_reproductions().items():
        assert one.sources, name
        assert len(one.inputs) > 20, name
        assert one.reading, name


def test_an_unknown_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="did you mean 'ifp-hopper'"):
        reproduction("ifp-hoper")


@pytest.mark.parametrize("draws", [0, 63, 1_000_000])
def test_draws_out_of_range_are_refused(draws: int) -> None:
    with pytest.raises(InputError, match="draws"):
        carry_out([reproduction("semianalysis-stacks")], draws=draws)


def broken(folder: Path, old: str, new: str) -> Path:
    shipped = Path(page.__file__).parents[1] / "data" / "reproductions" / "exact.yaml"
    body = shipped.read_text(encoding="utf-8")
    assert old in body
    (folder / "broken.yaml").write_text(body.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tier: exact", "tier: exat", "did you mean 'exact'"),
        ("claim: hbm-stacks-as-910c", "claim: hbm-stack-as-910c", "no claim named"),
        ("sources: [bernstein-2025-07-17]", "sources: [bernstein-2025]", "no source named"),
        ("quantity: combined", "quantity: both", "combined"),
        ("role: beside", "rol: beside", "did you mean 'role'"),
        ("within: {value: 0.03, ends: 0.06}", "within: {value: 0.5}", "0.1"),
    ],
)
def test_a_broken_entry_is_named_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises((DataError, InputError), match=said):
        read_reproductions(broken(tmp_path, old, new))


def test_the_printed_table_and_the_document_say_the_same() -> None:
    carried = carry_out([reproduction("bernstein-2025-gap"), reproduction("semianalysis-stacks")])
    printed, document = text.table(carried), text.document(carried)
    assert document["tested"] == document["passed"] == 2
    for one in document["reproductions"]:
        assert f"{one['id']} (exact, {one['published_by']}): {one['verdict']}" in printed
        assert all(gap["label"] in printed for gap in one["gaps"])


def test_the_page_names_every_reproduction() -> None:
    written = (DOCS / page.PAGE).read_text(encoding="utf-8")
    for name, one in load_reproductions().items():
        assert f'<a id="{name}"></a>{one.title}' in written, "run python -m countermove.reproductions.page docs"
        assert one.reading in written


def test_the_recorded_run_has_every_row_of_every_entry() -> None:
    found = {one["id"]: [row["id"] for row in one["rows"]] for one in page.recorded()["reproductions"]}
    wanted = {name: list(one.rows) for name, one in load_reproductions().items()}
    assert found == wanted, "run python -m countermove.reproductions.page docs"


def test_a_reproduction_is_found_by_its_path_with_the_claims_it_rests_on() -> None:
    found = api.look_up("reproductions/semianalysis-stacks")
    assert found.kind == "reproduction"
    assert {"hbm-stacks-all", "hbm-stacks-per-910c", "hbm-stacks-as-910c"} <= {claim.id for claim in found.claims}
    assert found.sources
