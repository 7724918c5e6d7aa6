"""The named axes of every array."""

from __future__ import annotations

from countermove.quantities import axes


def test_segments_routes_and_workloads_are_kebab_case_and_distinct() -> None:
    names = [*axes.SEGMENTS, *axes.ROUTES, *axes.WORKLOADS]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name and "_" not in name for name in names)


def test_the_draw_axis_is_last() -> None:
    assert axes.DRAW_AXIS == -1
