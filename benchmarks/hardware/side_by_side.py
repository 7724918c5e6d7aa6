"""CloudMatrix 384 beside H200 systems: prefill, decode at 50 and 15 ms, and training of a 405B model.

    python benchmarks/hardware/side_by_side.py

"CloudMatrix compensates at system level" in numbers: per chip, per system, power, and chips needed for the same work.
"""

from __future__ import annotations

from countermove.hardware.substitution import substitute

CASES = (("prefill", None), ("decode", 50.0), ("decode", 15.0), ("training", None))


def main() -> None:
    print("| workload | parity per chip (5-95%) | chips for 8 H200 | power ratio | system of 384 over 8 H200 | months behind |")
    print("|---|---|---|---|---|---|")
    for workload, limit in CASES:
        row = substitute("hgx-h200", workload, candidates=["cloudmatrix-384"], tpot_ms=limit)[0]
        name = workload if limit is None else f"{workload} at {limit:g} ms"
        if row["refused"]:
            print(f"| {name} | {row['refused']} | | | | |")
            continue
        parity, number, gap = row["parity_per_chip"], row["number"], row["gap_months"]
        print(
            f"| {name} | {parity['median']:.2f} ({parity['lo']:.2f}-{parity['hi']:.2f}) "
            f"| {number['median']:.1f} ({number['lo']:.1f}-{number['hi']:.1f}) | {row['power_ratio']:.2f} "
            f"| {row['parity_per_system']:.1f} | {gap['months']:.0f}{'' if gap['reached'] else ' or more'} |"
        )


if __name__ == "__main__":
    main()
