"""The recorded calibration: the ensemble that runs read, and the fit that pages show.

Four files in data/ensembles: ``posterior.npz`` (scores, copula), ``posterior.yaml`` (how it was made), ``posterior-past.json``
(what it was made from, `experiments/past_record.py`) and ``posterior-fit.json`` (every published value beside its predictive
range, every parameter's prior beside its posterior, diagnostics). A probe of sixteen worlds of the posterior is kept too: when
equations and data are only rewritten, the simulated values are still the same and the ensemble is stamped anew instead of
being made again.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import __version__
from countermove.errors import DataError
from countermove.experiments.ensemble import FOLDER, REBUILD, Ensemble, copula_factor, read_ensemble, read_table
from countermove.experiments.ensemble_key import RECORD, differences, files_hash, present_past, record_hash
from countermove.inference.calibration import SEED, Calibration, compiled_past
from countermove.inference.prediction import as_published, simulated
from countermove.outcomes.published_errors import Targets, targets
from countermove.storage.checksums import digest
from countermove.storage.whole import write_whole

Floats = NDArray[np.float64]

NAME = "posterior"
PROBE = 16
SAME = 1e-6
"""Largest relative change of a probed value that still counts as the same equations."""
LEVELS = (0.05, 0.5, 0.95)


def record(found: Calibration, *, folder: Path = FOLDER, seed: int = SEED, reference: dict[str, Any] | None = None) -> Path:
    """Write the ensemble and its fit; returns the manifest's path. Files appear whole or not at all."""
    order = np.random.default_rng([seed, 99]).permutation(len(found.scores))
    scores = found.scores[order].astype(np.float32)
    misfit = {name: scale[order] for name, scale in found.misfit().items()}
    ensemble = Ensemble(NAME, found.names, scores.astype(np.float64), copula_factor(scores.astype(np.float64)))
    probe = probed(ensemble, found.targets)
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        names=np.array(found.names),
        scores=scores,
        factor=ensemble.factor,
        probe=probe,
        misfits=np.array(list(misfit)),
        misfit=np.stack([np.asarray(scale, dtype=np.float32) for scale in misfit.values()]),
    )
    write_whole(folder / f"{NAME}.npz", content.getvalue())
    body = fit_document(found, ensemble, misfit, reference) | {"table": table_hash(folder)}
    _write(folder / f"{NAME}-fit.json", json.dumps(body, indent=1, allow_nan=False) + "\n")
    return stamp(folder, made=dt.date.today().isoformat(), particles=len(scores), seed=seed)


def stamp(folder: Path = FOLDER, **about: Any) -> Path:
    """Record the present past and write the manifest; `about` replaces what it says of the making."""
    path = folder / f"{NAME}.yaml"
    known: dict[str, Any] = {}
    if not about:
        ensemble = read_ensemble(folder)
        if ensemble is None:
            raise DataError("no posterior is recorded", where="ensembles", hint="run countermove calibrate")
        known = {name: ensemble.about[name] for name in ("made", "particles", "seed")}
    _write(folder / RECORD, present_past(_names(folder)).to_json())
    key = {"files": files_hash(), "past": record_hash(folder / RECORD)}
    lines = [
        "# The calibrated ensemble that runs read by default, and what it was made from.",
        "# Made by: countermove calibrate --install. Method: countermove/inference/calibration.py; fit: docs/validation.md.",
        "# files: hash of code and data as they lay; past: hash of posterior-past.json, which counts where files differ.",
        "schema: 1",
        f"file: {NAME}.npz",
        f'sha256: "{digest((folder / f"{NAME}.npz").read_bytes())}"',
        *[f'fit_sha256: "{digest(fit.read_bytes())}"' for fit in [folder / f"{NAME}-fit.json"] if fit.exists()],
        *[f"{name}: {value}" for name, value in (known | about).items()],
        f"version: {__version__}",
        "key:",
        *[f'  {name}: "{value}"' for name, value in key.items()],
    ]
    _write(path, "\n".join(lines) + "\n")
    return path


def _names(folder: Path) -> tuple[str, ...]:
    """Names of the fitted parameters."""
    with np.load(folder / f"{NAME}.npz") as stored:
        return tuple(str(name) for name in stored["names"])


def restamped(folder: Path = FOLDER, *, write: bool = True) -> list[str]:
    """Stamp the recorded ensemble anew if it still holds; else return in words why it does not.

    It holds while fitted priors and published values are the same, and so are the simulated values of sixteen draws of the prior
    and of sixteen worlds of the posterior. Compiled inputs may differ: a new parameter, another unit or name, a product of
    later years. Without `write` it is only asked. DataError for a broken file.
    """
    ensemble = read_ensemble(folder)
    if ensemble is None:
        return ["no posterior is recorded"]
    if not (folder / RECORD).is_file():
        return [f"{RECORD} is missing"]
    moved = differences(ensemble.key, folder, inputs=False)
    if moved:
        return moved
    before = read_table(folder / f"{NAME}.npz", ensemble.about)["probe"]
    aims = targets()
    if before.shape != (len(aims.rows), PROBE) or not np.allclose(probed(ensemble, aims), before, rtol=SAME, atol=1e-9):
        return ["simulated values of worlds of the posterior"]
    if write:
        stamp(folder)
    return []


def table_hash(folder: Path = FOLDER) -> str | None:
    """Return the SHA-256 of the ensemble's table, shortened: which calibration a page belongs to; None where none is recorded."""
    path = folder / f"{NAME}.npz"
    return digest(path.read_bytes())[:32] if path.is_file() else None


def of_another_calibration(document: Mapping[str, Any], folder: Path = FOLDER) -> bool:
    """Whether a recorded fit or hindcast was made beside another ensemble than the one that runs read, or does not say."""
    return bool(document.get("table") != table_hash(folder))


def probed(ensemble: Ensemble, aims: Targets) -> Floats:
    """Simulated rows of the first worlds of an ensemble, (row, `PROBE`)."""
    return simulated(compiled_past(), aims.rows, ensemble, draws=PROBE, seed=SEED, hazards=False)


def recorded_misfit(folder: Path = FOLDER) -> dict[str, Floats]:
    """Misfit scales of the recorded calibration by series, (row,) each."""
    stored = read_table(folder / f"{NAME}.npz", read_about(folder))
    return {str(name): scale.astype(np.float64) for name, scale in zip(stored["misfits"], stored["misfit"], strict=True)}


def recorded_fit(folder: Path = FOLDER) -> dict[str, Any] | None:
    """The fit document of the recorded calibration, None where none is recorded; DataError when it is damaged."""
    path = folder / f"{NAME}-fit.json"
    if not path.exists():
        return None
    content = path.read_bytes()
    if read_about(folder).get("fit_sha256") != digest(content):
        what = "it is damaged: its checksum is not the one in the manifest"
        raise DataError(what, where=f"ensembles/{path.name}", hint=REBUILD)
    found: dict[str, Any] = json.loads(content)
    return found


def read_about(folder: Path) -> dict[str, Any]:
    """The manifest of a recorded ensemble, empty where there is none."""
    from countermove.evidence.strict_yaml import load

    manifest = folder / f"{NAME}.yaml"
    return dict(load(manifest).data) if manifest.exists() else {}


def fit_document(
    found: Calibration, ensemble: Ensemble, misfit: dict[str, Floats], reference: dict[str, Any] | None
) -> dict[str, Any]:
    """Published values beside predictive ranges, priors beside posteriors, diagnostics."""
    aims, draws = found.targets, min(len(ensemble.scores), 2048)
    past = compiled_past()
    after = simulated(past, aims.rows, ensemble, draws=draws, seed=SEED, hazards=False)
    before = simulated(past, aims.rows, None, draws=1024, seed=SEED, hazards=False)
    printed = as_published(after, aims, misfit, seed=SEED)
    rows = [_row(aims, number, before[number], after[number], printed[number]) for number in range(len(aims.rows))]
    inside = sum(row["inside"] for row in rows)
    return {
        "made": dt.date.today().isoformat(),
        "version": __version__,
        "published_values": len(rows),
        "inside_90": inside,
        "coverage_90": round(inside / len(rows), 4),
        "sampler": {
            "method": "tempered sequential Monte Carlo, preconditioned Crank-Nicolson moves",
            "particles": len(found.scores),
            "stages": found.stages,
            "runs": found.runs,
            "seconds": round(found.seconds, 1),
        },
        "reference": reference,
        "rows": rows,
        "parameters": [_parameter(ensemble, past, name, place) for place, name in enumerate(found.names)],
        "misfits": [
            {"series": name, "quantiles": [_short(q) for q in np.quantile(scale, LEVELS)]} for name, scale in misfit.items()
        ],
    }


def _row(aims: Targets, number: int, before: Floats, after: Floats, printed: Floats) -> dict[str, Any]:
    row = aims.rows[number]
    low, median, high = np.quantile(printed, LEVELS)
    return {
        "series": row.series,
        "outcome": row.outcome,
        "period": row.period,
        "published": _short(row.value),
        "range": [_short(row.low) if np.isfinite(row.low) else None, _short(row.high) if np.isfinite(row.high) else None],
        "prior": [_short(q) for q in np.quantile(before, LEVELS)],
        "simulated": [_short(q) for q in np.quantile(after, LEVELS)],
        "predictive": [_short(low), _short(median), _short(high)],
        "inside": bool(low <= row.value <= high),
    }


def _parameter(ensemble: Ensemble, past: Any, name: str, place: int) -> dict[str, Any]:
    parameter = past.assumptions.parameters[name]
    levels = np.array(LEVELS)
    score = ensemble.scores[:, place]
    return {
        "name": name,
        "label": parameter.label,
        "unit": parameter.unit,
        "prior": [_short(q) for q in parameter.ppf(levels)],
        "posterior": [_short(q) for q in parameter.ppf(ensemble.marginal(name, levels))],
        "mean_score": round(float(score.mean()), 3),
        "sd_score": round(float(score.std()), 3),
        "contraction": round(float(1.0 - score.var()), 3),
    }


def _short(value: Any) -> float:
    return float(f"{float(value):.5g}")


def _write(path: Path, text: str) -> None:
    write_whole(path, text.encode())
