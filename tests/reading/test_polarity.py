"""A denial never repeats what it denies, a repetition is the same statement, and H200 is not H20."""

from __future__ import annotations

import pytest

from countermove.desk.article_case import STATUS, case_of
from countermove.reading.claim import ReadClaim
from countermove.reading.documents import article_from_text
from countermove.reading.reader import read_articles


def read(text: str) -> list[ReadClaim]:
    return list(read_articles([article_from_text(f"Published: 20 January 2026\n\n{text}", "note.txt")]).claims)


DENIED = [
    ("Huawei did not ship 200,000 910B in 2025.", 200_000),
    ("Huawei didn't ship 200,000 910B in 2025.", 200_000),
    ("Huawei has yet to ship 200,000 910B in 2025.", 200_000),
    ("200,000 910B were not shipped by Huawei in 2025.", 200_000),
    ("Huawei never shipped 200,000 910B in 2025.", 200_000),
    ("Huawei made 200,000 910C, not 600,000, in 2025.", 600_000),
    ("Neither Nvidia nor AMD has paid the 15% fee.", 15),
    ("Huawei denied that it shipped 200,000 910B in 2025.", 200_000),
]


@pytest.mark.parametrize(("text", "number"), DENIED)
def test_what_is_denied_is_not_supported(text: str, number: float) -> None:
    (claim,) = [one for one in read(text) if one.quantity and one.quantity.number == number]
    assert claim.negated or claim.stance == "denies"
    assert STATUS[claim.bearing.relation] != "supported"


AFFIRMED = [
    ("Huawei shipped 200,000 910B in 2025.", 200_000),
    ("Huawei made 200,000 910C, not 600,000, in 2025.", 200_000),
    ("Not 600,000 but 200,000 910C were made by Huawei in 2025.", 200_000),
    ("Huawei, which is not listed, shipped 200,000 910B in 2025.", 200_000),
    ("Huawei shipped no more than 200,000 910B in 2025.", 200_000),
    ("Huawei shipped not only 200,000 910B in 2025.", 200_000),
]


@pytest.mark.parametrize(("text", "number"), AFFIRMED)
def test_a_bound_or_the_other_side_of_a_contrast_is_no_denial(text: str, number: float) -> None:
    (claim,) = [one for one in read(text) if one.quantity and one.quantity.number == number]
    assert not claim.negated
    assert claim.as_json()["polarity"] == "affirmed"


FIRST = "Nvidia sold 500,000 H20 in 2025, Reuters said."


@pytest.mark.parametrize(
    "other",
    [
        "Nvidia sold 500,000 H20 in 2024, Reuters said.",
        "Nvidia did not sell 500,000 H20 in 2025, Reuters said.",
        "Nvidia sold up to 500,000 H20 in 2025, Reuters said.",
        "Nvidia sold 500,000 H20 in 2025, Bloomberg said.",
        "Nvidia sold 500,000 H200 in 2025, Reuters said.",
    ],
)
def test_another_statement_is_no_repetition(other: str) -> None:
    _first, second = read(f"{FIRST}\n\n{other}")
    assert second.repeats is None


def test_the_same_statement_again_is_one() -> None:
    first, second = read(f"{FIRST}\n\nReuters said that Nvidia sold 500,000 H20 in 2025.")
    assert second.repeats == first.id


@pytest.mark.parametrize(
    "text", ["Nvidia will sell 5 million H200 to China in 2027.", "Nvidia will ship up to 1 million H200 to China in 2026."]
)
def test_a_claim_about_one_product_is_not_judged_by_another(text: str) -> None:
    from countermove.evidence.ledger import load_ledger

    (claim,) = read(text)
    document = case_of(read_articles([article_from_text(text, "note.txt")]), draws=16, simulate=True)
    assert document["scenarios"] == [] or "h20-" not in str(document["claims"][0]["read"]["path"])
    cited = [load_ledger().claims[path.removeprefix("claims/")].subject for path in claim.bearing.competing]
    assert not [subject for subject in cited if "h20" in subject.split(".")]
