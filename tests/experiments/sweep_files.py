"""Small sweep files and folders for the tests of sweeps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SMALL = """\
schema: 1
scenarios: [h200-rule+open, h200-rule+ban]
design:
  kind: grid
  factors:
    levers.washington.duty: [0, 0.5]
draws: 128
chunk: 64
outcomes: [china_compute_h100e, parity_year_chip_decode]
periods: ["2028", "2032"]
"""
"""Eight chunks of 64 runs."""


def write_sweep(folder: Path, text: str = SMALL, name: str = "small.yaml") -> Path:
    """Write a sweep file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def results(folder: Path) -> dict[str, bytes]:
    """Every result file of a sweep's folder by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def start(spec: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """Start `countermove sweep` as a process of its own."""
    code = "from countermove.cli.app import main; main()"
    command = [sys.executable, "-c", code, "sweep", str(spec), "--out", str(out), "--json", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy())


def chunks(out: Path) -> set[str]:
    """Names of the chunks that are done."""
    return {path.name for path in (out / "chunks").glob("*/*.parquet")}
