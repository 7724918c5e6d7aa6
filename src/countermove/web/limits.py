"""How much one request may ask for: everything beyond is refused with a reason."""

from __future__ import annotations

from typing import Final

MOST_BODY_BYTES: Final = 65_536
MOST_LIVE_DRAWS: Final = 1024
MOST_JOB_DRAWS: Final = 16_384
MOST_OUTCOMES: Final = 16
MOST_SETTINGS: Final = 120
MOST_JOBS: Final = 8
"""Jobs that wait or run at one time."""
MOST_WAITING: Final = 48
"""Live requests that wait for the model; further ones are told to come back."""
MOST_CLIENTS: Final = 512
"""Clients whose newest request is remembered."""
BODY_SECONDS: Final = 10.0
"""A body must arrive within this time."""
