"""One piece of long work, as a process of its own: `python -m countermove.web.job_process`.

Reads a `JobRequest` on stdin and writes lines on stdout: `{"done": 64, "total": 256}`, then `{"result": ...}` or
`{"problem": "..."}`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from countermove.errors import CountermoveError
from countermove.web.long_work import work_of
from countermove.web.reading import parsed
from countermove.web.schema_views import JobRequest


def main() -> None:
    """Do the work that stdin asks for."""
    out, sys.stdout = sys.stdout, sys.stderr

    def say(document: dict[str, Any]) -> None:
        out.write(json.dumps(document, ensure_ascii=False, allow_nan=False, default=str) + "\n")
        out.flush()

    try:
        _, work = work_of(parsed(sys.stdin.buffer.read(), JobRequest))
        say({"result": work(lambda done, total: say({"done": done, "total": total}))})
    except CountermoveError as error:
        say({"problem": str(error)})


if __name__ == "__main__":
    main()
