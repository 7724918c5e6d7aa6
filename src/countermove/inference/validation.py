"""The validation page: fit, hindcast and prediction as recorded, good or bad.

``python -m countermove.inference.validation docs/validation.md`` writes the page from what data/ensembles records;
with ``--hindcasts`` it first runs the shipped hindcasts again (ten minutes) and records them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from countermove.experiments.ensemble import FOLDER
from countermove.inference.hindcast_text import READINGS, summary_words
from countermove.inference.record import of_another_calibration, recorded_fit, table_hash
from countermove.inference.rolling.page import lines as rolling_lines

SHIPPED = (("2024-12", "latest"), ("2024-12", "strict"), ("2026-01", "latest"))
"""Hindcasts and predictions that are recorded: fit to, vintage."""
SCORED = "| Series | Period | Published | Median [90%] | Inside | CRPS | Naive CRPS |"


def recorded_hindcast(fit_to: str, vintage: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """A recorded hindcast, None where it was not run."""
    path = folder / f"hindcast-{fit_to}-{vintage}.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def record_hindcasts(folder: Path = FOLDER) -> None:
    """Run the shipped hindcasts and record them."""
    import datetime as dt

    from countermove import __version__
    from countermove.inference.hindcast import hindcast
    from countermove.inference.hindcast_text import document

    for fit_to, vintage in SHIPPED:
        found = hindcast(fit_to, vintage=vintage, tell=lambda words: print(words, file=sys.stderr, flush=True))
        about = {"made": dt.date.today().isoformat(), "version": __version__, "table": table_hash(folder)}
        body = about | document(found)
        path = folder / f"hindcast-{fit_to}-{vintage}.json"
        path.write_text(json.dumps(body, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def fit_text(fit: Mapping[str, Any]) -> str:
    """The calibration in a few lines: coverage, misses, sampler, what was learnt most."""
    rows, sampler = fit["rows"], fit["sampler"]
    misses = [f"{row['series']} {row['period']}" for row in rows if not row["inside"]]
    learnt = sorted(fit["parameters"], key=lambda one: -one["contraction"])
    lines = [
        (
            f"{fit['inside_90']} of {fit['published_values']} published values inside the 90% predictive range "
            f"({fit['coverage_90']:.0%})."
        ),
        f"Outside: {', '.join(misses)}." if misses else "None outside.",
        (
            f"{sampler['method']}: {sampler['particles']:,} particles, {sampler['stages']} stages, {sampler['runs']:,} runs, "
            f"{sampler['seconds']:.0f} s."
        ),
        *([reference_words(fit["reference"])] if fit["reference"] else []),
        "",
        "Learnt most (share of the prior's variance that data removed, in standard normal units):",
        *[f"  {one['name']:44} {one['contraction']:>5.0%}  mean {one['mean_score']:+.2f} sd" for one in learnt[:12]],
    ]
    return "\n".join(lines)


def reference_words(one: Mapping[str, Any]) -> str:
    """The reference sampler's diagnostics and the agreement with it, in a sentence."""
    return (
        f"{one['method']}: {one['chains']} x {one['draws']:,} draws in {one['seconds']:,.0f} s, R-hat at most {one['rhat_max']}, "
        f"least effective sample size {one['ess_min']:.0f}, {one['divergences']} divergences. The ensemble's means differ by at "
        f"most {one['mean_gap_max']} standard deviations ({one['mean_gap_rms']} root mean square); ratios of standard deviations "
        f"{one['sd_ratio_min']} to {one['sd_ratio_max']}."
    )


def page(folder: Path = FOLDER) -> str:
    """The whole page as Markdown."""
    fit = recorded_fit(folder)
    parts = [
        "# Validation: fit, hindcast, prediction",
        "",
        "Written by `python -m countermove.inference.validation docs/validation.md` from the recorded calibration and hindcasts.",
        "",
    ]
    parts += _fit_part(fit) if fit is not None else ["No calibration is recorded; runs follow the priors.", ""]
    parts += rolling_lines(folder)
    for fit_to, vintage in SHIPPED:
        found = recorded_hindcast(fit_to, vintage, folder)
        if found is not None:
            parts += _hindcast_part(found, stale=of_another_calibration(found, folder))
    return "\n".join(parts).rstrip() + "\n"


def _fit_part(fit: Mapping[str, Any]) -> list[str]:
    sampler = fit["sampler"]
    misses = [row for row in fit["rows"] if not row["inside"]]
    return [
        f"## Fit to 2022-2025 (made {fit['made']})",
        "",
        (
            f"**{fit['inside_90']} of {fit['published_values']} published values ({fit['coverage_90']:.0%}) lie inside the 90% "
            "range of the posterior predictive**: simulated, with measurement error and the model's own misfit, which is"
        ),
        "estimated per series. The data were used in the fit: this describes fit, the hindcast below tests prediction.",
        "",
        (
            f"Sampler: {sampler['method']}, {sampler['particles']:,} particles, {sampler['stages']} stages, "
            f"{sampler['runs']:,} runs of the model, {sampler['seconds']:.0f} s on two cores."
        ),
        reference_words(fit["reference"]) if fit["reference"] else "No reference chains are recorded with this fit.",
        "",
        f"Outside ({len(misses)}): " + "; ".join(f"{m['series']} {m['period']}" for m in misses) + "." if misses else "",
        "",
        "Limits, said openly. Several priors and several series go back to the same publication (Epoch's chip counts bound",
        "`demand.latent_h20_2024` and are a series): such evidence counts twice. The reading of Beijing's gate is held at its",
        "most likely one while fitting. Errors between series are independent. Misfit scales absorb what the model gets wrong.",
        "",
        "| Series | Period | Published | Prior, simulated | Posterior predictive 90% | Inside |",
        "|---|---|---|---|---|---|",
        *[
            f"| `{r['series']}` | {r['period']} | {r['published']:.4g} | {r['prior'][1]:.4g} [{r['prior'][0]:.4g}, "
            f"{r['prior'][2]:.4g}] | {r['predictive'][1]:.4g} [{r['predictive'][0]:.4g}, {r['predictive'][2]:.4g}] | "
            f"{'yes' if r['inside'] else '**no**'} |"
            for r in fit["rows"]
        ],
        "",
        "### What data say about each parameter",
        "",
        "Contraction is the share of the prior's variance that data removed, in standard normal units of the prior: 0 is nothing",
        "learnt. Every other uncertain parameter moves no published value by 1% and keeps its prior.",
        "",
        "| Parameter | Prior 5%, 50%, 95% | Posterior 5%, 50%, 95% | Contraction |",
        "|---|---|---|---|",
        *[
            f"| `{p['name']}` | {_three(p['prior'])} {p['unit']} | {_three(p['posterior'])} | {p['contraction']:.0%} |"
            for p in sorted(fit["parameters"], key=lambda one: -one["contraction"])
        ],
        "",
    ]


def outdated(folder: Path = FOLDER) -> list[str]:
    """Names of recorded pages that were made beside another ensemble than the one that runs read."""
    found = {"fit": recorded_fit(folder)}
    found |= {f"hindcast {fit_to} {vintage}": recorded_hindcast(fit_to, vintage, folder) for fit_to, vintage in SHIPPED}
    return [name for name, body in found.items() if body is not None and of_another_calibration(body, folder)]


def _hindcast_part(found: Mapping[str, Any], *, stale: bool) -> list[str]:
    scored = bool(found["summary"]["conditional"]["n"])
    title = "Hindcast" if scored else "Prediction"
    lines = [
        f"## {title}: fit to {found['fit_to']}, vintage {found['vintage']} (made {found['made']})",
        "",
        *(["**Recorded beside another calibration than the one above: run it again.**", ""] if stale else []),
        (
            f"{found['rows_used']} published values were known ({found['share_undated']:.0%} of them without a stated "
            f"publication date, taken as the period's end plus 60 days); {found['parameters_fitted']} parameters were fitted."
        ),
        (
            f"Priors of later years were replaced ({len(found['priors_replaced'])}); centres that only later sources "
            f"state, widened but not forgotten: {', '.join(f'`{name}`' for name in found['foreknown']) or 'none'}. Product "
            "windows and launches are"
        ),
        "as they were: the model knows which chips came.",
        "",
        *[f"- *{reading}*: {summary_words(found['summary'][reading])}." for reading in READINGS],
        "",
    ]
    heads = {"series": "Conditional: gates as they were", "unconditional": "Unconditional: gates known to the date, then hazards"}
    for key, head in heads.items():
        lines += [f"### {head}", ""]
        if scored:
            lines += [
                "| Series | Period | Published | Median [90%] | Inside | CRPS | Naive CRPS |",
                "|---|---|---|---|---|---|---|",
            ]
            lines += [row for name, one in found[key].items() for row in _scored_rows(name, one)]
        else:
            lines += ["| Outcome | Period | Median | 50% | 90% |", "|---|---|---|---|---|"]
            lines += [
                f"| `{one['outcome']}` | {p['period']} | {p['median']:.4g} | {p['p25']:.4g} to {p['p75']:.4g} | "
                f"{p['p5']:.4g} to {p['p95']:.4g} |"
                for one in found[key].values()
                for p in one["points"]
            ]
        lines.append("")
    return lines


def _scored_rows(name: str, one: Mapping[str, Any]) -> list[str]:
    naive = ", ".join(f"{key} {value:.3g}" for key, value in one["crps_naive"].items()) or "none"
    rows = []
    for number, p in enumerate(one["points"]):
        scores = f"{one['crps']:.3g} | {naive}" if number == 0 else " | "
        value = "" if p["value"] is None else f"{p['value']:.4g}"
        inside = "yes" if p["inside"] else "**no**"
        rows.append(
            f"| `{name}` | {p['period']} | {value} | {p['median']:.4g} [{p['p5']:.4g}, {p['p95']:.4g}] | {inside} | {scores} |"
        )
    return rows


def _three(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in values)


def main(arguments: Sequence[str]) -> None:
    """Run the hindcasts if asked, then print the page or write it."""
    if "--hindcasts" in arguments:
        from countermove.inference.history_model import use_devices

        use_devices()
        record_hindcasts()
    paths = [argument for argument in arguments if not argument.startswith("--")]
    if paths:
        Path(paths[0]).write_text(page(), encoding="utf-8")
    else:
        print(page())


if __name__ == "__main__":
    main(sys.argv[1:])
