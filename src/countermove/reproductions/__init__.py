"""Reproductions: published results of others, made again here and set beside the figure that was published.

Three tiers. *Exact*: inputs and method are known, so our number must be theirs within a stated tolerance. *Bracketed*: inputs
are partly known, so our range must contain or touch theirs. *Claim only*: shown beside our number, without a test. Entries are
data (`data/reproductions/*.yaml`); `carry_out` makes one again, `text` and `page` show it. See docs/decisions/0060.
"""

from __future__ import annotations
