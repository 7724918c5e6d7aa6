"""Where every number comes from: sources, claims on two time axes, competing claims, grades, priors (layer 1).

- `strict_yaml` reads a file and remembers its lines; `reading` turns it into checked objects with one-line errors.
- `schema` and `priors` say what the objects are; `ledger` loads them; `derived` recomputes values from other claims.
- `entry` is one thing a path points to; `text` prints it; `audit` lists every inconsistency of a data tree.
"""
