"""What a tuned benchmark does that an ordinary deployment does not, and what that costs.

The fitted rows come from benchmark recipes. Three of their habits show in time:

- The host prepares the next step while the chip runs this one. Left as installed, engines expose part of that time: five
  configurations of two models on H200 by two publishers (gpt-oss-120b with vLLM on one and four chips, DeepSeek-R1 with
  SGLang) lie 1 to 4 ms per step above the recipes on the same chips, about 3 ms at small loads, whatever the step takes.
- SGLang recipes look for new requests only every ten to thirty steps, TensorRT-LLM ones similarly; as installed an engine
  looks after every step. So an ordinary deployment waits less for its first token and longer for each one after it. Prompts
  that recipes read together then arrive apart: how much of the queue is left is not known, and widens the interval.
- Sparse attention with an index (DeepSeek-V3.2, GLM-5) runs outside the captured graph of young engines: some fifteen kernels
  per layer launched one by one. The one published run (vLLM 0.13, eight H20, one request: 33 ms per token) sets it.

`Request.ordinary` selects the second kind. Rows of a table count as benchmarks, a question of its own as ordinary.
"""

from __future__ import annotations

from typing import Final

from countermove.errors import DataError
from countermove.hardware.chip import Chip
from countermove.hardware.llm import Llm
from countermove.hardware.workloads import load_models

#: Seconds of host time per step left exposed as installed, on stacks whose times are fitted to benchmark recipes (and
#: their relatives, scaled from them). Other stacks' launch times were never those of recipes.
EXPOSED: Final = 3.0e-3
RECIPE_STACKS: Final = ("nvidia-hopper", "nvidia-blackwell", "nvidia-hopper-h20", "nvidia-ampere")

#: Seconds per layer of sparse attention outside the graph, on a stack that launches a layer like Hopper's.
SPARSE_LAYER: Final = 3.0e-4

#: Steps that a new request waits for where the engine looks for requests after every one: half a step, and the one it joins.
STEPS_AS_INSTALLED: Final = 1.5

#: Seconds before a first token that may come on top as installed: tokenising, scheduling, streaming. Assumption.
FIRST_EXPOSED: Final = 3.0e-2

ORDINARY: Final = (
    "an ordinary deployment: up to 3 ms of host time per step is not hidden and new requests join at every step "
    "(--recipe for a tuned benchmark)"
)


def exposed_seconds(chip: Chip, model: Llm) -> float:
    """Return the seconds per step that an ordinary deployment on ``chip`` shows beyond a benchmark recipe."""
    host = EXPOSED if chip.stack in RECIPE_STACKS else 0.0
    return host + (SPARSE_LAYER * model.layers * _launch(chip.stack) if model.index_topk else 0.0)


def _launch(stack: str) -> float:
    """Return the time that a stack takes to launch a layer, over Hopper's."""
    own, hopper = (load_models().stack(name, "stack").values["layer_overhead_us"].number for name in (stack, "nvidia-hopper"))
    if own is None or hopper is None:
        raise DataError(f"layer_overhead_us of {stack} is unknown", where="data/models/stacks.yaml", hint="state it")
    return own / hopper
