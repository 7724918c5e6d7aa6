"""The reference sampler: NUTS (Hoffman and Gelman 2014) in double precision, one process per chain.

Gradients come from differences: one batch simulates the point and one step in each parameter, side by side, which costs
less than a reverse pass through four years of rationing and compiles twenty times faster. Leapfrog steps with such a
gradient still preserve volume and reverse, so the chain's law is exact; only its acceptance could suffer.

Draws are written after every part of a chain; a chain that was interrupted goes on from its last part.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.storage.checksums import read_sealed, seal
from countermove.storage.whole import write_whole

Floats = NDArray[np.float64]

#: Step of the differences, in standard deviations of the prior: long enough to see past a kink of rationing.
DIFFERENCE = 0.01
PART = 50
WARM_UP = 60
#: Kinks of rationing leave an energy error that shorter steps do not mend, so longer ones pay.
ACCEPTANCE = 0.65
DEEPEST = 6
#: First step size of the leapfrog, in posterior standard deviations; the warm-up adapts it.
FIRST_STEP = 0.2


@dataclass(frozen=True)
class Chain:
    """One chain: scores (draw, parameter), divergences, mean acceptance, steps per draw, seconds."""

    scores: Floats
    divergences: int
    acceptance: float
    steps: float
    seconds: float


def potential(predict: Callable[[Any], Any], log_likelihood: Callable[[Any], Any], parameters: int) -> Callable[[Any], Any]:
    """Return ``U(z) = z'z / 2 - ln L(z)`` of one point (parameter,), differentiable by differences."""
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def levels(point: Any) -> Any:
        return predict(point[None])[:, 0]

    def forward(point: Any) -> Any:
        steps = jnp.concatenate([jnp.zeros((1, parameters)), DIFFERENCE * jnp.eye(parameters)])
        batch = predict(point[None] + steps)
        return batch[:, 0], (batch[:, 1:] - batch[:, :1]) / DIFFERENCE

    def backward(slopes: Any, given: Any) -> Any:
        return (given @ slopes,)

    levels.defvjp(forward, backward)

    def energy(scores: Any) -> Any:
        return 0.5 * (scores**2).sum() - log_likelihood(levels(scores)[:, None])[0]

    return energy


def run_chain(
    energy: Callable[[Any], Any],
    first: Floats,
    covariance: Floats,
    *,
    draws: int,
    seed: int,
    store: Path,
    watch: Callable[[int, str], None] = lambda done, words: None,
) -> Chain:
    """Run one chain from the score vector `first`, or carry on the one in `store`; writes after every `PART` draws.

    covariance: (parameter, parameter), of an earlier approximation; it shapes the momenta.
    """
    import jax
    import jax.numpy as jnp
    from numpyro.infer import MCMC, NUTS

    found = read_chain(store)
    shared: dict[str, Any] = {"dense_mass": True, "inverse_mass_matrix": jnp.asarray(covariance), "adapt_mass_matrix": False}
    begun = time.monotonic()
    if found is None:
        kernel = NUTS(potential_fn=energy, step_size=FIRST_STEP, target_accept_prob=ACCEPTANCE, max_tree_depth=DEEPEST, **shared)
        chain = MCMC(kernel, num_warmup=WARM_UP, num_samples=PART, progress_bar=False)
        chain.warmup(jax.random.PRNGKey(seed), init_params=jnp.asarray(first), collect_warmup=False)
        size = float(chain.last_state.adapt_state.step_size)
        position, kept = np.asarray(chain.last_state.z), _nothing(len(first))
        seconds = time.monotonic() - begun
        write_chain(store, kept, position, size, seconds)
        watch(0, f"warm, step {size:.3f}, {seconds:.0f} s")
    else:
        kept, position, size, seconds = found
    kernel = NUTS(potential_fn=energy, step_size=size, adapt_step_size=False, max_tree_depth=DEEPEST, **shared)
    chain = MCMC(kernel, num_warmup=0, num_samples=PART, progress_bar=False)
    while len(kept["scores"]) < draws:
        begun, done = time.monotonic(), len(kept["scores"])
        key = jax.random.PRNGKey(seed * 100_003 + done + 1)
        chain.run(key, init_params=jnp.asarray(position), extra_fields=("diverging", "accept_prob", "num_steps"))
        extra = chain.get_extra_fields()
        fresh = {"scores": np.asarray(chain.get_samples()), **{name: np.asarray(value) for name, value in extra.items()}}
        kept = {name: np.concatenate([kept[name], fresh[name]]) for name in kept}
        position, seconds = kept["scores"][-1], seconds + time.monotonic() - begun
        write_chain(store, kept, position, size, seconds)
        watch(len(kept["scores"]), f"{kept['num_steps'][-PART:].mean():.0f} steps a draw, {seconds:.0f} s")
    scores = kept["scores"][:draws]
    return Chain(
        scores, int(kept["diverging"][:draws].sum()), float(kept["accept_prob"].mean()), float(kept["num_steps"].mean()), seconds
    )


def _nothing(width: int) -> dict[str, NDArray[Any]]:
    return {
        "scores": np.zeros((0, width)),
        "diverging": np.zeros(0, dtype=bool),
        "accept_prob": np.zeros(0),
        "num_steps": np.zeros(0, dtype=np.int64),
    }


def read_chain(store: Path) -> tuple[dict[str, NDArray[Any]], Floats, float, float] | None:
    """Return what an interrupted chain left, None when it left nothing: draws, position, step size, seconds.

    InputError when it is damaged.
    """
    if not store.exists():
        return None
    with np.load(io.BytesIO(read_sealed(store, hint="start again with --fresh"))) as file:
        kept = {name: file[name] for name in ("scores", "diverging", "accept_prob", "num_steps")}
        return kept, file["position"], float(file["step_size"]), float(file["seconds"])


def write_chain(store: Path, kept: dict[str, NDArray[Any]], position: Floats, size: float, seconds: float) -> None:
    """Write a chain whole or not at all, sealed with its checksum."""
    store.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(content, position=position, step_size=size, seconds=seconds, **kept)  # type: ignore[arg-type]
    write_whole(store, seal(content.getvalue()))
