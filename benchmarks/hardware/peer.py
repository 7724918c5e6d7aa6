"""AIConfigurator beside this model on the same measured rows, in three steps (the peer lives in an environment of its own).

    python benchmarks/hardware/peer.py rows /tmp/rows.csv                      here: write the rows that both are asked
    python -m venv /tmp/peer && /tmp/peer/bin/pip install aiconfigurator       once
    /tmp/peer/bin/python benchmarks/hardware/peer.py ask /tmp/rows.csv /tmp/answers.csv
    python benchmarks/hardware/peer.py compare /tmp/answers.csv                here: print both tables (cross-validated)

The peer is asked with the stated quantisation and parallelism first, then with its own defaults for quantisation, then with
parallelism as `serving.rows` reads it; the first answer counts. Its operator database is the newest of its wheel.
"""

from __future__ import annotations

import argparse
import csv
import functools
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

COLUMNS = ("place", "model", "system", "backend", "mode", "isl", "osl", "concurrency", "gemm", "moe", "stated", "read", "workers")

#: Names under which the peer's wheel holds an architecture that the rows name otherwise.
NAMES = {
    "meta-llama/Llama-3.1-70B": "meta-llama/Meta-Llama-3.1-70B",
    "meta-llama/Llama-3.1-8B-Instruct": "meta-llama/Meta-Llama-3.1-8B",
    "nvidia/Llama-3.1-8B-Instruct-FP8": "meta-llama/Meta-Llama-3.1-8B",
    "nvidia/Qwen3-32B-NVFP4": "Qwen/Qwen3-32B",
    "nvidia/DeepSeek-R1-NVFP4": "deepseek-ai/DeepSeek-R1",
}


def write_rows(target: Path) -> None:
    from countermove.hardware.fit import measured
    from countermove.hardware.fit.crossvalidation import usable

    table = measured.silicon()
    with target.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for place in usable(table).kept:
            row, request = table.rows[place], table.requests[place]
            assert request is not None
            prefixes = ("prefill_", "decode_") if request.split else ("", "")
            names = ("tp_size", "pp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size")
            stated = ";".join("x".join(row[p + n] or "0" for n in names) for p in prefixes)
            read = ";".join(_shape(worker, bool(request.model.experts)) for worker in (request.prefill, request.decode))
            workers = f"{request.prefill.workers or 1:g};{request.decode.workers or 1:g}"
            fields = (row["model_path"], row["system"], row["backend"], row["mode"], row["isl"], row["osl"], request.concurrency)
            out.writerow((place, *fields, row["gemm_quant_mode"], row["moe_quant_mode"], stated, read, workers))


def _shape(worker: Any, mixture: bool) -> str:
    experts = (0, 0) if not mixture else (1, worker.chips) if worker.expert_parallel else (worker.chips, 1)
    return "x".join(str(n) for n in (worker.tensor, worker.pipeline, worker.replicas, *experts))


def ask(source: Path, target: Path) -> None:
    from aiconfigurator.cli import api  # type: ignore[import-not-found]
    from aiconfigurator.sdk.perf_database import get_latest_database_version  # type: ignore[import-not-found]

    newest = functools.cache(lambda system, backend: get_latest_database_version(system=system, backend=backend))

    def estimate(**asked: Any) -> Any:
        # Without a stated version the peer reads every version's file again, seconds per question.
        version = newest(asked["system_name"], asked["backend_name"])
        return api.cli_estimate(**asked, backend_version=version)

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with source.open(newline="") as file, target.open("w", newline="") as answers:
        out = csv.writer(answers)
        out.writerow(("place", "ttft_ms", "tpot_ms", "reason"))
        for row in csv.DictReader(file):
            out.writerow((row["place"], *_answer(estimate, row)))
            answers.flush()


def _answer(estimate: Any, row: dict[str, str]) -> tuple[object, object, str]:
    reason = ""
    quantised = {"gemm_quant_mode": row["gemm"] or None, "moe_quant_mode": row["moe"] or None}
    for shapes, quant in ((row["stated"], quantised), (row["stated"], {}), (row["read"], quantised), (row["read"], {})):
        try:
            found = estimate(**_asked(row, shapes), **quant)
        except (Exception, SystemExit) as error:
            reason = reason or f"{type(error).__name__}: {error}".replace("\n", " ")[:200]
            continue
        if found.ttft and found.tpot:
            return float(found.ttft), float(found.tpot), ""
    return "", "", reason or "no answer"


def _asked(row: dict[str, str], shapes: str) -> dict[str, Any]:
    sizes = [dict(zip(("tp", "pp", "dp", "mtp", "mep"), map(int, shape.split("x")), strict=True)) for shape in shapes.split(";")]
    asked: dict[str, Any] = {
        "model_path": NAMES.get(row["model"], row["model"]),
        "system_name": row["system"],
        "backend_name": row["backend"],
        "mode": row["mode"],
        "isl": int(row["isl"]),
        "osl": int(row["osl"]),
    }
    load = float(row["concurrency"])
    names = (("tp", "tp_size"), ("pp", "pp_size"), ("dp", "attention_dp_size"), ("mtp", "moe_tp_size"), ("mep", "moe_ep_size"))
    phases = (("prefill_", sizes[0]), ("decode_", sizes[1])) if row["mode"] == "disagg" else (("", sizes[0]),)
    for prefix, size in phases:
        asked |= {prefix + name: max(size[key], 1) for key, name in names if size[key] or key in {"tp", "pp", "dp"}}
    if row["mode"] == "disagg":
        prefill, decode = (float(n) for n in row["workers"].split(";"))
        batch = max(round(load / decode / max(sizes[1]["dp"], 1)), 1)
        asked |= {"prefill_batch_size": 1, "prefill_num_workers": int(prefill)}
        asked |= {"decode_num_workers": int(decode), "decode_batch_size": batch}
    else:
        asked["batch_size"] = max(round(load / max(sizes[0]["dp"], 1)), 1)
    return asked


def compare(source: Path) -> None:
    import numpy as np

    from countermove.hardware.fit import measured
    from countermove.hardware.fit.report import strictly_held, usable

    table, rows = measured.silicon(), usable()
    held, _ = strictly_held()
    with source.open(newline="") as file:
        peer = {int(row["place"]): row for row in csv.DictReader(file)}
    time = {q: np.array([float(peer[p][f"{q}_ms"] or "nan") / 1e3 for p in rows.kept]) for q in ("tpot", "ttft")}
    answered = np.isfinite(time["tpot"])
    print(f"{len(answered)} rows; the peer answers {answered.sum()}, refuses {(~answered).sum()} ({(~answered).mean():.0%}).\n")
    print("| rows that both answer | n | TPOT ours | TPOT peer | TTFT ours | TTFT peer | peer refuses |\n" + "|---" * 7 + "|")
    labels = [("all", np.ones(len(answered), dtype=bool))]
    for column in ("mode", "system", "backend"):
        values = np.array(table.labels(column))[rows.kept]
        labels += [(str(v), values == v) for v in np.unique(values)]
    for name, group in labels:
        both = group & answered
        shown = [
            f"{np.median(np.abs(found[both] / truth[both] - 1)):.1%}" if both.any() else ""
            for truth, ours, key in ((rows.tpot, held.tpot, "tpot"), (rows.ttft, held.ttft, "ttft"))
            for found in (ours, time[key])
        ]
        print(f"| {name} | {both.sum()} | {' | '.join(shown)} | {1 - both.sum() / group.sum():.0%} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("rows", "ask", "compare"))
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    {"rows": write_rows, "ask": ask, "compare": compare}[arguments.what](*arguments.files)


if __name__ == "__main__":
    sys.exit(main())
