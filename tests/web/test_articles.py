"""The addresses of the page "Read"."""

from __future__ import annotations

import base64
from typing import Any

TEXT = "Published: 20 January 2026\n\nWashington takes a fee of 25% on every H200, Reuters reported."


def test_pasted_text_and_a_dropped_file_give_the_same_claims(client: Any) -> None:
    pasted = client.post("/api/read", json={"text": TEXT, "name": "note.txt"}).json()
    dropped = client.post("/api/read", json={"content": base64.b64encode(TEXT.encode()).decode(), "name": "note.txt"}).json()
    assert pasted == dropped
    assert pasted["claims"][0]["quantity"]["value"] == 25.0


def test_an_article_may_be_longer_than_other_requests(client: Any) -> None:
    answer = client.post("/api/read", json={"text": TEXT + "\n\nNothing more. " * 20_000})
    assert answer.status_code == 200
    assert client.post("/api/review", json={"text": "x" * 100_000}).status_code == 413


def test_a_decision_is_written_and_listed(client: Any) -> None:
    claim = client.post("/api/read", json={"text": TEXT}).json()["claims"][0]
    asked = {"claim": claim, "verdict": "accept", "reviewer": "ann", "link": "levers.washington.duty"}
    assert client.post("/api/review", json=asked).json()["decision"]["verdict"] == "accept"
    listed = client.get("/api/overlay").json()
    assert {"link": "levers.washington.duty", "change": "levers.washington.duty=0.25", "claim": claim["id"]} in listed["moves"]


def test_what_is_no_article_or_no_claim_is_refused_with_its_place(client: Any) -> None:
    for body, said in (
        ({}, "text or content"),
        ({"content": "?"}, "not base64"),
        ({"content": base64.b64encode(bytes(range(256)) * 9).decode()}, "is not text"),
        ({"text": "x", "said": "soon"}, ""),
    ):
        answer = client.post("/api/read", json=body)
        assert answer.status_code == 400
        assert said in answer.json()["error"]["what"]
    for change in ({"claim": {}}, {"link": "nowhere"}, {"changes": {"valu": "1"}}):
        claim = client.post("/api/read", json={"text": TEXT}).json()["claims"][0]
        assert client.post("/api/review", json={"claim": claim, "verdict": "accept", "reviewer": "a"} | change).status_code == 400
