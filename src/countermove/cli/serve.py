"""`countermove serve`: the web app on this machine."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

EPILOG = """Examples:

\b
  countermove serve
  countermove serve --port 9000 --no-browser

The app answers on 127.0.0.1 only, asks nothing of other machines, and stops with Ctrl+C.
"""


def serve(
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; by default 8460 or any free one.")] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; anything but 127.0.0.1 opens the app to others.")] = (
        "127.0.0.1"
    ),
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open the app in a browser.")] = True,
    engine: Annotated[str, typer.Option("--engine", help="auto (JAX where installed) or numpy.")] = "auto",
) -> None:
    """Open the web app: move a lever and see money, compute and self-sufficiency move."""
    from countermove.errors import visible
    from countermove.web.serving import compiling
    from countermove.web.serving import serve as run

    try:
        run(host=host, port=port, browser=browser, engine=engine, say=lambda words: typer.echo(visible(words)))
    finally:
        if compiling():
            # A compiler cannot be interrupted, and it crashes when the interpreter is taken down around it.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(130 if isinstance(sys.exc_info()[1], KeyboardInterrupt) else 1 if sys.exc_info()[1] else 0)


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("serve", epilog=EPILOG)(serve)
