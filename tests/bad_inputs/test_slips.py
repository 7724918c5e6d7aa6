"""Whatever a user's file or option holds, reading it ends well or in one of our own errors, short and printable.

Each kind of file is a good one, broken at one place: a value replaced by something no author thought of, a line or a key
missing, bytes lost. `pytest --hypothesis-profile=explore` breaks it at 2,000 places a kind.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.errors import CountermoveError, visible
from countermove.experiments.scenario import load_scenario
from countermove.experiments.sweep_plan import plan_sweep
from countermove.hardware.serving.table import predict_file
from countermove.inference.score_file import read_scores
from countermove.policy.whatif import load_proposal
from countermove.strategy.game_file import GAMES, load_game
from countermove.strategy.profiles import read_profiles
from countermove.strategy.refusal.setting import read_setting

SCENARIO = """schema: 1
id: mine
label: Mine
extends: h200-rule
start: 2026-02
horizon: 2032-12
hazards: false
levers:
  washington.duty: {2026-03: 0.1, 2027-01: 0.2}
  beijing.import_gate: {value: 0.5, ceiling: {2026-07: 200}}
  washington.licence_scope: {value: 1, deny: h20}
set:
  parameters/demand.price_elasticity: {low: 0.4, high: 0.6}
  parameters/supply.hbm_imports: 12
"""
SWEEP = """schema: 1
scenarios: [h200-rule+open]
design:
  kind: latin-hypercube
  points: 4
  seed: 3
  factors:
    levers.washington.duty: {low: 0, high: 0.5}
    levers.washington.volume_cap: [0.5, none]
    parameters/supply.hbm_imports: prior
draws: 8
chunk: 64
accuracy: 0.001
outcomes: [china_compute_h100e]
periods: ["2028"]
"""
TABLE_SWEEP = "schema: 1\nscenarios: [h200-rule]\ndesign: {kind: file, file: points.csv}\ndraws: 8\nchunk: 64\n"
POINTS = "levers.washington.duty,levers.beijing.import_gate,parameters/supply.hbm_imports\n0.1,0.5,12\n0.2,1,11\n"
GAME = """schema: 1
kind: game
id: mine
label: Mine
window: {first: 2026, last: 2028}
discount: 0.05
washington:
  a: {label: A, preset: no-h200}
  b: {preset: h200-rule, levers: {washington.duty: 0.1}}
beijing:
  c: {suffixes: [ban]}
"""
RULE = """schema: 1
id: lower-line
title: A lower line for the review
from: "2026-11-01"
change:
  us/bis/licensing/review-policy-2026: {performance: 10000}
"""
SCORES = "series,period,value,unit\nh200_china_units,2026Q1,12,thousand package\ncambricon_revenue_cny_bn,2025,11.8,cny_bn\n"
BATCH = (
    "backend,model_path,system,isl,osl,concurrency,tp\ntrtllm,deepseek-r1,h200_sxm,1024,128,8,8\nvllm,llama3-70b,h20,512,64,1,1\n"
)
VALUES = [
    "", " ", "null", "~", "true", "0", "-1", "1e308", "1e999", "-.inf", ".nan", "nan", "inf", "9" * 30, "9" * 299, "9" * 400,
    "0x" + "f" * 300, "0x" + "f" * 5000, "0o" + "7" * 2000, "a" * 5000, "[]", "{}", "[1, 2]", "{a: 1}", "[[1]]", "{low: 1}",
    '"\\e[31mred"', '"\\u202eabc"', '"\\x9b1m"', '"a\\nb"', "2026-13", "0000-00", "9999-12", "2026", "25%", "/", "..", ".",
    "levers.duty", "levers.", "parameters/", "levers.a.b.c.d", "%s {0}", "'", "#", "-", "\u0661\u0662", "\u2167", "1_000",
    "\ufeff", "h200-rule+",
]  # fmt: skip
FEW = max(30, settings.default.max_examples - 70)
"""Examples of each kind: 30, or as many as a profile that looks for new ones asks for."""
WORD = re.compile(r"[^\s:,{}\[\]\"]+")


def broken(text: str, draw: Callable[[Any], Any]) -> bytes:
    """Return a text broken at one place, mostly in one of its words."""
    how = draw(st.sampled_from(("word", "word", "word", "line", "cut", "junk", "null")))
    if how == "word":
        match = draw(st.sampled_from(list(WORD.finditer(text))))
        return (text[: match.start()] + draw(st.sampled_from(VALUES)) + text[match.end() :]).encode()
    if how == "null":  # an entry without its value, whatever stood below it
        lines = text.splitlines()
        number = draw(st.integers(0, len(lines) - 1))
        deep = len(lines[number]) - len(lines[number].lstrip())
        rest = number + 1
        while rest < len(lines) and len(lines[rest]) - len(lines[rest].lstrip()) > deep:
            rest += 1
        return "\n".join([*lines[:number], lines[number].partition(":")[0] + ": null", *lines[rest:], ""]).encode()
    if how == "line":
        lines = text.splitlines()
        del lines[draw(st.integers(0, len(lines) - 1))]
        return "\n".join(lines).encode()
    raw, at = text.encode(), draw(st.integers(0, len(text.encode())))
    return raw[:at] if how == "cut" else raw[:at] + draw(st.binary(min_size=1, max_size=4)) + raw[at:]


def ends_well(read: Callable[[], object]) -> None:
    """Call a reader; it may refuse, in at most two short lines that a terminal shows as they are."""
    try:
        read()
    except CountermoveError as error:
        message = str(error)
        assert message
        assert len(message.splitlines()) <= 2
        assert len(message) <= 2500
        assert visible(message) == message


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read_points(folder: Path, content: bytes) -> object:
    write(folder, "points.csv", content)
    return plan_sweep(write(folder, "table.yaml", TABLE_SWEEP.encode()))


READERS: dict[str, tuple[str, Callable[[Path, bytes], object]]] = {
    "scenario": (SCENARIO, lambda folder, content: load_scenario(write(folder, "mine.yaml", content))),
    "sweep": (SWEEP, lambda folder, content: plan_sweep(write(folder, "sweep.yaml", content))),
    "points": (POINTS, read_points),
    "game": (GAME, lambda folder, content: load_game(write(folder, "game.yaml", content))),
    "profiles": ((GAMES / "profiles.yaml").read_text(), lambda folder, content: read_profiles(write(folder, "p.yaml", content))),
    "setting": ((GAMES / "refusal.yaml").read_text(), lambda folder, content: read_setting(write(folder, "s.yaml", content))),
    "rule": (RULE, lambda folder, content: load_proposal(write(folder, "rule.yaml", content))),
    "scores": (SCORES, lambda folder, content: read_scores(write(folder, "scores.csv", content))),
    "batch": (BATCH, lambda folder, content: predict_file(write(folder, "rows.csv", content), folder / "out.csv")),
    "packed batch": (BATCH, lambda folder, content: predict_file(write(folder, "rows.csv.gz", content), folder / "out.csv")),
}


@pytest.mark.parametrize("kind", READERS)
def test_the_file_that_is_broken_is_a_good_one(kind: str, tmp_path: Path) -> None:
    text, read = READERS[kind]
    read(tmp_path, gzip.compress(text.encode()) if kind == "packed batch" else text.encode())


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=FEW)
@given(data=st.data())
def test_a_broken_file_is_refused_or_read(kind: str, data: st.DataObject, tmp_path: Path) -> None:
    text, read = READERS[kind]
    content = broken(text, data.draw)
    if kind == "packed batch":
        packed = gzip.compress(content, mtime=0)
        flipped = packed[:15] + bytes([packed[15] ^ 0xFF]) + packed[16:]
        content = data.draw(st.sampled_from((packed, packed[:-9], packed[:12], flipped, content)))
    ends_well(lambda: read(tmp_path, content))


PATHS = (
    "levers.washington.duty", "levers.beijing.import_gate.ceiling", "levers.washington.licence_scope.deny", "levers.duty",
    "parameters/supply.hbm_imports", "start", "horizon", "hazards", "label", "schema", "", "levers", "parameters/", "a/b/c",
)  # fmt: skip


@settings(max_examples=4 * FEW)
@given(
    path=st.sampled_from(PATHS),
    value=st.sampled_from(VALUES),
    shape=st.sampled_from(("{}", "{{2026-02: {}}}", "[{}]", "{{low: {}, high: 2}}")),
)
def test_a_setting_on_the_command_line_is_refused_or_taken(path: str, value: str, shape: str) -> None:
    ends_well(lambda: load_scenario("h200-2026", sets=[f"{path}={shape.format(value)}"]))
