"""The `countermove` command: its commands, and what a failure looks like.

Exit codes: 0 done; 2 something in the input, the data or the machine is wrong, said in one or two lines; 70 a bug;
130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, Any

import typer

from countermove import __version__
from countermove.cli import (
    calibrate,
    catalog,
    check,
    claims,
    compare,
    demo,
    discover,
    doctor,
    evidence,
    explain,
    forecasts,
    infer,
    play,
    predict,
    read,
    reproduce,
    reproductions,
    review,
    run,
    schema,
    sensitivity,
    serve,
    substitute,
    sweep,
    timeline,
    what_matters,
    whatif,
)
from countermove.cli.output import open_streams, say
from countermove.errors import CountermoveError, EnvironmentProblem, InputError, did_you_mean, one_line, shortened

USAGE, BUG, INTERRUPTED = 2, 70, 130

EPILOG = """Examples:

\b
  countermove run h200-2026
  countermove run h200-rule+necessity --set levers.washington.duty=0.1
  countermove compare no-h200 h200-rule h200-rule+ban --out out/three
  countermove evidence parameters/supply.hbm_imports

Results go to stdout, progress and messages to stderr. Outputs are conditional forecasts under stated assumptions:
no prediction, no advice.
"""

app = typer.Typer(
    name="countermove",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=EPILOG,
    help="See the other side's answer before you make the move: a sourced simulator of the contest over AI chips between "
    "Washington and Beijing.",
)
for command in (
    run,
    compare,
    claims,
    explain,
    evidence,
    catalog,
    schema,
    demo,
    play,
    infer,
    reproduce,
    reproductions,
    doctor,
    check,
    timeline,
    whatif,
    serve,
    predict,
    substitute,
    sweep,
    sensitivity,
    discover,
    what_matters,
    calibrate,
    forecasts,
    read,
    review,
):
    command.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"countermove {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Hold the options that come before a command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; no failure prints a stack trace unless COUNTERMOVE_DEBUG=1 is set."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        open_streams()
        _check_place(given)
        code = _invoke(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`| head`); what is still buffered must not fail again at exit.
        _forget_output()
        code = 0
    except CountermoveError as error:
        code = _say(str(error), USAGE)
    except OSError as error:
        if os.environ.get("COUNTERMOVE_DEBUG") == "1":
            raise
        _forget_output()
        code = _say(str(_machine_problem(error)), USAGE)
    except Exception as error:
        if os.environ.get("COUNTERMOVE_DEBUG") == "1":
            raise
        code = _say(_bug_message(error), BUG)
    if code == INTERRUPTED:
        _say("interrupted; nothing was written", INTERRUPTED)
    sys.exit(code)


def _invoke(arguments: list[str]) -> int:
    """Run one command and return its exit code; usage errors become the one or two lines of our own errors."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="countermove", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # typer's own answer to a reader that went away is 1
            raise ended.__context__ from None
        raise
    except Exception as error:
        # Typer raises usage errors of its own or of click's classes, depending on its version; both can format themselves.
        if not hasattr(error, "format_message") or isinstance(error, CountermoveError):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message())
            return USAGE
        return _say(_usage_message(error, arguments), USAGE)
    return code if isinstance(code, int) else 0


def _usage_message(error: Any, arguments: list[str]) -> str:
    """Return a usage error with what was found, and the nearest command name or the way to the help text."""
    message = one_line(" ".join(error.format_message().split()))
    words = [argument for argument in arguments if not argument.startswith("-")]
    group: Any = typer.main.get_command(app)
    known: list[str] = []
    for word in words:
        if word not in getattr(group, "commands", {}):
            break
        known.append(word)
        group = group.commands[word]
    if message.startswith("No such command"):
        typed = words[len(known)] if len(words) > len(known) else ""
        where = f"{' '.join(known)} has no command named" if known else "no command named"
        return f"{where} '{shortened(typed)}'\n  {did_you_mean(typed, group.commands)}"
    found = _given_value(getattr(getattr(error, "param", None), "opts", ()), arguments)
    said = found is None or found in message or shortened(found) in message
    shown = message if said else f"{message} (found '{shortened(found)}')"
    return f"{shown}\n  see {' '.join(['countermove', *known, '--help'])}"


def _given_value(names: Sequence[str], arguments: list[str]) -> str | None:
    """Return what the command line gives for an option, None when it gives nothing."""
    for place, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if option in names:
            return value if equals else next(iter(arguments[place + 1 :]), None)
    return None


def _check_place(arguments: Sequence[str]) -> None:
    """Raise before any work: for a current folder that was removed, and for an argument (a file's name) that is no text.

    The first is an EnvironmentProblem, the second an InputError: names of other encodings can be opened but not written down.
    """
    for argument in arguments:
        if any("\ud800" <= char <= "\udfff" for char in argument):
            raise InputError(f"'{shortened(argument)}' is not UTF-8 text", where="arguments", hint="rename the file")
    try:
        os.getcwd()
    except FileNotFoundError:
        raise EnvironmentProblem("the current folder is gone", hint="change to a folder that exists") from None


def _forget_output() -> None:
    """Send what is still buffered nowhere, so that it does not fail again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _machine_problem(error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        error.strerror or str(error), where=shortened(error.filename or "output"), hint="see countermove doctor"
    )


def _bug_message(error: Exception) -> str:
    found = one_line(f"{type(error).__name__}: {' '.join(str(error).split())}")
    return f"unexpected problem ({found}); please report it, with the output of COUNTERMOVE_DEBUG=1 countermove ..."


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Treat a request to stop like an interrupt from the keyboard, so that what is half done is cleaned up."""
    raise KeyboardInterrupt


def _say(message: str, code: int) -> int:
    say(message, quiet=False)
    return code


if __name__ == "__main__":
    main()
