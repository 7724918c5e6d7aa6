"""Where a user's own data lie: results of the web app, readings and the overlay of reviewed claims; never inside the package."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_folder() -> Path:
    """Return the folder: `COUNTERMOVE_DATA`, else the user's data folder of this system. It need not exist."""
    given = os.environ.get("COUNTERMOVE_DATA")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home()) / "countermove"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "countermove"
