"""Run with an interpreter that has PySD and EMA Workbench (which are no dependencies): `python pysd_side.py MODEL.mdl SECONDS`.

Prints one JSON line: runs per second under EMA Workbench, one experiment at a time, and the final stocks of one run.
"""

from __future__ import annotations

import json
import logging
import sys
import time


def main(path: str, seconds: float) -> None:
    import pysd
    from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator

    logging.disable(logging.CRITICAL)
    model = pysd.read_vensim(path)
    names = ["elasticity", "learning", "scarcity", "price lag", "markup", "investment", "depreciation", "growth"]
    columns = [f"experience {i}" for i in range(16)]

    def experiment(**given: float) -> dict[str, float]:
        final = model.run(params={n: given[n.replace(" ", "_")] for n in names}, return_columns=columns, return_timestamps=[132])
        return {f"experience_{i}": float(final[columns[i]].iloc[-1]) for i in range(16)}

    one = model.run(return_columns=columns, return_timestamps=[132])
    workbench = Model("stockflow", function=experiment)
    workbench.uncertainties = [RealParameter(n.replace(" ", "_"), *bounds) for n, bounds in zip(names, BOUNDS, strict=True)]
    workbench.outcomes = [ScalarOutcome(f"experience_{i}") for i in range(16)]
    runs, started, used = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - started < seconds:
        with SequentialEvaluator(workbench) as evaluator:
            evaluator.perform_experiments(scenarios=20)
        runs += 20
    used = time.process_time() - used
    print(json.dumps({"runs": runs, "cpu_s": used, "pysd": pysd.__version__, "final": [float(one[c].iloc[-1]) for c in columns]}))


BOUNDS = [(0.8, 2.0), (0.1, 0.4), (0.0, 0.3), (2.0, 12.0), (1.0, 1.5), (0.02, 0.1), (0.005, 0.02), (0.0, 0.4)]

if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
