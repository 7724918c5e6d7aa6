"""Answers that need several rooms: the claims of a case, the chain behind a number, re-runs, and the state of an installation.

- `claims` puts the rows of a case beside the evidence and the model's probabilities; `checks` computes them.
- `explain` walks from an outcome to its sources; `causes` is the structure it walks, `drivers` what moves with the outcome.
- `reproduce` runs a stored result again and compares; `doctor` checks the installation and the data.
- `equations` and `reference` write the generated pages of the documentation.
"""
