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
held-out measurements; each thing that is unmeasured (chip, engine, weights, kind of attention) widens them.
Time to first token is a mean; "waiting for a place" is the part that requests beyond the memory limit spend outside the engine.
"""


ANSWER = 1024.0
LONGEST_MS, MOST_DRAFTS = 1e9, 16
NOT_OF_A_PHASE = ("--concurrency", "--ttft-ms", "--software", "--tp", "--ep", "--dp", "--pp", "--mtp", "--acceptance", "--recipe")
"""Options that a rate of one phase takes no account of: the best published engine chooses them."""


def predict(
    system: Annotated[str | None, typer.Option("--system", help="A system or chip of `countermove catalog`.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="A model of the catalogue, or the path of a config.json.")] = None,
    isl: Annotated[float | None, typer.Option("--isl", help="Tokens of a prompt.")] = None,
    osl: Annotated[float | None, typer.Option("--osl", help="Tokens of an answer (default: 1024).")] = None,
    count: Annotated[int | None, typer.Option("--count", help="Chips (default: those of the system; eight for a chip).")] = None,
    concurrency: Annotated[float | None, typer.Option("--concurrency", help="Requests in flight on all chips.")] = None,
    tpot_ms: Annotated[float | None, typer.Option("--tpot-ms", help="Longest time per output token, instead of a load.")] = None,
    ttft_ms: Annotated[float | None, typer.Option("--ttft-ms", help="Longest time to the first token.")] = None,
    software: Annotated[
        str | None, typer.Option("--software", help="trtllm, sglang or vllm, with @VERSION for another than the current one.")
    ] = None,
    precision: Annotated[str | None, typer.Option("--precision", help="Type of the weights: bf16, fp8, int8, fp4, int4.")] = None,
    tp: Annotated[int | None, typer.Option("--tp", help="Tensor slices of attention.")] = None,
    ep: Annotated[int | None, typer.Option("--ep", help="Groups that hold whole experts.")] = None,
    dp: Annotated[int | None, typer.Option("--dp", help="Replicas of attention in one worker.")] = None,
    pp: Annotated[int | None, typer.Option("--pp", help="Pipeline stages.")] = None,
    mtp: Annotated[
        int | None, typer.Option("--mtp", help="Draft tokens per step of multi-token prediction (default: 0).")
    ] = None,
    acceptance: Annotated[
        float | None,
        typer.Option(
            "--acceptance",
            help="Share of the draft tokens that is kept (default: 0.7 of one draft, less of more).",
        ),
    ] = None,
    recipe: Annotated[
        bool, typer.Option("--recipe", help="Tuned as in a benchmark recipe (default: an ordinary deployment).")
    ] = False,
    phase: Annotated[str | None, typer.Option("--phase", help="Throughput only: prefill, decode or train.")] = None,
    batch: Annotated[Path | None, typer.Option("--batch", help="A table of rows to predict (CSV, also .gz).")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File for the table with the predictions; one that is there already is not overwritten."),
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Predict how fast a model answers on given chips, one deployment or a table of them."""
    from countermove.errors import InputError
    from countermove.hardware.serving import phases, question, table

    given = {
        "--system": system, "--model": model, "--isl": isl, "--osl": osl, "--count": count, "--concurrency": concurrency,
        "--tpot-ms": tpot_ms, "--ttft-ms": ttft_ms, "--software": software, "--precision": precision, "--tp": tp, "--ep": ep,
        "--dp": dp, "--pp": pp, "--mtp": mtp, "--acceptance": acceptance, "--phase": phase, "--recipe": recipe or None,
    }  # fmt: skip
    stated = [name for name, value in given.items() if value is not None]
    if batch is not None:
        out = _table_to_write(batch, out, stated)
        counts = table.predict_file(batch, out)
        say(f"{counts['rows']} rows, {counts['refused']} refused, written to {out}", quiet=quiet)
        if as_json:
            print_json({"rows": counts["rows"], "refused": counts["refused"], "out": str(out)})
        return
    if out is not None:
        raise InputError("a file is written for a table only", where="--out", hint="add --batch rows.csv, or use --json > file")
    for where, value in (("--system", system), ("--model", model), ("--isl", isl)):
        if value is None:
            raise InputError("the option is missing", where=where, hint="see countermove predict --help")
    if concurrency is not None and tpot_ms is not None:
        raise InputError("both a load and a limit are given", where="--concurrency, --tpot-ms", hint="give one of them")
    if tpot_ms is not None and phase in ("prefill", "train"):
        raise InputError(f"no tokens are put out in {phase}", where="--tpot-ms", hint="leave it out, or take --phase decode")
    _check_numbers(ttft_ms, mtp, acceptance)
    asked = question.Question(
        system=str(system),
        model=str(model),
        prompt=float(isl or 0),
        output=ANSWER if osl is None else osl,
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
        drafts=mtp or 0,
        accepted=(question.usual_acceptance(mtp) if acceptance is None else acceptance) if mtp else 0.0,
        recipe=recipe,
    )
    answer = question.ask(asked) if phase is None else phases.answer(phase, asked)
    idle = [name for name in stated if phase is not None and name in NOT_OF_A_PHASE]
    if idle:
        note = f"{', '.join(idle)} without effect: a phase is rated at the best engine's own"
        answer = answer | {"assumed": [*answer["assumed"], note]}
    if as_json:
        print_json(answer)
    else:
        print_text(_text(answer))


def _table_to_write(batch: Path, out: Path | None, stated: list[str]) -> Path:
    """Return the file to write a table to; InputError for none, a folder, or options that the rows would override."""
    from countermove.errors import InputError

    if out is None:
        raise InputError("no output file", where="--out", hint="say where to write the table")
    if out.is_dir():
        raise InputError(f"{out} is a folder", where="--out", hint="name a file in it, such as predicted.csv")
    if stated and batch.exists():
        raise InputError("a table states these row by row", where=", ".join(stated), hint="leave them out, or drop --batch")
    return out


def _check_numbers(ttft_ms: float | None, mtp: int | None, acceptance: float | None) -> None:
    """Raise InputError for limits and drafts that cannot be."""
    from countermove.errors import InputError

    if ttft_ms is not None and not 0 < ttft_ms <= LONGEST_MS:
        raise InputError(f"{ttft_ms:g}", where="--ttft-ms", hint=f"a positive number of ms, at most {LONGEST_MS:,.0f}")
    if mtp is not None and not 0 <= mtp <= MOST_DRAFTS:
        raise InputError(f"{mtp} draft tokens", where="--mtp", hint=f"a whole number from 0 to {MOST_DRAFTS}")
    if acceptance is not None and not 0 <= acceptance <= 1:
        raise InputError(f"{acceptance:g}", where="--acceptance", hint="a share, 0 to 1")
    if acceptance is not None and not mtp:
        raise InputError("no draft tokens are made", where="--acceptance", hint="add --mtp, or leave it out")


def _text(answer: dict[str, Any]) -> str:
    if answer["refused"]:
        return f"no prediction: {answer['refused']}"
    software = f", {answer['software']}" if answer.get("software") else ""
    lines = [f"{answer['count']} x {answer['chip']}, {answer['model']} in {answer['precision']}{software}"]
    for key, label, unit in (
        ("ttft_ms", f"time to first token ({answer.get('ttft_statistic', 'mean')})", "ms"),
        ("tpot_ms", "time per output token", "ms"),
        ("tokens_per_s_per_chip", "tokens per second and chip", ""),
    ):
        band = answer.get(key)
        if band and band["median"] is not None:
            lines.append(f"  {label:32} {band['median']:12,.4g} {unit:3} (90%: {band['lo']:,.4g} to {band['hi']:,.4g})")
    if answer.get("wait_ms"):
        lines.append(f"  {'of it waiting for a place':32} {answer['wait_ms']:12,.4g} ms")
    for key, label, unit in (
        ("tokens_per_s", f"tokens per second, {_chips_in_use(answer)}", ""),
        ("mfu", "share of the 16-bit peak", ""),
        ("energy_j_per_token", "energy per token at the utility", "J"),
        ("concurrency", "requests in flight", ""),
    ):
        if answer.get(key) is not None:
            lines.append(f"  {label:32} {answer[key]:12,.4g} {unit}".rstrip())
    lines += _power_lines(answer.get("power"))
    if "parallelism" in answer:
        lines.append(f"  {'parallelism':32} " + ", ".join(f"{key} {value}" for key, value in answer["parallelism"].items()))
    lines += [f"  assumed: {text}" for text in answer.get("assumed", ())]
    return "\n".join(lines)


def _chips_in_use(answer: dict[str, Any]) -> str:
    used, given = answer.get("chips_used"), answer.get("chips_given")
    return f"{used} chips" if used == given else f"{used} of {given} chips"


def _power_lines(power: dict[str, Any] | None) -> list[str]:
    """Return power per chip at its three bounds under load, idle in brackets, and what the figures rest on."""
    if power is None:
        return []
    shown = [
        f"{bound} {power[f'{bound}_w']:,.0f} W (idle {power['idle'][bound]:,.0f})"
        for bound in ("chip", "server", "facility")
        if power[f"{bound}_w"] is not None
    ]
    return [f"  {'power per chip under load':32} " + ", ".join(shown), f"  {'':32} {power['basis']}"] if shown else []


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("predict", epilog=EPILOG)(predict)
