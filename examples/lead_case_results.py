"""Write the figures of the lead case: the bomb effect with loops on and off, what refusal costs, and money beside the claims.

python examples/lead_case_results.py [--draws N] [--out docs/explanation/lead-case-results.md]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import countermove
from countermove.experiments.delay import months_later

Floats = NDArray[np.float64]

LOOPS = ("research.research_loop", "capacity.capacity_loop", "learning.learning_loop", "software.software_loop")
OFF = tuple(f"parameters/{name}=0" for name in LOOPS)
WITHOUT = "no-h200"
WITH = ("h200-rule+necessity", "h200-rule+bundled", "h200-rule+open", "open-h200+open")
YEARS = ("2026", "2028", "2030")
REVENUE, PARITY = "domestic_ai_chip_revenue_usd_bn", "parity_year_system_decode"


def band(values: Floats, digits: int = 3) -> str:
    """Median and 90% range as text."""
    p5, p50, p95 = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{p50:.{digits}g} [{p5:.{digits}g}, {p95:.{digits}g}]"


def outcomes(name: str, draws: int, sets: Sequence[str] = ()) -> dict[str, dict[str, Floats]]:
    """Outcomes of a preset with the same random numbers for every caller."""
    return dict(countermove.load(name, sets=tuple(sets)).run(draws=draws).outcomes)


def bomb(draws: int) -> list[str]:
    """Domestic revenue, R&D and parity with H200 sales less without, loops on and off, per preset."""
    lines = [
        "## The bomb effect, with the loops on and off",
        "",
        f"Each preset less `{WITHOUT}`, draw by draw: median [90% range]. Off: all four loops are cut.",
        "",
        "| Preset | Loops | Domestic revenue 2028, bn USD | of which % | R&D 2028, bn USD | Parity of a system, decode, months |",
        "|---|---|---|---|---|---|",
    ]
    for loops, sets in (("on", ()), ("off", OFF)):
        base = outcomes(WITHOUT, draws, sets)
        for name in WITH:
            now = outcomes(name, draws, sets)
            change = now[REVENUE]["2028"] - base[REVENUE]["2028"]
            percent = 100.0 * change / np.maximum(base[REVENUE]["2028"], 1e-6)
            work = now["domestic_research_usd_bn"]["2028"] - base["domestic_research_usd_bn"]["2028"]
            later = 12.0 * (now[PARITY]["horizon"] - base[PARITY]["horizon"])
            lines.append(f"| `{name}` | {loops} | {band(change)} | {band(percent)} | {band(work)} | {band(later)} |")
    return [*lines, ""]


def displacement(draws: int) -> list[str]:
    """Dollars of domestic sales lost per H200 dollar, and how often domestic output has slack."""
    base = outcomes(WITHOUT, draws)
    lines = [
        "## How much of an H200 dollar is taken from domestic vendors",
        "",
        "| Preset | Domestic dollars lost per H200 dollar, 2026-2030 | Months in which orders, not supply, set domestic output |",
        "|---|---|---|",
    ]
    years = [str(y) for y in range(2026, 2031)]
    for name in WITH:
        now = outcomes(name, draws)
        sold = sum(now["h200_china_revenue_usd_bn"][y] for y in years)
        lost = sum(base[REVENUE][y] - now[REVENUE][y] for y in years)
        ratio = lost / np.maximum(sold, 0.05)
        slack = np.mean([base["domestic_slack_share"][y] for y in years], axis=0)
        lines.append(f"| `{name}` | {band(ratio)} | {band(slack, 2)} |")
    return [*lines, ""]


def refusal(draws: int) -> list[str]:
    """What refusing costs Beijing in compute and months, for each of Washington's offers."""
    lines = [
        "## What refusal costs Beijing",
        "",
        "Beijing bans instead of letting in, for the same offer: compute in use, and months until it is caught up.",
        "",
        "| Offer | Compute lost, end of 2028, thousand H100e | as % | Months later | Domestic revenue 2028, bn USD |",
        "|---|---|---|---|---|",
    ]
    stock = "china_compute_h100e"
    for offer in ("h200-rule", "open-h200", "all-open"):
        accept, refuse = outcomes(f"{offer}+open", draws), outcomes(f"{offer}+ban", draws)
        loss = accept[stock]["2028"] - refuse[stock]["2028"]
        years = [p for p in accept[stock] if len(p) == 4]
        late = months_later(np.stack([refuse[stock][y] for y in years]), np.stack([accept[stock][y] for y in years]))
        gain = refuse[REVENUE]["2028"] - accept[REVENUE]["2028"]
        lines.append(
            f"| `{offer}` | {band(loss)} | {band(100.0 * loss / accept[stock]['2028'])} | "
            f"{band(late[years.index('2028')])} | {band(gain)} |"
        )
    return [*lines, ""]


def money(draws: int) -> list[str]:
    """Duty, who bears it, H200 revenue beside the 10 billion of claim C10 and the market beside the 50 billion of C9."""
    lines = [
        "## Money beside the claims",
        "",
        "Billion USD a year; the market is the legal one, without grey chips and rental.",
        "",
        "| Preset | Year | H200 revenue (C10: 10) | Duty and share | Borne by buyers, % | Market (C9: 50 in 2025) |",
        "|---|---|---|---|---|---|",
    ]
    for name in ("h200-2026", "h200-rule+necessity", "h200-rule+open", "open-h200+open"):
        now = outcomes(name, draws)
        lines += [money_row(name, year, now) for year in ("2025", *YEARS)]
    return [*lines, ""]


def money_row(name: str, year: str, now: dict[str, dict[str, Floats]]) -> str:
    """One preset in one year."""
    borne = band(100.0 * now["duty_borne_by_buyers_share"][year], 2)
    ids = ("h200_china_revenue_usd_bn", "duty_proceeds_usd_bn", "china_ai_chip_market_usd_bn")
    revenue, duty, market = (band(now[name][year]) for name in ids)
    return f"| `{name}` | {year} | {revenue} | {duty} | {borne} | {market} |"


def main() -> None:
    """Run everything and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = [
        "# The lead case in figures",
        "",
        f"Written by `python examples/lead_case_results.py`, {options.draws} draws, seed 2026, with the calibrated ensemble.",
        "Conditional on the stated assumptions: no prediction and no advice.",
        "",
        *bomb(options.draws),
        *displacement(options.draws),
        *refusal(options.draws),
        *money(options.draws),
    ]
    text = "\n".join(lines).rstrip() + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
