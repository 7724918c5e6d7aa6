"""`countermove predict`: time to first token, time per output token and throughput of a deployment, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, say

EPILOG = """Examples:

\b
  countermove predict --system hgx-h200 --model deepseek-r1 --isl 1024 --osl 1024 --concurrency 64 --tp 8 --software sglang
  countermove predict --system cloudmatrix-384 --model deepseek-r1 --isl 4096 --osl 1024 --tpot-ms 50
  countermove predict --system h20 --count 16 --model path/to/config.json --isl 2048 --osl 512
  countermove predict --system h200 --model deepseek-v3 --isl 4096 --phase prefill
  countermove predict --batch rows.csv --out predicted.csv

Without --tp, --ep, --dp and --pp the parallelism with the highest throughput is chosen and shown. Intervals hold 90% of
held-out measurements; chips without measured rows get a wider one.
"""


def predict(
    system: Annotated[str | None, typer.Option("--system", help="A system or chip of `countermove catalog`.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="A model of the catalogue, or the path of a config.json.")] = None,
    isl: Annotated[float | None, typer.Option("--isl", help="Tokens of a prompt.")] = None,
    osl: Annotated[float, typer.Option("--osl", help="Tokens of an answer.")] = 1024,
    count: Annotated[int | None, typer.Option("--count", help="Chips (default: those of the system; eight for a chip).")] = None,
    concurrency: Annotated[float | None, typer.Option("--concurrency", help="Requests in flight on all chips.")] = None,
    tpot_ms: Annotated[float | None, typer.Option("--tpot-ms", help="Longest time per output token, instead of a load.")] = None,
    ttft_ms: Annotated[float | None, typer.Option("--ttft-ms", help="Longest time to the first token.")] = None,
    software: Annotated[str | None, typer.Option("--software", help="trtllm, sglang or vllm.")] = None,
    precision: Annotated[str | None, typer.Option("--precision", help="Type of the weights: bf16, fp8, int8, fp4, int4.")] = None,
    tp: Annotated[int | None, typer.Option("--tp", help="Tensor slices of attention.")] = None,
    ep: Annotated[int | None, typer.Option("--ep", help="Groups that hold whole experts.")] = None,
    dp: Annotated[int | None, typer.Option("--dp", help="Replicas of attention in one worker.")] = None,
    pp: Annotated[int | None, typer.Option("--pp", help="Pipeline stages.")] = None,
    mtp: Annotated[int, typer.Option("--mtp", help="Draft tokens per step of multi-token prediction.")] = 0,
    acceptance: Annotated[float, typer.Option("--acceptance", help="Share of the draft tokens that is kept.")] = 0.7,
    phase: Annotated[str | None, typer.Option("--phase", help="Throughput only: prefill, decode or train.")] = None,
    batch: Annotated[Path | None, typer.Option("--batch", help="A table of rows to predict (CSV, also .gz).")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the table with the predictions.")] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Predict how fast a model answers on given chips, one deployment or a table of them."""
    from countermove.errors import InputError
    from countermove.hardware.serving import phases, question, table

    if batch is not None:
        if out is None:
            raise InputError("no output file", where="--out", hint="say where to write the table")
        counts = table.predict_file(batch, out)
        say(f"{counts['rows']} rows, {counts['refused']} refused, written to {out}", quiet=quiet)
        if as_json:
            print_json({"rows": counts["rows"], "refused": counts["refused"], "out": str(out)})
        return
    for where, value in (("--system", system), ("--model", model), ("--isl", isl)):
        if value is None:
            raise InputError("the option is missing", where=where, hint="see countermove predict --help")
    if concurrency is not None and tpot_ms is not None:
        raise InputError("both a load and a limit are given", where="--concurrency, --tpot-ms", hint="give one of them")
    asked = question.Question(
        system=str(system),
        model=str(model),
        prompt=float(isl or 0),
        output=osl,
        count=count,
        concurrency=concurrency,
        tpot_limit_ms=tpot_ms,
        ttft_limit_ms=ttft_ms,
        software=software,
        precision=precision,
        tensor=tp,
        expert=ep,
        data=dp,
        pipeline=pp,
        drafts=mtp,
        accepted=acceptance if mtp else 0.0,
    )
    answer = question.ask(asked) if phase is None else phases.answer(phase, asked)
    if as_json:
        print_json(answer)
    else:
        print_text(_text(answer))


def _text(answer: dict[str, Any]) -> str:
    if answer["refused"]:
        return f"no prediction: {answer['refused']}"
    lines = [f"{answer['count']} x {answer['chip']}, {answer['model']} in {answer['precision']}, {answer.get('software', '')}"]
    for key, label, unit in (
        ("ttft_ms", "time to first token", "ms"),
        ("tpot_ms", "time per output token", "ms"),
        ("tokens_per_s_per_chip", "tokens per second and chip", ""),
    ):
        band = answer.get(key)
        if band and band["median"] is not None:
            lines.append(f"  {label:28} {band['median']:12,.4g} {unit:3} (90%: {band['lo']:,.4g} to {band['hi']:,.4g})")
    for key, label, unit in (
        ("mfu", "share of the 16-bit peak", ""),
        ("power_w_per_chip", "power per chip", "W"),
        ("energy_j_per_token", "energy per token", "J"),
        ("concurrency", "requests in flight", ""),
    ):
        if answer.get(key) is not None:
            lines.append(f"  {label:28} {answer[key]:12,.4g} {unit}")
    if "parallelism" in answer:
        lines.append(
            "  parallelism                  " + ", ".join(f"{key} {value}" for key, value in answer["parallelism"].items())
        )
    lines += [f"  assumed: {text}" for text in answer.get("assumed", ())]
    return "\n".join(lines)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("predict", epilog=EPILOG)(predict)
