"""Robustness: how badly each lever setting can be regretted, over all futures it was run in.

Regret (Savage 1951) is, future by future, how much better the best setting would have done. A future is one draw, shared by all
settings. Satisficing (Simon 1956): the share of futures in which a threshold is met. Neither says what a government wants:
the direction is the caller's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import InputError
from countermove.experiments.sweep_file import PARAMETER
from countermove.experiments.sweep_table import SweepTable


def robustness(folder: Path | str, quantity: str, *, more_is_better: bool, threshold: float | None = None) -> dict[str, Any]:
    """Return one row per scenario and point: median, worst 5%, regret (mean, 95%, largest), share that meets the threshold.

    Raises InputError for a sweep that varies assumptions, which are states of the world and never settings, and when settings
    do not share their draws, because futures could then not be compared.
    """
    table = SweepTable(folder)
    assumed = [name for name in table.plan.points.columns if name.startswith(PARAMETER)]
    if assumed:
        more = f" and {len(assumed) - 3} more" if len(assumed) > 3 else ""
        hint = "nobody can set those: sweep levers alone, their draws are the futures"
        raise InputError(f"the sweep varies assumptions: {', '.join(assumed[:3])}{more}", where=str(folder), hint=hint)
    if len(set(table.plan.blocks)) > 1:
        hint = "leave out `shared_draws: none`, so that settings meet in the same futures"
        raise InputError("every point has its own draws", where=str(folder), hint=hint)
    name = table.quantity(quantity)
    sign = 1.0 if more_is_better else -1.0
    settings = [(scenario, point) for scenario in table.plan.scenarios for point in range(table.plan.points.count)]
    if len(settings) < 2:
        raise InputError("there is one setting only", where=str(folder), hint="sweep two scenarios or lever values, or more")
    values = np.concatenate([table.outcomes(scenario, name) for scenario in table.plan.scenarios])
    regret = (sign * values).max(axis=0) - sign * values
    rows = []
    for place, (scenario, point) in enumerate(settings):
        row: dict[str, Any] = {"scenario": scenario} | table.plan.points.at(point)
        row |= {
            "median": float(np.median(values[place])),
            "worst_5_percent": float(sign * np.quantile(sign * values[place], 0.05)),
            "regret_mean": float(regret[place].mean()),
            "regret_p95": float(np.quantile(regret[place], 0.95)),
            "regret_largest": float(regret[place].max()),
            "best_share": float(np.mean(regret[place] == 0.0)),
        }
        if threshold is not None:
            row["meets_threshold_share"] = float(np.mean(sign * values[place] >= sign * threshold))
        rows.append(row)
    rows.sort(key=lambda row: row["regret_p95"])
    return {
        "outcome": name,
        "more_is_better": more_is_better,
        "threshold": threshold,
        "futures": values.shape[1],
        "settings": rows,
    }
