"""Simulated history against published values, fact by fact: one row per outcome and period, with every source's range.

Run ``python -m countermove.inference.history docs/explanation/history.md`` to write the page again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from countermove.inference.published import Published, published_values

DRAWS = 512


@dataclass(frozen=True)
class Row:
    """One fact: an outcome in a period, its published range over all sources, and the simulated median and 90% range."""

    outcome: str
    period: str
    low: float
    high: float
    median: float
    p5: float
    p95: float
    sources: tuple[str, ...]

    @property
    def hit(self) -> bool:
        """Whether the simulated median lies inside the published range."""
        return self.low <= self.median <= self.high

    @property
    def overlap(self) -> bool:
        """Whether the simulated 90% range and the published range touch."""
        return self.p5 <= self.high and self.low <= self.p95


def rows(*, draws: int = DRAWS, seed: int = 2026, beliefs: str = "fitted") -> list[Row]:
    """Every fact of 2022-2025, simulated under the status quo preset with `draws` joint samples."""
    from countermove.experiments.run import run

    result = run("h200-2026", draws=draws, seed=seed, periods=("year", "quarter"), beliefs=beliefs)
    facts: dict[tuple[str, str], list[Published]] = {}
    for value in published_values():
        facts.setdefault((value.outcome, value.period), []).append(value)
    found = []
    for (outcome, period), values in sorted(facts.items()):
        simulated = result.outcomes[outcome].get(period)
        if simulated is None:
            continue
        p5, median, p95 = (float(q) for q in np.quantile(simulated, [0.05, 0.5, 0.95]))
        low = min(v.low if np.isfinite(v.low) else v.value for v in values)
        high = max(v.high if np.isfinite(v.high) else v.value for v in values)
        found.append(Row(outcome, period, low, high, median, p5, p95, tuple(v.series for v in values)))
    return found


SHORTFALLS = """
## Where it falls short, and which mechanism is to blame

- **Cambricon in 2024** (most of the misses): its lines are given by date, but its price is one number for 2025, while
  its revenue per card rose by about a quarter from 2024. *Prices* would need a vendor's own path.
- **AMD in 2025**: the dated reading of both gates for the MI308X after August 2025, times the share of approvals that
  become orders, lets through a tenth of what was sold in the last quarter; card trackers also count parts that the
  model does not sell. *Gates*.
- **H20 after August 2025**: a few thousand against none in one count and some 17,000 in another quarter; orders still
  in the queue are delivered when licences resume. *Foreign supply*.
- **A100 to A800 in autumn 2022, first H800 quarter**: the change of part is a ramp of six weeks here and was quicker
  in fact. *Foreign supply*.
- **Market value in 2025**: with card counts as published, realised prices of domestic chips near Huawei's reported
  revenue leave the sum below the analysts' 37 billion. The published counts, revenue and market value do not close
  among themselves. *Prices*.

The goal was 80% of medians inside the published ranges. Tastes (elasticities, nesting) were left at their priors on
purpose: letting them move reached no more and pushed them to their bounds.
"""


def page(found: Sequence[Row]) -> str:
    """The table as Markdown, with the counts first."""
    hits, touching = sum(r.hit for r in found), sum(r.overlap for r in found)
    head = [
        "# Simulated against published, 2022-2025",
        "",
        f"Written by `python -m countermove.inference.history`, {DRAWS} draws of `h200-2026`, seed 2026, with the first fit.",
        "One row per fact; where several sources speak, the published range spans all of them. A value without a stated range",
        "has the tolerance of its grade (A 5%, B 15%, C 25%; at least 15% for part of a year), which is an assumption.",
        "",
        f"The simulated median lies inside the published range in **{hits} of {len(found)}** facts ({hits / len(found):.0%});",
        f"the simulated 90% range touches it in {touching} ({touching / len(found):.0%}).",
        "",
        "| Outcome | Period | Published | Simulated median [90%] | Inside | Sources |",
        "|---|---|---|---|---|---|",
    ]
    body = [
        f"| `{r.outcome}` | {r.period} | {r.low:.4g} to {r.high:.4g} | {r.median:.4g} [{r.p5:.4g}, {r.p95:.4g}] | "
        f"{'yes' if r.hit else 'range touches' if r.overlap else 'no'} | {', '.join(r.sources)} |"
        for r in found
    ]
    return "\n".join([*head, *body]) + "\n" + SHORTFALLS


def main(arguments: Sequence[str]) -> None:
    """Print the page, or write it to the path given."""
    text = page(rows())
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
