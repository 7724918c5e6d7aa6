"""What was known by a date: rows of the past, and priors that do not yet know the years that follow.

Two vintages: *strict* keeps rows whose period had ended and which had been published by the date; *latest* keeps every
row whose period had ended, as the sources give it today.

Priors of the strict vintage are those of `known_priors`. The latest vintage replaces anchors of later years only: a
year's value is the year before times a growth between `GROWTH`'s ends, the range seen between 2022 and 2024; appetites
first seen in the forecast year keep their centre and are widened by `WIDENING`, and are named as foreknowledge.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Literal

from countermove.errors import InputError, did_you_mean
from countermove.evidence.schema import Parameter
from countermove.inference.known_priors import ALWAYS, Known, Replaced, between, priors_by
from countermove.outcomes.published import Published, period_end
from countermove.quantities.calendar import last_day

Vintage = Literal["strict", "latest"]
VINTAGES: tuple[Vintage, ...] = ("latest", "strict")

#: 5% and 95% points of a year's growth (factor), for demand and for lines (assumption: between a fifth less and a
#: factor of two and a half, as from 2022 to 2024).
GROWTH = (0.8, 2.5)

#: Factor on both sides of a centre that only later sources state (assumption).
WIDENING = 2.5

#: Anchors by family: the years that carry one, in order. The year of the date and earlier ones keep their priors.
ANCHORS: Mapping[str, tuple[int, ...]] = {
    "demand.legal_market": (2022, 2023, 2024, 2025, 2027, 2028),
    "supply.huawei_packages": (2022, 2023, 2024, 2025, 2026),
    "supply.other_packages": (2022, 2023, 2024, 2025, 2026),
    "grey.chips": (2023, 2024, 2025),
    "demand.grey_budget": (2024, 2025),
}

#: Appetites and lines first seen in the year given.
FIRST_SEEN: Mapping[str, int] = {
    "demand.latent_low_end_2025": 2025,
    "demand.latent_amd_2025": 2025,
    "demand.latent_cambricon_2025": 2025,
    "demand.latent_other_2025": 2025,
    "demand.latent_pro6000d": 2025,
    "demand.latent_huawei_2025": 2025,
    "supply.cambricon_packages_2025_winter": 2025,
    "supply.cambricon_packages_2025": 2025,
    "supply.cambricon_packages_2026": 2026,
    "supply.hbm_in_house_2026": 2026,
    "prices.price_910c": 2025,
}


def cut_date(text: str) -> dt.date:
    """Return the last day of a date such as 2024-12; InputError outside 2022-2026."""
    day = last_day(text, where="fit-to")
    if not dt.date(2022, 12, 31) <= day <= dt.date(2026, 12, 31):
        raise InputError(f"{text} leaves nothing to fit or to predict", where="fit-to", hint="give a month of 2023 to 2026")
    return day


def check_vintage(vintage: str) -> None:
    """Raise InputError for a vintage that is none."""
    if vintage not in VINTAGES:
        raise InputError(f"no vintage named {vintage!r}", where="vintage", hint=did_you_mean(vintage, VINTAGES))


def rows_known(rows: Sequence[Published], day: dt.date, vintage: str) -> tuple[Published, ...]:
    """Rows whose period had ended by `day` and, for the strict vintage, that had been published by then."""
    check_vintage(vintage)
    ended = [row for row in rows if period_end(row.period) <= day]
    return tuple(row for row in ended if vintage == "latest" or row.known <= day)


def rows_after(rows: Sequence[Published], day: dt.date, *, last: int) -> tuple[Published, ...]:
    """Rows of periods that end after `day`, up to the year `last`, and that say what happened: forecasts are left out."""
    return tuple(row for row in rows if period_end(row.period) > day and int(row.period[:4]) <= last and happened(row))


def happened(row: Published) -> bool:
    """Whether a row was published when its period was over, or in its last month; earlier ones are forecasts."""
    return row.known >= period_end(row.period) - dt.timedelta(days=31)


def priors_known(parameters: Mapping[str, Parameter], day: dt.date, *, strict: bool = False) -> Known:
    """Return the parameters with the priors that `day` does not allow replaced.

    strict: every prior that could not be written by then (`known_priors`); InputError while one remains. Otherwise only
    anchors of later years, as this module lists them, and what keeps a later centre is named as foreknown.
    """
    if strict:
        return priors_by(parameters, day)
    changed: dict[str, Parameter] = {}
    replaced: list[Replaced] = []
    foreknown: list[str] = []
    for family, years in ANCHORS.items():
        last = max((year for year in years if year <= _last_year(day)), default=None)
        if last is None:
            continue
        low, high = parameters[f"{family}_{last}"].prior.bounds()
        for year in (year for year in years if year > last):
            name = f"{family}_{year}"
            changed[name] = between(parameters[name], *_grown(low, high, year - last))
            replaced.append(Replaced(name, f"a figure of {year}", f"{family}_{last}, grown by {year - last} years", ALWAYS))
    for name, year in FIRST_SEEN.items():
        if name in parameters and year > _last_year(day):
            centre = max(parameters[name].prior.median(), 1e-9)
            changed[name] = between(parameters[name], centre / WIDENING, centre * WIDENING)
            replaced.append(Replaced(name, f"first seen in {year}", f"its own centre, a factor of {WIDENING:g} wide", ALWAYS))
            foreknown.append(name)
    return Known({**parameters, **changed}, tuple(replaced), tuple(foreknown))


def _grown(low: float, high: float, years: int) -> tuple[float, float]:
    """5% and 95% points after some years of independent growth: the centre grows with years, the width with their root."""
    centre = math.sqrt(GROWTH[0] * GROWTH[1]) ** years
    width = math.sqrt(GROWTH[1] / GROWTH[0]) ** math.sqrt(years)
    return low * centre / width, high * centre * width


def _last_year(day: dt.date) -> int:
    """The last year that had ended by the date; the year itself from December on."""
    return day.year if day.month == 12 else day.year - 1
