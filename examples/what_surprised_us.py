"""Write the page of surprises: a common belief, what the model gives, what moves it, and what would change it.

python examples/what_surprised_us.py [--draws N] [--out docs/explanation/what-surprised-us.md]

Each number comes from runs with the same seed and draws; the last column pins the named assumptions in both scenarios.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from countermove.desk.answers import answer, strongest
from countermove.desk.checks import Check, run_scenarios
from countermove.desk.drivers import resample
from countermove.evidence.ledger import load_parameters
from countermove.experiments.result import Result

WIDTH = 130
SELLS, REFUSES, WITHOUT = "open-h200+open", "h200-rule+ban", "no-h200"
RULE = "h200-rule+open"

#: Chinese memory at the upper end of every reading, and packaging to match: a world in which orders bind, not supply.
PLENTY = {
    "supply.hbm_domestic_2026": 20.0,
    "supply.hbm_in_house_2026": 10.0,
    "supply.wafers_2025": 150.0,
    "supply.huawei_packages_2026": 4000.0,
    "supply.other_packages_2026": 4000.0,
    "supply.packages_growth": 0.6,
}
#: No way around a gate: hardly anything to rent abroad, hardly anything smuggled.
SEALED = {"offshore.rental_share": 0.001, "grey.grey_scale": 0.05, "grey.divertible_share": 0.005}


@dataclass(frozen=True)
class Surprise:
    """One belief beside the model; `turned` asks the first questions again with assumptions pinned, in the words of `how`."""

    title: str
    belief: str
    reading: str
    asked: tuple[Check, ...]
    how: str = ""
    pinned: dict[str, float] = field(default_factory=dict)


def ask(outcome: str, scenario: str, period: str, *, than: str | None = None) -> Check:
    """Return a question without a threshold."""
    return Check(outcome=outcome, scenario=scenario, period=period, than=than)


SURPRISES = (
    Surprise(
        title="An H200 sold takes little from domestic vendors",
        belief="Selling the H200 is a sweetened bomb that starves domestic vendors of sales and of the funds for the next "
        "generation (claims C2 and C3).",
        reading="While memory and packaging set what domestic vendors make, they sell what they make with or without the H200. "
        "The effect has the sign of the claim and a size that hardly reaches R&D or dates. It hangs on the bottleneck: with "
        "plenty of inputs the same H200s cost domestic vendors several times as much per dollar.",
        asked=(
            ask("domestic_ai_chip_revenue_usd_bn", SELLS, "2028", than=WITHOUT),
            ask("domestic_revenue_lost_per_h200_usd", SELLS, "2028", than=WITHOUT),
            ask("domestic_research_usd_bn", SELLS, "2028", than=WITHOUT),
            ask("parity_year_chip_decode", SELLS, "horizon", than=WITHOUT),
        ),
        how="with Chinese memory, wafers and packaging far above all published readings",
        pinned=PLENTY,
    ),
    Surprise(
        title="A refusal costs months rather than years, while other routes stay open",
        belief="A refusal deprives China of the compute it needs; or: it costs China nothing, because its own answer is "
        "effective (claim C21 says the second, critics of the sale the first).",
        reading="Neither. Refusal costs compute, measurably, but rental abroad, diverted chips and demand that moves to domestic "
        "chips replace most of what the H200s would have added. The first two rest on assumptions; without them the cost is "
        "several times larger.",
        asked=(
            ask("china_compute_h100e", REFUSES, "2026", than=SELLS),
            ask("china_compute_h100e", REFUSES, "2028", than=SELLS),
            ask("china_compute_delay_months", REFUSES, "2027", than=SELLS),
            ask("china_cost_premium", REFUSES, "2026", than=SELLS),
        ),
        how="with rental abroad and smuggling all but closed",
        pinned=SEALED,
    ),
    Surprise(
        title="The volume cap, not Beijing, decides what the January rule sells",
        belief="The H200 could bring about ten billion dollars a year if buyers want it (claim C10).",
        reading="Under the rule as written it hardly can, even if Beijing lets all in: half of what American buyers still take "
        "of a part that is being phased out is a small number, and only part of the demand is licensed. Ten billion a year "
        "needs Washington to lift the cap and to license everybody.",
        asked=(
            ask("h200_china_revenue_usd_bn", RULE, "2026"),
            ask("h200_china_revenue_usd_bn", RULE, "2027"),
            ask("h200_china_revenue_usd_bn", SELLS, "2027"),
        ),
        how="with Americans buying four million H200s a year, so that the cap does not bind",
        pinned={"foreign.h200_us_yearly": 4000.0},
    ),
    Surprise(
        title="Seventy billion dollars buys volume, hardly time",
        belief="A large support package brings parity closer (claim C13 reports the package, its purpose is generally assumed).",
        reading="Spent on capacity it raises output and revenue; the date at which a domestic chip equals an H200 hardly moves, "
        "because performance follows roadmaps, nodes and launch dates more than money.",
        asked=(
            ask("domestic_ai_chip_revenue_usd_bn", "h200-2026+70bn", "2030", than="h200-2026"),
            ask("parity_year_chip_decode", "h200-2026+70bn", "horizon", than="h200-2026"),
            ask("parity_year_system_decode", "h200-2026+70bn", "horizon", than="h200-2026"),
        ),
        how="with R&D at the upper end of its effect on performance and on launch dates",
        pinned={"research.research_elasticity": 0.25, "research.launch_sensitivity": 2.0, "research.node_headroom": 1.3},
    ),
    Surprise(
        title="Controls moved market share, not the domestic frontier",
        belief="Three years of broad controls fostered competitors (claim C15).",
        reading="Against a world without controls since October 2022, domestic vendors hold much more of the market in 2025, "
        "mostly because NVIDIA holds less of it. Their own revenue gains less than their share, and their best system is not "
        "better for it: what controls give in sales they take in memory and equipment.",
        asked=(
            ask("domestic_share_money", "h200-2026", "2025", than="no-controls"),
            ask("domestic_ai_chip_revenue_usd_bn", "h200-2026", "2025", than="no-controls"),
            ask("nvidia_china_ai_revenue_usd_bn", "h200-2026", "2025", than="no-controls"),
            ask("domestic_frontier_system_decode", "h200-2026", "2030", than="no-controls"),
            ask("us_china_compute_ratio_h100e", "h200-2026", "2025", than="no-controls"),
        ),
        how="with denial spurring R&D intensity by the most any study reports, and controls that do not touch the node",
        pinned={"research.denial_response": 0.166, "research.control_on_node": 0.0, "capacity.control_on_capacity": 0.0},
    ),
    Surprise(
        title="A supernode helps decoding and little else, at twice the power",
        belief="Huawei makes up for weaker chips with systems such as the CloudMatrix 384 (claim C6).",
        reading="The wide domain helps where chips exchange tokens, and hardly anywhere else. In decoding a 910C in it does "
        "about half an H200's work at the same power per package; the price of the chips alone is close.",
        asked=(
            ask("domestic_frontier_chip_decode", "h200-2026", "2025"),
            ask("domestic_frontier_system_decode", "h200-2026", "2025"),
            ask("domestic_frontier_chip_training", "h200-2026", "2025"),
            ask("domestic_frontier_system_training", "h200-2026", "2025"),
            ask("ascend_910c_per_h200_decode", "h200-2026", "2026"),
            ask("ascend_910c_power_per_h200_decode", "h200-2026", "2026"),
            ask("ascend_910c_price_per_h200_decode", "h200-2026", "2026"),
        ),
    ),
    Surprise(
        title="The compute ratio is decided where nobody counts",
        belief="The ratio of American to Chinese compute is a matter of which chips the two governments let pass.",
        reading="Opening both gates for the H200 moves the ratio of 2030 less than what is assumed about capacity rented abroad, "
        "smuggling and the growth of American purchases.",
        asked=(
            ask("us_china_compute_ratio_h100e", "h200-2026", "2030"),
            ask("us_china_compute_ratio_h100e", SELLS, "2030", than=WITHOUT),
        ),
        how="with rental abroad and smuggling all but closed",
        pinned=SEALED,
    ),
)


def turned(check: Check, surprise: Surprise) -> Check:
    """Return the same question with the surprise's assumptions pinned."""
    return Check(
        outcome=check.outcome,
        scenario=check.scenario,
        period=check.period,
        than=check.than,
        parameters=surprise.pinned,
        label=surprise.how,
    )


def questions() -> list[Check]:
    """Every question of the page, the turned ones among them."""
    plain = [check for one in SURPRISES for check in one.asked]
    return [*plain, *(turned(check, one) for one in SURPRISES if one.pinned for check in one.asked)]


def section(surprise: Surprise, results: dict[str, Result]) -> list[str]:
    """One surprise as Markdown: the belief, a table of numbers, the reading, and what drives it."""
    changed = ("Changed",) if surprise.pinned else ()
    rows = [f"| {' | '.join(('Number', 'Scenario', 'Model', *changed))} |", "|---|---|---|" + "---|" * len(changed)]
    for check in surprise.asked:
        found = answer(check, results)
        scenario = f"`{check.scenario}`" + (f" less `{check.than}`" if check.than else "")
        cells = [_label(found, check), scenario, found["range"] or "too few draws"]
        if surprise.pinned:
            cells.append(answer(turned(check, surprise), results)["range"] or "too few draws")
        rows.append(f"| {' | '.join(cells)} |")
    return [
        f"## {surprise.title}",
        "",
        *textwrap.wrap(f"**Belief.** {surprise.belief}", WIDTH),
        "",
        *rows,
        "",
        *([f"Changed: {surprise.how}.", ""] if surprise.how else []),
        *textwrap.wrap(f"**Reading.** {surprise.reading}", WIDTH),
        "",
        *drivers(surprise, results),
    ]


def _label(found: dict[str, object], check: Check) -> str:
    words = (
        str(found["statement"]).partition(f" in {check.period},")[0].partition(", under")[0].partition(f", {check.scenario}")[0]
    )
    return words if check.is_date else f"{words}, {check.period}"


def drivers(surprise: Surprise, results: dict[str, Result]) -> list[str]:
    """What the first questions move with most over the draws."""
    lines = []
    for check in surprise.asked[:3]:
        result = results[check.runs[0]]
        found = strongest(check, results, resample(result))
        if found:
            named = ", ".join(f"{load_parameters()[name].label} ({rho:+.2f})" for name, rho in found)
            lines.append(f"- `{check.outcome}`{' (difference)' if check.than else ''}: {named}")
    return ["**Moves most with** (rank correlation over the draws):", "", *lines, ""] if lines else []


def page(draws: int) -> str:
    """The whole page."""
    results = run_scenarios(questions(), draws=draws)
    first = next(iter(results.values()))
    made = (
        f"Written by `python examples/what_surprised_us.py`: {draws:,} draws, seed {first.seed}, version {first.version}, data "
        f"`{first.data_hash[:12]}`, evidence to {first.evidence_until}, with the calibrated ensemble."
    )
    how = (
        "Medians with 90% ranges; differences are taken draw by draw. All of it is conditional on the stated assumptions: each "
        "section says which of them carry the result, and the last column changes some. None of it is a prediction, and a "
        "surprise may be an error of ours: see [limits](../limits.md)."
    )
    head = ["# What surprised us", "", *textwrap.wrap(made, WIDTH), "", *textwrap.wrap(how, WIDTH), ""]
    body = [line for one in SURPRISES for line in section(one, results)]
    return "\n".join([*head, *body]).rstrip() + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    text = page(options.draws)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
