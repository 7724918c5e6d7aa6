"""The command that shows what strict vintage leaves of the priors: ``python -m countermove.inference.prior_vintage``.

Per origin: how many priors are kept and what replaces the others, then what cannot be blinded. ``--all`` lists each
prior; ``--outputs`` simulates the priors and prints a few outcomes beside those of today's priors.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from countermove.errors import CountermoveError, InputError, did_you_mean
from countermove.evidence.ledger import load_parameters
from countermove.evidence.schema import Parameter
from countermove.inference.known_priors import ALWAYS, Known, priors_by
from countermove.inference.world_vintage import given_lines
from countermove.outcomes.published import Published, published_values

#: The five days at which forecasts are judged.
ORIGINS: tuple[dt.date, ...] = (
    dt.date(2023, 12, 31),
    dt.date(2024, 6, 30),
    dt.date(2024, 12, 31),
    dt.date(2025, 6, 30),
    dt.date(2026, 1, 31),
)

#: Outcomes of the table of simulated priors: the series that measures each, and its name there.
SHOWN: Mapping[str, str] = {
    "cambricon-revenue-yearly": "Cambricon revenue, CNY bn",
    "huawei-ascend-packages-idc": "Ascend packages, thousand",
    "h20-units-yearly-epoch": "H20 units, thousand",
    "epoch-legal-units-h800-sxm": "H800 units, thousand",
    "china-market-value-bernstein": "Chinese AI-chip market, USD bn",
}
DRAWS, SEED = 256, 2024
OPTIONS = ("--all", "--outputs")

#: A replaced centre as near to the later one as this factor may be chance or memory; the table counts them.
NEAR = 1.1


def counts(known: Known, parameters: Mapping[str, Parameter]) -> dict[str, int]:
    """How many priors are kept, replaced by what was known, by an assumption, by growth; how many centres stay near."""
    by = {found.name: found.by for found in known.replaced}
    told = sum(words.startswith("what was known") for words in by.values())
    assumed = sum(words.startswith("an assumption") for words in by.values())
    near = [name for name in by if _near(parameters[name], known.parameters[name])]
    return {
        "kept": len(parameters) - len(by),
        "what was known": told,
        "assumption": assumed,
        "growth": len(by) - told - assumed,
        "near the later centre": len(near),
        "leaking": len(known.foreknown),
    }


def _near(later: Parameter, here: Parameter) -> bool:
    first, second = later.prior.median(), here.prior.median()
    return first > 0 and second > 0 and max(first, second) <= NEAR * min(first, second)


def table(parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """One line per origin."""
    heads = ("origin", "kept", "what was known", "assumption", "growth", "near the later centre", "leaking")
    yield " | ".join(heads)
    for day in ORIGINS:
        found = counts(priors_by(parameters, day), parameters)
        yield " | ".join([f"{day:%Y-%m}", *[str(found[head]) for head in heads[1:]]])


def listing(parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """Every replaced prior of every origin: 5%, median and 95% before and after, by what, known when."""
    for day in ORIGINS:
        known = priors_by(parameters, day)
        yield f"\n{day}"
        for found in known.replaced:
            before, after = _three(parameters[found.name]), _three(known.parameters[found.name])
            since = "always" if found.known == ALWAYS else str(found.known)
            yield f"  {found.name}: {before} -> {after}; {found.why}; {found.by} ({since})"


def _three(parameter: Parameter) -> str:
    low, high = parameter.prior.bounds()
    return f"{parameter.prior.median():.4g} [{low:.4g}, {high:.4g}]"


def outputs(parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """Outcomes of the year before each origin's end and of the next one, by strict priors and by today's, 90% ranges."""
    rows = {series: _row(series) for series in SHOWN}
    yield "origin | year | outcome | strict priors | today's priors"
    for day in ORIGINS:
        known = priors_by(parameters, day)
        ended = day.year if day.month == 12 else day.year - 1
        for year in (ended, ended + 1):
            asked = [replace(row, period=str(year)) for row in rows.values()]
            strict, today = simulated_priors(known.parameters, asked, day), simulated_priors(parameters, asked, None)
            for name, here, there in zip(SHOWN.values(), strict, today, strict=True):
                yield f"{day:%Y-%m} | {year} | {name} | {_range(here)} | {_range(there)}"


def simulated_priors(parameters: Mapping[str, Parameter], rows: Sequence[Published], day: dt.date | None) -> Sequence[np.ndarray]:
    """Rows simulated with draws of these priors, (row, draw); world sales as `day` allows (None: as given)."""
    from countermove.inference.calibration import compiled_past
    from countermove.inference.prediction import simulated

    compiled = compiled_past(None, parameters)
    return list(simulated(compiled, rows, None, draws=DRAWS, seed=SEED, hazards=False, world_known=day))


def _row(series: str) -> Published:
    return next(row for row in published_values() if row.series == series)


def _range(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{middle:.3g} [{low:.3g}, {high:.3g}]"


def main(arguments: Sequence[str]) -> None:
    """Print the table of origins, and what the options ask for; InputError for an unknown option."""
    for argument in arguments:
        if argument not in OPTIONS:
            raise InputError(f"unknown option '{argument}'", where="prior_vintage", hint=did_you_mean(argument, OPTIONS))
    parameters = load_parameters()
    print("\n".join(table(parameters)))
    if "--all" in arguments:
        print("\n".join(listing(parameters)))
    if "--outputs" in arguments:
        print("\n" + "\n".join(outputs(parameters)))
    print("\nKnown of later years all the same:")
    print("\n".join(f"- {line}" for line in given_lines()))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CountermoveError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
