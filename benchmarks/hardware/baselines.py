"""Plain gradient boosting on the raw columns, on the same folds as the validation report (needs scikit-learn).

pip install scikit-learn && python benchmarks/hardware/baselines.py
"""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from countermove.hardware.fit import measured
from countermove.hardware.fit.crossvalidation import usable

TEXT = ("backend", "backend_version", "model_path", "system", "precision", "mode", "gemm_quant_mode", "moe_quant_mode")
LEFT = ("id", "silicon_data_source", "silicon_ttft_ms", "silicon_tpot_ms", "batch_size", *TEXT)


def main() -> None:
    table = measured.silicon()
    rows = usable(table)
    kept = [table.rows[place] for place in rows.kept]
    columns = [np.unique([row[name] for row in kept], return_inverse=True)[1].astype(float) for name in TEXT]
    columns += [np.array([float(row[name] or "nan") for row in kept]) for name in kept[0] if name not in LEFT]
    features = np.stack([*columns, np.log(rows.points.concurrency)], axis=1)
    systems = np.unique([row["system"] for row in kept], return_inverse=True)
    for title, fold in (
        ("strict groups", measured.folds(rows.strict)),
        ("stated groups", measured.folds(rows.stated)),
        ("one system left out", systems[1]),
    ):
        for name, truth in (("TPOT", rows.tpot), ("TTFT", rows.ttft)):
            error = np.full(len(truth), np.nan)
            for number in np.unique(fold):
                train, test = fold != number, fold == number
                model = HistGradientBoostingRegressor(max_iter=400, learning_rate=0.06, loss="absolute_error")
                model.fit(features[train], np.log(truth[train]))
                error[test] = np.abs(np.exp(model.predict(features[test])) / truth[test] - 1)
            split = rows.points.split > 0
            parts = (("all", split >= 0), ("aggregated", ~split), ("split", split))
            shown = ", ".join(f"{part} {np.median(error[mask]):.1%}" for part, mask in parts)
            print(f"{title}: {name} {shown}")
            if title.startswith("one"):
                for number, system in enumerate(systems[0]):
                    print(f"  {system}: {np.median(error[fold == number]):.1%}")


if __name__ == "__main__":
    main()
