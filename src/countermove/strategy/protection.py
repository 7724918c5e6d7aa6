"""Is protection worth its price? The tests of Mill and Bastable on simulated pairs.

Mill: after protection the industry stands without it. Bastable: the discounted gains exceed the discounted cost (Mill 1848,
Bastable 1887; Melitz 2005 for the modern form). Per draw, with s the buyers' surplus per dollar of chips forgone and m the
value of a domestic dollar: NPV = sum_t d^t (m (R_refuse - R_admit) - s (M_admit - M_refuse)), R domestic revenue, M the
legal market. The break-even m is the value a domestic dollar must have for protection to pay; above about 1 it must come
from learning, security or another gain outside sales.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.cache import cells_of
from countermove.strategy.cells import Progress
from countermove.strategy.game_file import load_game
from countermove.strategy.payoffs import aggregated

Floats = NDArray[np.float64]

SURPLUS = (0.5, 1.0, 1.5)
VALUES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
MARKET, DOMESTIC = "china_ai_chip_market_usd_bn", "domestic_ai_chip_revenue_usd_bn"
FRONTIER = "domestic_frontier_system_decode"


def protection_test(
    *, offer: str = "open-h200", draws: int = 256, seed: int = 2026, use_cache: bool = True, progress: Progress | None = None
) -> dict[str, Any]:
    """Return the Mill and Bastable tests of refusing an offer rather than admitting it, to the end of the clock."""
    lead = load_game("lead")
    game = replace(
        lead,
        id="protection",
        last=2032,
        washington=(lead.washington[lead.index("washington", offer)],),
        beijing=tuple(lead.beijing[lead.index("beijing", name)] for name in ("open", "refuse")),
    )
    cells = cells_of(game, (MARKET, DOMESTIC, FRONTIER), draws=draws, seed=seed, use_cache=use_cache, progress=progress)
    market, domestic = (aggregated(cells, name, game.discount)[0] for name in (MARKET, DOMESTIC))
    cost, gain = market[0] - market[1], domestic[1] - domestic[0]
    frontier = cells.outcome(FRONTIER)[0, 1, -1]
    return {
        "offer": offer,
        "window": {"first": game.first, "last": game.last, "discount": game.discount},
        "draws": draws,
        "seed": seed,
        "mill": {
            "share_of_draws": float(np.mean(frontier >= 1.0)),
            "share_without_protection": float(np.mean(cells.outcome(FRONTIER)[0, 0, -1] >= 1.0)),
            "meaning": "share of draws in which a domestic system equals the H200 system by 2032, with and without protection",
        },
        "bastable": [
            {"surplus": s, "value_of_domestic_dollar": m, "share_of_draws": float(np.mean(net_value(gain, cost, m, s) > 0))}
            for s in SURPLUS
            for m in VALUES
        ],
        "chips_forgone_usd_bn": _band(cost),
        "domestic_gain_usd_bn": _band(gain),
        "break_even_value": _break_even(gain, cost),
        "meaning": "break_even_value: what a dollar of domestic sales must be worth for refusing to pay, at a surplus of 1",
    }


def net_value(gain: Floats, cost: Floats, value: float, surplus: float) -> Floats:
    """Return the net present value of protection, value x gain - surplus x cost."""
    found: Floats = value * gain - surplus * cost
    return found


def _break_even(gain: Floats, cost: Floats) -> dict[str, Any]:
    """Return quantiles of cost over gain where protection costs chips and gains sales; the other cases are counted."""
    both = (gain > 1e-6) & (cost > 1e-6)
    found: dict[str, Any] = {
        "share_of_draws": float(both.mean()),
        "never_pays": float(np.mean((gain <= 1e-6) & (cost > 1e-6))),
        "always_pays": float(np.mean((gain > 1e-6) & (cost <= 1e-6))),
    }
    return found | (_band(cost[both] / gain[both]) if both.any() else {})


def _band(values: Floats) -> dict[str, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {"median": float(middle), "p5": float(low), "p95": float(high)}
