"""A first fit: lean the priors so that simulated 2022-2025 lies inside published ranges. Simple, recorded, repeatable.

The fit finds shifts m of the parameters in standard normal units (see `experiments.tilts`) that minimise

    sum_i [ln(median simulated_i / published_i) / s_i]^2 + sum_k m_k^2

which is the posterior mode under the priors with log-normal measurement errors s_i taken from the published ranges (a
90% range of ln(high/low)/3.29). Widths follow from the curvature at the mode, parameter by parameter; correlations are
ignored. The full Bayesian calibration is a later step; this one is meant to be read in a minute.

Run ``python -m countermove.inference.first_fit`` to make data/ensembles/first-fit.yaml again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.tilts import FIRST_FIT, Tilt
from countermove.inference.published import Published, published_values

Floats = NDArray[np.float64]

DRAWS = 64
SEED = 2025
#: Least measurement error of a published value, so that one tight source does not outvote all others.
LEAST_ERROR = 0.1
#: Relative change below which a simulated zero counts, in the outcome's unit over the published value.
FLOOR = 0.02

#: Parameters that the history of 2022-2025 can speak to: levels and prices. The level of
#: diversion is not among them: its prior is the published range itself. Tastes (elasticities, nesting, waiting) are left at
#: their priors: history hardly identifies them, and a fit would bend them to mend small misses elsewhere.
FITTED = (
    "demand.legal_market_2022",
    "demand.legal_market_2023",
    "demand.legal_market_2024",
    "demand.legal_market_2025",
    "demand.latent_a100_2022",
    "demand.latent_a800_2023",
    "demand.latent_h800_2023",
    "demand.latent_h20_2024",
    "demand.latent_low_end_2025",
    "demand.latent_amd_2025",
    "demand.latent_huawei_2024",
    "demand.latent_huawei_2025",
    "demand.latent_cambricon_2025",
    "demand.latent_other_2025",
    "demand.order_book_tolerance",
    "foreign.h20_line_rate",
    "foreign.hopper_line_rate_2023",
    "foreign.shipping_months",
    "foreign.price_low_end",
    "foreign.price_h20",
    "foreign.amd_line_rate",
    "supply.hbm_imports",
    "supply.hbm_lost_share",
    "supply.other_stacks",
    "supply.huawei_packages_2024",
    "supply.huawei_packages_2025",
    "supply.other_packages_2024",
    "supply.other_packages_2025",
    "prices.ascend_realisation",
    "prices.price_cambricon",
    "prices.price_other",
    "supply.cambricon_packages_2025",
    "supply.huawei_packages_2023",
    "supply.other_packages_2023",
)


@dataclass(frozen=True)
class Fit:
    """The fitted tilts and how published values were met before and after."""

    tilts: Mapping[str, Tilt]
    before: Floats
    after: Floats
    targets: tuple[Published, ...]

    def hits(self, values: Floats) -> int:
        """How many published values the simulated medians meet."""
        return sum(target.holds(value) for target, value in zip(self.targets, values, strict=True))


def fit(*, names: Sequence[str] = FITTED, draws: int = DRAWS, seed: int = SEED, tell: Callable[[str], None] | None = None) -> Fit:
    """Find the tilts. Uses the status quo preset and the NumPy engine; `tell` receives one line per iteration."""
    from scipy.optimize import least_squares

    targets = published_values()
    medians = simulated_medians(names, targets, draws=draws, seed=seed)
    errors = measurement_errors(targets)
    levels = np.array([t.value for t in targets])

    def residuals(shifts: Floats) -> Floats:
        values = medians(shifts)
        floor = FLOOR * np.maximum(np.abs(levels), 1e-9)
        misfit = np.log(np.maximum(values, floor) / np.maximum(levels, floor)) / errors
        if tell is not None:
            tell(f"misfit {float((misfit**2).sum()):.1f}, prior {float((shifts**2).sum()):.1f}")
        return np.concatenate([np.clip(misfit, -8.0, 8.0), shifts])

    start = np.zeros(len(names))
    found = least_squares(residuals, start, bounds=(-2.0, 2.0), diff_step=0.1, max_nfev=8, x_scale=1.0)
    curvature = (found.jac[: len(targets)] ** 2).sum(axis=0)
    scales = 1.0 / np.sqrt(1.0 + curvature)
    tilts = {
        name: Tilt(round(float(shift), 3), round(float(np.clip(scale, 0.3, 1.0)), 3))
        for name, shift, scale in zip(names, found.x, scales, strict=True)
    }
    return Fit(tilts, medians(start), medians(found.x), targets)


def measurement_errors(targets: Sequence[Published]) -> Floats:
    """Log-normal standard error of each published value, from its range, at least `LEAST_ERROR`."""
    widths = [
        np.log(t.high / t.low) / 3.29 if t.low > 0.0 and np.isfinite(t.high) and np.isfinite(t.low) else 0.3 for t in targets
    ]
    result: Floats = np.maximum(np.array(widths), LEAST_ERROR)
    return result


def simulated_medians(names: Sequence[str], targets: Sequence[Published], *, draws: int, seed: int) -> Callable[[Floats], Floats]:
    """A function from shifts to the median simulated value of each target, with fixed random numbers."""
    from countermove.evidence.ledger import load_parameters
    from countermove.experiments.draws import STREAMS, sample, uniforms
    from countermove.experiments.pipeline import compile_scenario
    from countermove.experiments.scenario import load_scenario
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate
    from countermove.outcomes import measure

    parameters = load_parameters()
    compiled = compile_scenario(load_scenario("h200-2026"))
    base = sample(parameters, seed=seed, draws=draws, streams=STREAMS)
    streams = {name: uniforms(seed, name, draws) for name in names}

    def medians(shifts: Floats) -> Floats:
        values = dict(base)
        for name, shift in zip(names, shifts, strict=True):
            values[name] = np.asarray(parameters[name].prior.ppf(Tilt(float(shift), 1.0).apply(streams[name])))
        trajectory = simulate(compile_market(values, compiled.gates, compiled.levers, hazards=False))
        by_year, by_quarter = measure(trajectory, "year"), measure(trajectory, "quarter")
        return np.array([_median(by_year, by_quarter, target) for target in targets])

    return medians


def _median(by_year: Mapping[str, Mapping[str, Floats]], by_quarter: Mapping[str, Mapping[str, Floats]], t: Published) -> float:
    """Median of the target's outcome in its period; half-years are the sum or the end of their quarters."""
    if t.period in by_year[t.outcome]:
        return float(np.median(by_year[t.outcome][t.period]))
    if t.period in by_quarter[t.outcome]:
        return float(np.median(by_quarter[t.outcome][t.period]))
    half = {"H1": ("Q1", "Q2"), "H2": ("Q3", "Q4")}[t.period[4:]]
    parts = [by_quarter[t.outcome][t.period[:4] + quarter] for quarter in half]
    return float(np.median(0.5 * (parts[0] + parts[1]) if "share" in t.outcome else parts[0] + parts[1]))


def write(found: Fit, path: Path = FIRST_FIT) -> Path:
    """Record the tilts, with how many published values were met before and after."""
    total = len(found.targets)
    lines = [
        "# First fit of the priors to published values 2022-2025: shifts and scales in standard normal units.",
        "# Made by: python -m countermove.inference.first_fit. Equation and meaning: countermove/inference/first_fit.py.",
        "schema: 1",
        f"draws: {DRAWS}",
        f"seed: {SEED}",
        f"published_values: {total}",
        f"met_before: {found.hits(found.before)}",
        f"met_after: {found.hits(found.after)}",
        "tilts:",
        *[f"  {name}: {{shift: {tilt.shift}, scale: {tilt.scale}}}" for name, tilt in found.tilts.items()],
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Fit, record, and print what was met by series."""
    found = fit(tell=lambda line: print(line, file=sys.stderr))
    write(found)
    print(f"met before {found.hits(found.before)} of {len(found.targets)}, after {found.hits(found.after)}")
    for target, value, old in zip(found.targets, found.after, found.before, strict=True):
        mark = "ok  " if target.holds(value) else "MISS"
        print(f"{mark} {target.series} {target.period}: {value:.4g} (was {old:.4g}) in [{target.low:.4g}, {target.high:.4g}]")


if __name__ == "__main__":
    main()
