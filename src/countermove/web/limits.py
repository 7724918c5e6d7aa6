"""How much one request may ask for: everything beyond is refused with a reason."""

from __future__ import annotations

from typing import Final

MOST_BODY_BYTES: Final = 65_536
MOST_ARTICLE_BYTES: Final = 6 * 2**20
"""An article may be longer than other requests: a PDF of four megabytes in base64."""
ARTICLE_PATH: Final = "/api/read"
MOST_LIVE_DRAWS: Final = 1024
MOST_JOB_DRAWS: Final = 16_384
MOST_OUTCOMES: Final = 16
MOST_SETTINGS: Final = 120
MOST_JOBS: Final = 8
"""Jobs that wait or run at one time."""
MOST_WAITING: Final = 48
"""Requests of one lane that wait for the model; further ones are told to come back."""
MOST_KEPT_BYTES: Final = 768 * 2**20
"""Worlds, samples and runs kept in memory. The two worlds that a screen starts with, their presets and some twenty recent runs
take about 400 MB; one world of 1,024 draws with its run takes as much again. Beyond that the oldest go."""
MOST_CONNECTIONS: Final = 200
"""Open connections. A further one takes the place of the connection that has waited longest for its client to say something."""
MOST_CLIENTS: Final = 512
"""Clients whose newest request is remembered."""
BODY_SECONDS: Final = 10.0
"""A body must arrive within this time."""
HEAD_SECONDS: Final = 10.0
"""So must the head of a request, counted from its first byte, and the first byte of a connection."""
TAKING_SECONDS: Final = 60.0
"""An answer that a client has stopped taking is given up after this time."""
