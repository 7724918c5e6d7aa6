"""A bad request is refused with a reason and the nearest name, and the server stays up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

JSON = {"content-type": "application/json"}


def in_a_fresh_thread(coroutine: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine where no other loop runs: a browser driver may have left one in this thread."""
    import anyio

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, coroutine).result()


BAD = {
    "no JSON": ("not json", "not JSON"),
    "NaN": ('{"year": NaN}', "NaN is not a number"),
    "infinity": ('{"scenario": {"levers": {"washington.duty": Infinity}}}', "Infinity is not a number"),
    "a huge number": ('{"scenario": {"levers": {"washington.duty": 1e999}}}', "finite"),
    "a list": ("[]", "valid dictionary"),
    "an unknown key": ('{"scenarios": {}}', "did you mean 'scenario'?"),
    "an unknown key inside": ('{"scenario": {"lever": {}}}', "did you mean 'levers'?"),
    "an unknown lever": ('{"scenario": {"levers": {"washington.dutty": 1}}}', "did you mean 'washington.duty'?"),
    "an unknown part": ('{"scenario": {"levers": {"beijing.import_gate.mood": "bundled"}}}', "mode"),
    "a value out of range": ('{"scenario": {"levers": {"washington.duty": 5}}}', "outside 0 to 1"),
    "an unknown preset": ('{"scenario": {"preset": "h200-rulle"}}', "did you mean 'h200-rule'"),
    "a path for a preset": ('{"scenario": {"preset": "../../etc/passwd"}}', "match pattern"),
    "a file for a preset": ('{"scenario": {"preset": "mine.yaml"}}', "match pattern"),
    "an unknown outcome": ('{"outcomes": ["h200_china_unit"]}', "did you mean 'h200_china_units'?"),
    "a date as a chart": ('{"outcomes": ["parity_year_chip_decode"]}', "is a date, which has no bands"),
    "an unknown assumption": ('{"scenario": {"assumptions": {"parameters/nothing": 1}}}', "no parameter"),
    "an impossible month": ('{"scenario": {"start": "2026-13"}}', "match pattern"),
    "a month before the clock": ('{"scenario": {"start": "2019-01", "levers": {"washington.duty": 0.1}}}', "2019-01"),
    "too many draws": ('{"draws": 1000000}', "less than or equal to 1024"),
    "no draws": ('{"draws": 0}', "greater than or equal to 2"),
    "a negative seed": ('{"seed": -1}', "greater than or equal to 0"),
    "a year outside the clock": ('{"year": 2050}', "less than or equal to 2032"),
    "deep nesting": ("[" * 30000, "not JSON"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_move_is_refused_with_a_reason(client: Any, name: str) -> None:
    body, reason = BAD[name]
    answer = client.post("/api/live", content=body, headers=JSON)
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert reason in f"{error['what']} {error['hint']}"


def test_a_huge_body_is_refused_without_being_read(client: Any) -> None:
    answer = client.post("/api/live", content=b" " * 70_000, headers=JSON)
    assert answer.status_code == 413
    assert "at most" in answer.json()["error"]["hint"]


def test_a_huge_body_in_pieces_is_refused(client: Any) -> None:
    answer = client.post("/api/live", content=(b" " * 9_000 for _ in range(10)), headers=JSON)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "", "[::2]:8460", "[", "[::1]evil", "127.0.0.1:x", "127.0.0.1@evil", b"\xb2"],
)
def test_another_host_is_refused(client: Any, host: str | bytes) -> None:
    answer = client.get("/api/levers", headers={"host": host})
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1:8460.evil.example",
        "http://[",
        "http://[::1",
        "//127.0.0.1:8460",
        "127.0.0.1:8460",
        "http://a@127.0.0.1:8460",
        "",
    ],
)
def test_another_origin_is_refused(client: Any, origin: str) -> None:
    answer = client.post("/api/live", json={}, headers={"origin": origin})
    assert answer.status_code == 403


def test_a_form_of_another_page_cannot_post(client: Any) -> None:
    answer = client.post("/api/live", content="{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "path", ["/../app.py", "/%2e%2e/app.py", "/..%2fapp.py", "/static/../../app.py", "//etc/passwd", "/.git/config"]
)
def test_no_file_outside_the_folder_is_served(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Starlette" not in answer.text


def test_a_method_that_an_address_does_not_know_is_refused(client: Any) -> None:
    assert client.post("/api/levers", json={}).status_code == 405
    assert client.get("/api/live").status_code == 405


def test_every_answer_carries_the_headers_that_keep_other_pages_out(client: Any) -> None:
    answers = {
        "the page": client.get("/"),
        "a list": client.get("/api/levers"),
        "404": client.get("/nothing"),
        "405": client.post("/api/levers", json={}),
        "405 of a strange method": client.request("PURGE", "/"),
        "400": client.post("/api/live", json={"year": 2050}),
        "403": client.post("/api/live", json={}, headers={"origin": "http://["}),
        "413": client.post("/api/live", content=b" " * 70_000, headers=JSON),
        "413 of no length": client.post("/api/live", content=b" ", headers={**JSON, "content-length": b"\xb2"}),
        "415": client.post("/api/live", content="{}"),
        "421": client.get("/", headers={"host": "x"}),
    }
    for name, answer in answers.items():
        assert name == "the page" or name == "a list" or str(answer.status_code) == name[:3], answer.text
        assert_closed_to_other_pages(answer)


def assert_closed_to_other_pages(answer: Any) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("where", ["endpoint", "guard"])
def test_a_bug_is_answered_with_the_headers_and_without_a_trace(client: Any, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    from countermove.web import guard, live

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the inside")

    if where == "guard":
        monkeypatch.setattr(guard, "_name", broken)
    else:
        monkeypatch.setattr(live, "outcome", broken)
    answer = client.post("/api/live", json={"outcomes": ["china_power_gw"]})
    assert answer.status_code == 500
    assert answer.json()["error"]["what"] == "unexpected problem (RuntimeError)"
    assert "secret" not in answer.text
    assert_closed_to_other_pages(answer)


def test_the_server_still_answers_after_all_that(client: Any) -> None:
    assert client.post("/api/live", json={"draws": 4}).status_code == 200


def test_of_many_rapid_moves_of_one_screen_the_newest_wins_and_the_rest_is_shed() -> None:
    import anyio

    from countermove.web.turns import Busy, Overtaken, Turns

    turns, seen, shed = Turns(), list[int](), list[int]()

    async def move(number: int) -> None:
        try:
            await turns.take(lambda: seen.append(number), client="one", sequence=number)
        except (Overtaken, Busy):
            shed.append(number)

    async def storm() -> None:
        for first in range(0, 10_000, 40):
            async with anyio.create_task_group() as group:
                for number in range(first, first + 40):
                    group.start_soon(move, number)

    in_a_fresh_thread(storm)
    assert len(seen) + len(shed) == 10_000
    assert seen == sorted(seen)
    assert seen[-1] == 9_999
    assert len(shed) > 5_000


def test_too_many_screens_at_once_are_told_to_come_back() -> None:
    import threading

    import anyio

    from countermove.web.limits import MOST_WAITING
    from countermove.web.turns import Busy, Turns

    turns, go, refused = Turns(), threading.Event(), list[int]()

    async def move(number: int) -> None:
        try:
            await turns.take(lambda: go.wait(20), client=f"screen {number}", sequence=1)
        except Busy:
            refused.append(number)
            go.set()

    async def crowd() -> None:
        async with anyio.create_task_group() as group:
            for number in range(MOST_WAITING + 5):
                group.start_soon(move, number)

    in_a_fresh_thread(crowd)
    assert len(refused) == 5


def test_a_move_does_not_wait_for_large_work() -> None:
    import threading

    import anyio

    from countermove.web.turns import AT_ONCE, Turns

    turns, done = Turns(), threading.Event()

    async def crowd() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(AT_ONCE + 1):
                group.start_soon(lambda: turns.take(lambda: done.wait(60), large=True))
            await anyio.sleep(0.05)
            assert await turns.take(lambda: "moved") == "moved"
            assert not done.is_set()
            done.set()

    in_a_fresh_thread(crowd)


def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import anyio

    from countermove.web import guard

    monkeypatch.setattr(guard, "BODY_SECONDS", 0.05)

    async def slow() -> Any:
        await anyio.sleep(0.03)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def asked() -> Any:
        return await guard._body(slow)

    _, refused = in_a_fresh_thread(asked)
    assert refused is not None
    assert refused.status_code == 408
