"""The reference calibration with NUTS: chains in processes of their own, diagnostics, and how far the fast sampler is off."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import EnvironmentProblem
from countermove.inference.reference_chain import read_chain
from countermove.storage.checksums import read_sealed, seal
from countermove.storage.whole import write_whole

Floats = NDArray[np.float64]

CHAINS, DRAWS = 2, 1000
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Agreement:
    """Chains against particles, per score: gap of means in posterior standard deviations, ratio of standard deviations."""

    gaps: Floats
    ratios: Floats


def run_reference(folder: Path, *, chains: int = CHAINS, draws: int = DRAWS, tell: Tell = lambda words: None) -> None:
    """Run the chains that `folder/start.npz` describes, side by side; each goes on where it was interrupted.

    Raises EnvironmentProblem with the end of the log when a chain stops early.
    """
    environment = os.environ | {"COUNTERMOVE_DEVICES": "1"}
    running = []
    for number in range(1, chains + 1):
        log = (folder / f"chain-{number}.log").open("w", encoding="utf-8")
        command = [sys.executable, "-m", "countermove.inference.reference", str(folder), str(number), str(draws)]
        running.append((number, log, subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)))  # noqa: S603
    tell(f"{chains} chains of {draws} draws; progress in {folder}/chain-*.log")
    for number, log, process in running:
        code = process.wait()
        log.close()
        if code != 0:
            words = (folder / f"chain-{number}.log").read_text(encoding="utf-8").strip().splitlines()
            raise EnvironmentProblem(
                f"chain {number} stopped: {words[-1] if words else 'no message'}",
                where=str(folder),
                hint="run it again: it goes on",
            )


def write_start(folder: Path, names: Sequence[str], scores: Floats) -> None:
    """Describe where chains begin, and the shape of their momenta: particles of an earlier approximation."""
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(content, names=np.array(names), scores=scores)
    write_whole(folder / "start.npz", seal(content.getvalue()))


def one_chain(folder: Path, number: int, draws: int) -> None:
    """Run or carry on one chain in this process."""
    from countermove.inference.calibration import compiled_past
    from countermove.inference.history_model import history_model
    from countermove.inference.likelihood import log_likelihood
    from countermove.inference.reference_chain import potential, run_chain
    from countermove.outcomes.published_errors import targets

    with np.load(io.BytesIO(read_sealed(folder / "start.npz", hint="start again with --fresh"))) as start:
        names, scores = tuple(str(name) for name in start["names"]), start["scores"]
    aims = targets()
    model = history_model(compiled_past(), aims, names)
    energy = potential(model.predict, lambda levels: log_likelihood(levels, aims), len(names))
    run_chain(
        energy,
        scores[number],
        np.cov(scores.T),
        draws=draws,
        seed=number,
        store=folder / f"chain-{number}.npz",
        watch=lambda done, words: print(f"{done} draws, {words}", flush=True),
    )


def diagnostics(folder: Path, fast: Floats, *, chains: int = CHAINS, draws: int = DRAWS) -> dict[str, Any]:
    """R-hat, effective sample sizes and divergences of the chains, and the agreement with particles (particle, score)."""
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    stored = [read_chain(folder / f"chain-{number}.npz") for number in range(1, chains + 1)]
    kept = [found for found in stored if found is not None]
    count = min([draws, *[len(found[0]["scores"]) for found in kept]])
    scores = np.stack([found[0]["scores"][:count] for found in kept])
    rhat, size = np.asarray(split_gelman_rubin(scores)), np.asarray(effective_sample_size(scores))
    match = agreement(scores.reshape(-1, scores.shape[-1]), fast)
    return {
        "method": "NUTS, gradients by differences, double precision",
        "chains": len(kept),
        "draws": count,
        "seconds": round(max(found[3] for found in kept), 1),
        "rhat_max": round(float(rhat.max()), 4),
        "ess_min": round(float(size.min()), 0),
        "divergences": int(sum(found[0]["diverging"][:count].sum() for found in kept)),
        "acceptance": round(float(np.mean([found[0]["accept_prob"].mean() for found in kept])), 3),
        "steps_per_draw": round(float(np.mean([found[0]["num_steps"].mean() for found in kept])), 1),
        "mean_gap_max": round(float(np.abs(match.gaps).max()), 3),
        "mean_gap_rms": round(float(np.sqrt((match.gaps**2).mean())), 3),
        "sd_ratio_min": round(float(match.ratios.min()), 3),
        "sd_ratio_max": round(float(match.ratios.max()), 3),
    }


def agreement(chains: Floats, particles: Floats) -> Agreement:
    """Compare two samples of the same scores, (draw, score) each."""
    spread = chains.std(axis=0)
    return Agreement((particles.mean(axis=0) - chains.mean(axis=0)) / spread, particles.std(axis=0) / spread)


if __name__ == "__main__":
    one_chain(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
