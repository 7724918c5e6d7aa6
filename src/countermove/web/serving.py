"""Serving the app: bind first, warm up, then say the address; everything slow goes on behind the first answer."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from collections.abc import Callable

from countermove.errors import EnvironmentProblem, InputError, did_you_mean
from countermove.web.app import STATIC, create_app
from countermove.web.guard import OWN_NAMES
from countermove.web.live import PREVIEW, REFINED, Simulator

PORT = 8460
LOCAL = "127.0.0.1"
ENGINES = ("auto", "numpy")
COMPILING = "compiling the live programs"
"""Name of the thread that compiles behind the first answer."""
WARNING = (
    "warning: {host} can be reached by other machines; there is no password, and everybody who reaches the port can use the model"
)


def serve(
    *,
    host: str = LOCAL,
    port: int | None = None,
    browser: bool = True,
    engine: str = "auto",
    say: Callable[[str], None] = print,
) -> None:
    """Serve the app until interrupted; `port` None takes 8460 or, where that is taken, any free one.

    `engine` "auto" compiles with JAX where that is installed; "numpy" does not.

    Raises EnvironmentProblem for a port or host that cannot be bound, and where the front end was not built.
    """
    import uvicorn

    from countermove.web.connections import Connection

    if engine not in ENGINES:
        raise InputError(f"no engine {engine!r}", where="--engine", hint=did_you_mean(engine, ENGINES))
    if not (STATIC / "index.html").is_file():
        raise EnvironmentProblem("the front end is not built", where=str(STATIC.name), hint="run 'make frontend' (needs Node)")
    door = _bound(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}/"
    if host not in OWN_NAMES:
        print(WARNING.format(host=host), file=sys.stderr)
    simulator = Simulator(accelerate=engine != "numpy")
    simulator.warm_up()
    threading.Thread(target=simulator.compile, args=(PREVIEW, REFINED), daemon=True, name=COMPILING).start()
    say(f"Countermove is at {address} (Ctrl+C stops it)")
    if browser:
        threading.Timer(0.3, webbrowser.open, (address,)).start()
    hosts = OWN_NAMES if host in OWN_NAMES else (*OWN_NAMES, host.lower(), socket.gethostname().lower())
    uvicorn.run(
        create_app(simulator, hosts=hosts),
        fd=door.fileno(),
        log_level="warning",
        access_log=False,
        server_header=False,
        http=Connection,
        ws="none",
        timeout_keep_alive=20,
        timeout_graceful_shutdown=2,
    )


def compiling() -> bool:
    """Whether the live programs are still being compiled in this process."""
    return any(thread.name == COMPILING and thread.is_alive() for thread in threading.enumerate())


def _bound(host: str, port: int | None) -> socket.socket:
    """Return a listening socket; without a wish for a port any free one will do."""
    for wanted in (PORT, 0) if port is None else (port,):
        door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Head and body of an answer are two writes: without this the second waits 40 ms for the client's acknowledgement.
        # Connections inherit it; asyncio would set it too, but not on a socket that it is given by number.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            door.bind((host, wanted))
            door.listen(128)
        except (OSError, OverflowError) as error:
            door.close()
            if wanted != PORT or port is not None:
                raise EnvironmentProblem(
                    f"cannot listen on {host} port {wanted} ({error})", where="serve", hint="give another --port or --host"
                ) from None
        else:
            return door
    raise EnvironmentProblem("no free port", where="serve", hint="give --port")
