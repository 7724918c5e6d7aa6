"""Names of the array axes, fixed once for the whole package.

The draw axis is always the last one (and contiguous), so that arithmetic over draws runs along memory. Products have
no list here: their ids and order come from the product table of the hardware room.
"""

from __future__ import annotations

from typing import Final

#: Position of the draw axis in every array that has one.
DRAW_AXIS: Final = -1

#: Classes of Chinese buyers.
SEGMENTS: Final = ("internet-platforms", "ai-labs", "telecoms-state-linked", "state-funded-data-centres")

#: Ways in which computing power reaches a Chinese buyer.
ROUTES: Final = ("direct", "offshore", "grey", "domestic")

#: Named uses of a chip on which effective performance is stated.
WORKLOADS: Final = ("training", "prefill", "decode")
