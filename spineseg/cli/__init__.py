"""The command line: ``spineseg COMMAND``.

One module a command; each adds itself to ``app`` and imports what it needs when it
runs, so that ``spineseg --help`` answers at once.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

import spineseg
from spineseg.core.errors import SpinesegError

app = typer.Typer(
    help="Spine segmentation: synthetic patients, readers, networks, audits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"spineseg {spineseg.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print it."
    ),
) -> None:
    """Hold the options that stand before a command."""


INTERRUPTED = 130


def main() -> None:
    """Run the command line; an error of the user's gives one line and exit code 2.

    An error of the machine's (no space, no permission, no such host) does so, too. An
    interruption is told and leaves with 130, as shells do.
    """
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        code = INTERRUPTED
    except Exception as error:
        message = _told(error)
        if message is None:
            raise
        sys.exit(_complain(message))
    if code == INTERRUPTED:
        print("spineseg: interrupted", file=sys.stderr)
    sys.exit(code or 0)


def _told(error: Exception) -> str | None:
    """Return what an error says to the user; None is a fault of this program."""
    if isinstance(error, SpinesegError):
        return str(error)
    if isinstance(error, OSError):
        return str(SpinesegError(error.strerror or str(error), path=error.filename))
    if isinstance(error, MemoryError):
        return f"the memory of this machine does not suffice. {error}".rstrip()
    if "no locator available" in str(error):  # numba's
        remedy = "Set NUMBA_CACHE_DIR to a folder that can be written to"
        return str(SpinesegError("compiled code can be kept nowhere", remedy=remedy))
    # every misuse of an option: click's family of errors, or typer's copy of it
    explain = getattr(error, "format_message", None)
    return None if explain is None else explain()


@contextmanager
def goes_on_later() -> Iterator[None]:
    """Say, where a command is interrupted, that the same one goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("What is finished stays; the same command goes on.", err=True)
        raise


def _complain(message: str) -> int:
    # without a command the help has been shown and there is nothing to add
    if message:
        print(f"spineseg: {message}", file=sys.stderr)
    return 2


def _register_commands() -> None:
    """Import every module of this folder; each adds its command to ``app``."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


_register_commands()
