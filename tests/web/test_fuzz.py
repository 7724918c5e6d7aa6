"""Whatever is sent to whatever address, the answer is no bug: JSON or a file, with a reason where it is refused."""

from __future__ import annotations

import json
import warnings
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.web import downloads, long_work
from countermove.web.app import create_app
from countermove.web.guard import HEADERS
from countermove.web.live import Simulator

NAMES = (
    "h200", "h200-sxm", "h200-2026", "h200-rule+ban", "open-h200", "chips", "systems", "models", "lead", "cn", "us", "inspur",
    "decode", "washington.duty", "washington.volume_cap", "washington.licence_scope.deny", "beijing.import_gate",
    "beijing.import_gate.mode", "beijing.import_gate.ceiling", "washington.component_controls.hbm",
    "parameters/supply.hbm_imports", "supply.hbm_imports", "parameters/demand.price_elasticity", "china_power_gw",
    "parity_year_chip_decode", "none", "bundled", "nothing", "chip_parity", "refusal", "2026-11", "2026-02-30", "2026-02-01",
    "2019-01", "2033-01", "0001-01-01", "9999-12", "quarter", "year", "claims", "series", "sources",
)  # fmt: skip
ODD = (
    "", " ", ".", "..", "../..", "[", "]", "http://[", "http://[::1", "//[", "%", "%00", "\0", "\n", "\u0661",
    "\ud83d\ude80", "²", "<b>", "'", "+",
    "a" * 5000, "nan", "inf", "-inf", "1e999", "-1", "0", "0x10", "1_000", "9" * 400, "1" * 5000, "true",
    "null", "{}", "2026-11:0.1,x", "~", "1~2",
    "__proto__", "constructor", "*", "?", "#", "a/b/c", "\\", "C:\\", "file:///etc/passwd", "{x}", "%s%n", "\u202e",
)  # fmt: skip
texts = st.one_of(st.sampled_from(NAMES), st.sampled_from(ODD), st.text(max_size=12))
numbers = st.one_of(
    st.integers(-3, 2050),
    st.sampled_from([2**31, 2**53, 2**53 + 1, 2**64, 10**400, -(2**63), 0.5, -0.0, 1e308, 1e-320]),
    st.floats(allow_nan=False, allow_infinity=False),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
steps = st.dictionaries(texts, scalars, max_size=3)
sides = st.fixed_dictionaries(
    {},
    optional={
        "preset": texts | anything,
        "start": texts | anything,
        "levers": st.dictionaries(texts, scalars | steps | anything, max_size=3) | anything,
        "assumptions": st.dictionaries(
            texts, scalars | steps | st.fixed_dictionaries({"low": numbers, "high": numbers}), max_size=3
        ),
    },
)
FIELDS: dict[str, Any] = {
    "scenario": sides, "reference": sides, "scenarios": st.lists(sides, max_size=4), "outcomes": st.lists(texts, max_size=4),
    "headlines": st.lists(texts, max_size=4), "year": numbers, "by": texts, "seed": numbers, "detail": st.booleans() | anything,
    "client": texts, "sequence": numbers, "draws": st.sampled_from([1, 2, 3, 16, 0, -1, 10**9, 2.5, "4"]), "outcome": texts,
    "game": texts, "washington": texts, "beijing": texts, "case": texts, "events": st.lists(texts, max_size=3),
    "priors": st.dictionaries(texts, scalars, max_size=3),
    "kind": st.sampled_from(["run", "compare", "game", "claims", "refusal"]) | texts,
}  # fmt: skip
TAKES = {
    "/api/live": ("scenario", "reference", "outcomes", "headlines", "year", "by", "seed", "detail", "client", "sequence"),
    "/api/run": ("scenario", "outcomes", "by", "seed"),
    "/api/compare": ("scenarios", "by", "seed"),
    "/api/scenario": ("preset", "start", "levers", "assumptions"),
    "/api/drivers": ("scenario", "outcome", "year", "seed"),
    "/api/jobs": ("kind", "scenarios", "game", "washington", "beijing", "case", "events", "priors", "seed", "draws"),
}
GETS = (
    "/api/evidence/{}", "/api/search", "/api/catalog/{}", "/api/catalog/{}/{}", "/api/claims/{}", "/api/check/{}",
    "/api/substitute/{}", "/api/timeline/{}", "/api/jobs/{}", "/api/jobs/{}/result", "/{}", "/api/{}",
)  # fmt: skip
QUERY = ("on", "known", "q", "kind", "to", "parent", "end_user", "end_use", "route", "workload", "count")
LINK = (
    "p", "f", "l.washington.duty", "l.washington.licence_scope.deny", "bl.beijing.import_gate", "s.supply.hbm_imports", "bp",
    "big", "small", "by", "y", "seed", "view", "item",
)  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, str]:
    """A body for an address that takes one: mostly of its keys, sometimes anything."""
    path = draw(st.sampled_from(sorted(TAKES)))
    strategies = FIELDS | {"preset": texts, "start": texts, "levers": steps, "assumptions": steps}
    body: Any = draw(st.fixed_dictionaries({}, optional={key: strategies[key] for key in TAKES[path]}) | anything)
    if isinstance(body, dict) and path in ("/api/live", "/api/run", "/api/compare"):
        body.setdefault("draws", 2)
    return path, json.dumps(body)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """A path with a query, percent-encoded as any client would."""
    path = draw(st.sampled_from(GETS))
    for _ in range(path.count("{}")):
        path = path.replace("{}", quote(draw(texts), safe=draw(st.sampled_from(["", "/"])), errors="replace"), 1)
    query = draw(st.lists(st.tuples(st.sampled_from(QUERY), texts), max_size=3))
    return path + "?" + "&".join(f"{key}={quote(value, errors='replace')}" for key, value in query)


@st.composite
def links(draw: st.DrawFn) -> str:
    """A link with values that mostly do not fit."""
    values = texts | st.integers(0, 2100).map(str) | st.integers(0, 10**20).map(str)
    parts = draw(st.lists(st.tuples(st.sampled_from(LINK) | texts, values), max_size=2))
    quoting = draw(st.sampled_from(["", ":,~+", "%&=+:,~"]))
    return "v1&" + "&".join(
        f"{quote(key, errors='replace')}={quote(value, safe=quoting, errors='replace')}" for key, value in parts
    )


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client whose jobs do nothing, and whose downloads take few draws."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from starlette.testclient import TestClient

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTERMOVE_DATA", str(tmp_path_factory.mktemp("data")))
        patch.setattr(long_work, "run_elsewhere", lambda *_: {})
        patch.setattr(downloads, "REFINED", 2)
        app = create_app(Simulator(accelerate=False))
        with TestClient(app, base_url="http://127.0.0.1:8460", raise_server_exceptions=False) as found:
            yield found


def assert_no_bug(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    assert HEADERS.items() - {("content-security-policy", HEADERS["content-security-policy"])} <= dict(answer.headers).items()
    if answer.status_code >= 400:
        assert answer.json()["error"]["what"]


@given(bodies())
def test_no_body_is_a_bug(fuzzed: Any, sent: tuple[str, str]) -> None:
    path, body = sent
    assert_no_bug(fuzzed.post(path, content=body, headers={"content-type": "application/json"}))


@given(addresses())
def test_no_address_is_a_bug(fuzzed: Any, address: str) -> None:
    assert_no_bug(fuzzed.get(address))


@given(links())
def test_no_link_is_a_bug(fuzzed: Any, link: str) -> None:
    assert_no_bug(fuzzed.get(f"/data.csv?{link}"))


@pytest.mark.parametrize("key", LINK)
def test_no_odd_value_in_a_link_is_a_bug(fuzzed: Any, key: str) -> None:
    for value in (*ODD, "2050", "1999", "12345678901234567890", "a,b", ",".join("abcdefghijklmnopqrstuvwxyz"), *NAMES):
        assert_no_bug(fuzzed.get(f"/data.csv?v1&{key}={quote(value, errors='replace')}"))


@pytest.mark.parametrize("path", GETS)
def test_no_odd_name_in_an_address_is_a_bug(fuzzed: Any, path: str) -> None:
    for value in ODD:
        name = quote(value, safe="", errors="replace")
        assert_no_bug(fuzzed.get(path.replace("{}", name) + f"?on={name}&known={name}&q={name}&workload={name}"))


@pytest.mark.parametrize("header", ["host", "origin", "content-type", "content-length"])
def test_no_odd_header_is_a_bug(fuzzed: Any, header: str) -> None:
    for value in (*ODD, *NAMES):
        sent = {header: value.encode(errors="replace")}
        assert_no_bug(fuzzed.request("POST", "/api/scenario", content=b"{}", headers={"content-type": "application/json"} | sent))
        assert_no_bug(fuzzed.get("/api/landed", headers=sent))
