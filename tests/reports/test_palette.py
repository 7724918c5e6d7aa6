"""Colours can be read on white, in grey, and by colour-blind readers."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from countermove.reports.figures import palette
from countermove.reports.report import TEMPLATES

TEXT_COLOURS = {
    "ink": palette.INK,
    "muted": palette.MUTED,
    "baseline": palette.BASELINE,
    "washington": palette.WASHINGTON,
    "beijing": palette.BEIJING,
    **{f"scenario {i}": c for i, c in enumerate(palette.SCENARIO_COLOURS)},
}
# Viénot, Brettel & Mollon 1999 (protan, deutan) and the usual tritan approximation, on linear RGB.
BLINDNESS = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    "tritanopia": [[1, 0.1446, -0.1446], [0, 0.8592, 0.1408], [0, 0.8592, 0.1408]],
}


@pytest.mark.parametrize("name", TEXT_COLOURS)
def test_text_colours_reach_a_contrast_of_4_5_on_white(name: str) -> None:
    assert palette.contrast(TEXT_COLOURS[name], palette.PAPER) >= 4.5


def test_every_text_colour_of_the_style_sheet_reaches_4_5_on_every_ground_it_may_stand_on() -> None:
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    names = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css))
    grounds = [names["paper"], names["target"], names["faint"], "#e9e6df"]
    texts = [names[n] for n in ("ink", "muted", "link", "washington", "beijing")]
    assert all(palette.contrast(t, g) >= 4.5 for t in texts for g in grounds)
    assert names["washington"] == palette.WASHINGTON
    assert names["beijing"] == palette.BEIJING


def test_black_on_white_has_the_highest_contrast() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21.0)


@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_first_three_scenario_colours_stay_apart_for_colour_blind_readers(kind: str) -> None:
    for first, second in combinations(palette.SCENARIO_COLOURS[:3], 2):
        assert distance(seen(first, kind), seen(second, kind)) > 20


def test_scenarios_differ_by_marker_as_well_as_by_colour() -> None:
    styles = [palette.style_of(i) for i in range(6)]
    assert len({s.marker for s in styles}) == len({s.colour for s in styles}) == 6
    assert palette.BASELINE_STYLE.dashed
    assert not any(s.dashed for s in styles)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen(colour: str, kind: str) -> np.ndarray:
    return np.clip(np.array(BLINDNESS[kind]) @ linear(colour), 0, 1)


def distance(first: np.ndarray, second: np.ndarray) -> float:
    """CIE 1976 colour difference; about 2.3 is just noticeable."""
    return float(np.linalg.norm(lab(first) - lab(second)))


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (to_xyz @ rgb) / np.array([0.9505, 1.0, 1.089])
    f = [v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_figures_use_no_colour_outside_the_palette() -> None:
    allowed = {v for v in vars(palette).values() if isinstance(v, str) and v.startswith("#")} | {"#55524e"}
    for file in Path(palette.__file__).parent.glob("*.py"):
        found = set(re.findall(r"#[0-9a-f]{6}", file.read_text(encoding="utf-8")))
        assert file.name == "palette.py" or found <= allowed, file.name
