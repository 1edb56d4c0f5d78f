"""What a program owes the shell: silence when nobody reads its output any more."""

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CLOSED_PIPE = 141
"""Exit code of a program that a closed pipe ends: 128 and the number of SIGPIPE."""


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """End the program without a word when its output is a pipe that ``head`` closed.

    Only for standard output: a connection that breaks elsewhere stays an error.
    """
    try:
        try:
            yield
        finally:
            _flush()
    except BrokenPipeError:
        if _somebody_reads():
            raise
        # what was not written may stand in the buffer: leave it nowhere to fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLOSED_PIPE)


def _somebody_reads() -> bool:
    watched = select.poll()
    watched.register(sys.stdout.fileno(), select.POLLOUT)
    return not any(event & select.POLLERR for _, event in watched.poll(0))


def _flush() -> None:
    if sys.stdout is not None:  # the shell can close it: command >&-
        sys.stdout.flush()
