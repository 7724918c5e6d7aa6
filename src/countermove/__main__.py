"""`python -m countermove`: the same as the command `countermove`."""

from __future__ import annotations

from countermove.cli.app import main

if __name__ == "__main__":
    main()
