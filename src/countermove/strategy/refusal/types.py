"""Types of Beijing as draws of the model: what each reply would cost and bring in that draw's simulated world.

Per draw i, offer o and reply a, in billion USD over the window, discounted:
    relief(o, a)  = legal market value under a - under refusal              (chips that buyers would otherwise miss)
    loss(o, a)    = domestic vendors' revenue under refusal - under a        (what protection would keep)
    lock_in(o, a) = NVIDIA's revenue in China under a - under refusal        (what a later cut-off would strand)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments.streams import uniforms
from countermove.strategy.cache import cells_of
from countermove.strategy.cells import Cells, Progress
from countermove.strategy.game_file import Game, Strategy, load_game
from countermove.strategy.payoffs import aggregated
from countermove.strategy.refusal.setting import REPLIES, Setting

Floats = NDArray[np.float64]

MARKET, DOMESTIC, FOREIGN = "china_ai_chip_market_usd_bn", "domestic_ai_chip_revenue_usd_bn", "nvidia_china_ai_revenue_usd_bn"
SHORTAGE, RISK = "china_shortage_share", "cutoff_risk"


@dataclass(frozen=True)
class Stakes:
    """What replies bring and cost at one date: arrays (offer, reply, draw) in billion USD, replies in the order of `REPLIES`."""

    relief: Floats
    loss: Floats
    lock_in: Floats
    scarcity: Floats
    """(draw,) shortage share under refusal over its mean: the marginal value of relief is in proportion to it."""


@dataclass(frozen=True)
class Types:
    """The draws as types: states, stakes now and at the later date, and drawn motives, all (draw,) at the end."""

    offers: tuple[str, ...]
    offer: int
    better: int
    now: Stakes
    later: Stakes
    motives: Mapping[str, Floats]
    other_causes: NDArray[np.bool_]
    has: Mapping[str, NDArray[np.bool_]]
    """Capability or motive -> whether the draw has it."""
    levels: Mapping[str, Floats]
    cut_off: Floats
    """Perceived cut-off risk at the end of the first year under refusal, over its mean."""
    cells: Cells

    @property
    def draws(self) -> int:
        """Number of types."""
        return int(self.cut_off.shape[0])


def simulated_types(
    setting: Setting, *, draws: int, seed: int, use_cache: bool = True, progress: Progress | None = None
) -> Types:
    """Simulate the offers against the replies and return the draws as types; the errors are those of `simulate_cells`."""
    game = refusal_game(setting)
    last_year = max(one.year for one in setting.capabilities.values())
    game = replace(game, first=setting.window.first, last=max(setting.window.last, last_year), discount=setting.discount)
    outcomes = (
        MARKET,
        DOMESTIC,
        FOREIGN,
        SHORTAGE,
        RISK,
        *WASHINGTON_OUTCOMES,
        *(c.outcome for c in setting.capabilities.values()),
    )
    cells = cells_of(game, tuple(dict.fromkeys(outcomes)), draws=draws, seed=seed, use_cache=use_cache, progress=progress)
    return types_of(setting, cells)


def refusal_game(setting: Setting) -> Game:
    """Return the game of the setting's offers against its replies, now and from the later month on."""
    full = load_game(setting.game)
    washington = tuple(full.washington[full.index("washington", name)] for name in setting.offers)
    names: dict[str, str] = {str(reply): name for reply, name in setting.replies.items()}
    now = {reply: full.beijing[full.index("beijing", names[reply])] for reply in REPLIES}
    later = tuple(_turned(now["refuse"], now[reply], reply, setting.later.month) for reply in REPLIES if reply != "refuse")
    for name in (setting.offer, setting.better_offer):
        if name not in setting.offers:
            raise InputError(f"{name} is not among the offers", where="refusal setting", hint="add it to offers")
    return replace(full, id="refusal", washington=washington, beijing=(*now.values(), *later))


def _turned(first: Strategy, then: Strategy, reply: str, month: str) -> Strategy:
    """Return the strategy that refuses until a month and then turns to another reply."""
    settings = {
        lever: {part: {month: list(schedule.values())[-1]} for part, schedule in parts.items()}
        for lever, parts in then.scenario.levers.items()
    }
    scenario = replace(first.scenario.with_levers(settings, start=month), id=f"refuse-then-{reply}")
    return Strategy(f"refuse-then-{reply}", f"{first.label}, from {month} {then.label}", scenario)


WASHINGTON_OUTCOMES = (
    "nvidia_china_profit_usd_bn",
    "duty_proceeds_usd_bn",
    "us_china_compute_ratio_h100e",
    "gap_months_system_decode",
    "us_units_displaced",
    "domestic_share_compute",
    "domestic_research_usd_bn",
)
"""What the shipped profiles of Washington weigh, for the short game."""


def types_of(setting: Setting, cells: Cells) -> Types:
    """Return the types that simulated cells and the priors of the motives make."""
    refuse = 0
    offer = setting.offers.index(setting.offer)
    states = {
        name: cells.outcome(c.outcome)[offer, refuse, cells.years.index(str(c.year))] for name, c in setting.capabilities.items()
    }
    has: dict[str, NDArray[np.bool_]] = {}
    for name, one in setting.capabilities.items():
        above = states[name] >= one.above if one.above is not None else np.ones(cells.draws, dtype=bool)
        below = states[name] <= one.below if one.below is not None else np.ones(cells.draws, dtype=bool)
        has[name] = above & below
    motives = {}
    for name, motive in setting.motives.items():
        motives[name] = np.asarray(motive.prior.ppf(uniforms(cells.seed, f"strategy.refusal.{name}", cells.draws)), dtype=float)
        if motive.strong is not None:
            has[name] = motives[name] >= motive.strong
    other = uniforms(cells.seed, "strategy.refusal.other_causes", cells.draws) < setting.other_causes.prior
    has["other_causes"] = other
    risk = cells.outcome(RISK)[offer, refuse, 0]
    late_columns = [refuse, *(cells.beijing.index(f"refuse-then-{reply}") for reply in ("narrow", "open"))]
    return Types(
        setting.offers,
        offer,
        setting.offers.index(setting.better_offer),
        _stakes(cells, setting, [0, 1, 2], year=0),
        _stakes(cells, setting, late_columns, year=0),
        motives,
        other,
        has,
        states,
        risk / max(float(risk.mean()), 1e-12),
        cells,
    )


def _stakes(cells: Cells, setting: Setting, columns: list[int], *, year: int) -> Stakes:
    window = [y for y in cells.years if int(y) <= setting.window.last]
    cut = replace(cells, years=tuple(window), values=cells.values[:, columns][:, :, :, : len(window)])
    market, domestic, foreign = (aggregated(cut, name, setting.discount) for name in (MARKET, DOMESTIC, FOREIGN))
    offer = setting.offers.index(setting.offer)
    shortage = cut.outcome(SHORTAGE)[offer, 0, year]
    return Stakes(
        relief=market - market[:, :1],
        loss=domestic[:, :1] - domestic,
        lock_in=foreign - foreign[:, :1],
        scarcity=shortage / max(float(shortage.mean()), 1e-12),
    )
