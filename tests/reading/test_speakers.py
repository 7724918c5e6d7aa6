"""Who speaks: the sentence shapes of the press, each with its speaker, role and chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., list[Any]]

SHAPES = [
    ("Nvidia holds 700,000 chips, Reuters reported.", "Reuters", ("Reuters",)),
    ("Reuters reported that Nvidia holds 700,000 chips.", "Reuters", ("Reuters",)),
    ("According to SemiAnalysis, Huawei has 2.9 million dies.", "SemiAnalysis", ("SemiAnalysis",)),
    ("Huawei has 2.9 million dies, according to SemiAnalysis.", "SemiAnalysis", ("SemiAnalysis",)),
    ("Huawei plans 1.6 million dies, Bloomberg News reported, citing people familiar with its plans.",
     "people familiar with its plans", ("Bloomberg", "people familiar with its plans")),
    ("Chinese firms ordered 2 million H200 chips, according to sources cited by Reuters.", "sources", ("Reuters", "sources")),
    ('"We shipped 16,800 cards," said Ann Hill, a doctor of engineering at Iluvatar.', "Ann Hill", ("Ann Hill",)),
    ("Ann Hill, a doctor, said Huawei would ship 800,000 chips.", "Ann Hill", ("Ann Hill",)),
    ("A spokesperson for the ministry, Lin Jian, said China bought 40,000 chips.", "Lin Jian", ("Lin Jian",)),
    ("Bob Roe, who runs a fund, has warned that Nvidia could lose $5 billion.", "Bob Roe", ("Bob Roe",)),
    ("Epoch AI's estimate for 2025 is 660,000 H100 equivalents.", "Epoch AI", ("Epoch AI",)),
    ("The Nikkei newspaper, quoting Caixin, said SMIC makes 20,000 wafers a month.", "Caixin", ("Nikkei", "Caixin")),
    ("Nvidia sold 40,000 H200 chips to China.", "author", ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "speaker", "chain"), SHAPES, ids=[text[:40] for text, _, _ in SHAPES])
def test_a_shape_of_attribution_names_its_speaker(read: Read, text: str, speaker: str, chain: tuple[str, ...]) -> None:
    found = [claim for claim in read(text) if claim.quantity is not None]
    assert [claim.speaker for claim in found] == [speaker]
    assert found[0].chain == chain


def test_a_pronoun_stands_for_the_last_person_and_the_company_for_the_last_firm(read: Read) -> None:
    text = 'Ann Hill of Fudan University said Huawei is short of memory. "They need 5 million stacks," she added.'
    assert [claim.speaker for claim in read(text)] == ["Ann Hill", "Ann Hill"]


def test_a_quotation_split_from_its_speaker_belongs_to_it(read: Read) -> None:
    found = read('Jensen Huang was asked about China. He said: "The market there is worth $50 billion."')
    assert [(claim.speaker, claim.quantity.number) for claim in found if claim.quantity] == [("Jensen Huang", 50.0)]


def test_turns_of_a_call_speak_for_their_speaker(read: Read) -> None:
    text = (
        "Jane Doe - Chief Financial Officer\nH20 sales were $50 million.\n\n"
        "John Roe - Analyst\nOur checks suggest 30,000 units of H20."
    )
    assert [(claim.speaker, claim.quantity.unit) for claim in read(text)] == [("Jane Doe", "usd_bn"), ("John Roe", "chip")]


def test_a_headline_without_a_speaker_is_the_authors(read: Read) -> None:
    assert [(claim.speaker, claim.stance) for claim in read("Beijing bans the H200\n\nNothing else is known today.")][:1] == [
        ("author", "states")
    ]


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("Nvidia declined to comment.", "declines"),
        ("Huawei did not immediately respond to a request for comment.", "declines"),
        ("Alibaba denied that it had moved training abroad.", "denies"),
        ("Huawei may make 600,000 chips.", "speculates"),
        ("Congress should forbid the sale of the H200.", "opinion"),
        ("This suggests that Beijing wants to protect Huawei.", "infers"),
        ("Huawei shipped 812,000 cards.", "states"),
    ],
)
def test_how_something_is_said(read: Read, text: str, stance: str) -> None:
    assert [claim.stance for claim in read(text)] == [stance]


def test_the_part_that_follows_from_another_is_an_inference_of_its_own(read: Read) -> None:
    found = read("Chinese regulators have told firms to avoid the H200, which suggests that they care about Huawei.")
    assert [claim.stance for claim in found] == ["states", "infers"]
