"""CloudMatrix 384 beside H200 servers: prefill, decode at 50 and 15 ms, and training; equal number, power and money.

    python benchmarks/hardware/side_by_side.py

"CloudMatrix compensates at system level" answered once. The numbers are those of `countermove substitute` and, but for the
fitted scale of Ascend's performance, of the simulation; published values stand beside. The last table says what `predict`
asks instead and why its ratio is another one.
"""

from __future__ import annotations

from typing import Any

from countermove.hardware.serving.question import Question, ask
from countermove.hardware.substitution import substitute

CASES = (("prefill", None), ("decode", 50.0), ("decode", 15.0), ("training", None))
TARGETS = (("cloudmatrix-384", None), ("hgx-h200", 8), ("hgx-h200", 384))


def main() -> None:
    rows = [
        (workload, limit, substitute("hgx-h200", workload, candidates=["cloudmatrix-384"], tpot_ms=limit)[0])
        for workload, limit in CASES
    ]
    print(
        "| regime | work of a 910C package over an H200 (5-95%) | packages for 8 H200 | at equal power | at equal money "
        "| power ratio | months behind |"
    )
    print("|---|---|---|---|---|---|---|")
    for workload, limit, row in rows:
        print(_line(_name(workload, limit), row))
    print()
    print("| regime | model | 910C, tokens/s | H200, tokens/s | ratio | ratio, H200 kept to its server |")
    print("|---|---|---|---|---|---|")
    for workload, limit, row in rows:
        for case in row["by_model"]:
            kept = "" if case["kept"] is None else f"{case['kept']:.2f}"
            mine, theirs = case["tokens_per_s_per_chip"], case["target_tokens_per_s_per_chip"]
            print(f"| {_name(workload, limit)} | {case['model']} | {mine:,.0f} | {theirs:,.0f} | {case['ratio']:.2f} | {kept} |")
    print()
    print("| published run | workload | value | unit | made by | grade |")
    print("|---|---|---|---|---|---|")
    for chip in ("cloudmatrix-384", "hgx-h800", "hgx-h100", "hgx-h20"):
        for workload in ("prefill", "decode", "training"):
            row = substitute("hgx-h200", workload, candidates=[chip])[0]
            for run in row["published"]:
                print(
                    f"| {run['claim']} | {workload} | {run['value']:,.4g} | {run['unit']} | {run['made_by']} | {run['grade']} |"
                )
    print()
    print("| `predict`, DeepSeek-R1, 4,096 in and 1,024 out, 50 ms | tokens/s and chip (90%) | chips in use | layout |")
    print("|---|---|---|---|")
    for system, count in TARGETS:
        found = ask(Question(system, "deepseek-r1", 4096, 1024, count=count, tpot_limit_ms=50.0))
        band, layout = found["tokens_per_s_per_chip"], found["parallelism"]
        shape = f"{layout['workers']} x (TP {layout['tensor']} x DP {layout['attention_data']} x PP {layout['pipeline']})"
        shown = f"{band['median']:,.0f} ({band['lo']:,.0f} to {band['hi']:,.0f})"
        print(f"| {system}, {count or 384} chips | {shown} | {found['chips_used']} | {shape} |")


def _name(workload: str, limit: float | None) -> str:
    return workload if limit is None else f"{workload} at {limit:g} ms"


def _line(name: str, row: dict[str, Any]) -> str:
    parity, number, equal, gap = row["parity_per_chip"], row["number"], row["equal"], row["gap_months"]
    money = "" if equal["money"] is None else f"{equal['money']['lo']:.2f} to {equal['money']['hi']:.2f}"
    months = f"{gap['months']:.0f}{'' if gap['reached'] else ' or more'}"
    return (
        f"| {name} | {parity['median']:.2f} ({parity['lo']:.2f}-{parity['hi']:.2f}) "
        f"| {number['median']:.1f} ({number['lo']:.1f}-{number['hi']:.1f}) | {equal['power']:.2f} | {money} "
        f"| {row['power_ratio']:.2f} | {months} |"
    )


if __name__ == "__main__":
    main()
