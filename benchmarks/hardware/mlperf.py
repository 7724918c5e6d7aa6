"""MLPerf Training and offline Inference rows beside this model; nothing is fitted to the inference rows.

    python benchmarks/hardware/mlperf.py

Training: `training_rate` in 8 bits where the chip has them. Adapters (LoRA) need no gradients of the frozen weights: forward
and backward cost 2 + 2 operations per weight and token instead of 2 + 4, so 3/2 of the tokens of a full step. A step of few
sequences per chip shows its fixed time (`STEP_SECONDS`). Inference: the best deployment that the search finds on the chips of
the row, TensorRT-LLM on NVIDIA chips and vLLM on others, at the mean lengths of the data sets; engines of MLPerf are tuned
for one model, so that the search should end below them.

MLPerf name and logo are trademarks of MLCommons; results retrieved from github.com/mlcommons; values per accelerator are not
the primary metric of MLPerf.
"""

from __future__ import annotations

import csv

import numpy as np

from countermove.errors import InputError
from countermove.evidence.data_tree import DATA
from countermove.hardware.serving.frontier import search
from countermove.hardware.serving.phases import training_rate
from countermove.hardware.serving.question import Question, resolve
from countermove.hardware.workloads import load_models

TRAINED = {"llama2_70b_lora": ("llama-2-70b", 1.5), "llama31_405b": ("llama-3-1-405b", 1.0), "llama31_8b": ("llama-3-1-8b", 1.0)}

#: Model, prompt and answer tokens on average. Assumptions: recalled from the MLCommons descriptions of the data sets.
SERVED = {
    "llama2-70b-99": ("llama-2-70b", 155, 294),
    "llama3.1-405b": ("llama-3-1-405b", 9400, 685),
    "llama3.1-8b": ("llama-3-1-8b", 778, 128),
    "mixtral-8x7b": ("mixtral-8x7b", 270, 145),
    "deepseek-r1": ("deepseek-r1", 800, 3880),
}

SEQUENCE = 8192


def main() -> None:
    with (DATA / "hardware" / "mlperf.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    print("| row | chip | chips | rounds | rows | measured tokens/s per chip | model | error |\n" + "|---" * 8 + "|")
    errors: dict[str, list[float]] = {}
    for row in rows:
        try:
            value = trained(row) if row["kind"] == "training" else served(row)
        except InputError as refusal:
            print(f"| {row['benchmark']} | {row['chip']} | {row['count']} | {row['rounds']} | | | {refusal.what} | |")
            continue
        measured = float(row["tokens_per_s_per_chip"])
        error = value / measured - 1 if value else np.nan
        errors.setdefault(f"{row['kind']} {row['benchmark']}", []).append(abs(error))
        name = f"{row['benchmark']} {row['precision']} {'(by minutes)' if row['note'].startswith('from') else ''}".strip()
        cells = (
            name,
            row["chip"],
            row["count"],
            row["rounds"],
            row["rows"],
            f"{measured:,.0f}",
            f"{value:,.0f}",
            f"{error:+.0%}",
        )
        print("| " + " | ".join(cells) + " |")
    print("\n| rows | n | median error |\n|---|---|---|")
    for name, found in errors.items():
        print(f"| {name} | {len(found)} | {np.nanmedian(found):.0%} |")


def trained(row: dict[str, str]) -> float:
    name, factor = TRAINED[row["benchmark"]]
    share = SEQUENCE * float(row["global_batch"]) / float(row["count"])
    # The fixed time of a step is divided by the factor, so that it stays the same after the product.
    found = training_rate(row["chip"], None, load_models().llm(name), SEQUENCE, eight_bit=True, tokens_per_step=share / factor)
    return factor * found[0]


def served(row: dict[str, str]) -> float:
    name, prompt, output = SERVED[row["benchmark"]]
    software = "vllm" if row["chip"].startswith("mi") else "trtllm"
    count = min(int(row["count"]), 8)
    request, chips, _ = resolve(
        Question(row["chip"], name, prompt, output, count=count, software=software, precision=row["precision"])
    )
    return max((point.tokens_per_s_per_chip[0] for point in search(request, chips)), default=0.0)


if __name__ == "__main__":
    main()
