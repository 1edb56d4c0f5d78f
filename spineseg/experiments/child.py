"""Another program's run as a part of ours: its words pass through, it ends with us."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from spineseg.core.errors import SpinesegError

PATIENCE_S = 5.0
"""How long an interrupted program may tidy up before it is killed.

Short, as nnU-Net's training does not leave by itself: it waits for its own workers.
"""


def call(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a program to its end; what it prints goes where ours does.

    Args:
        command: program and arguments, each its own word; no shell reads them.
        environment: variables beside those of this process.

    Raises:
        SpinesegError: if it ends with another code than 0.
    """
    sys.stdout.flush()
    with _ended_like_interrupted():
        child = subprocess.Popen(
            list(command),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,  # nobody answers: a question is an error at once
            start_new_session=True,  # so that its workers can be reached with it
        )
        try:
            code = child.wait()
        except BaseException:
            _stop(child)
            raise
    if code:
        raise SpinesegError(
            f"{os.path.basename(command[0])} failed",
            found=f"exit code {code}" if code > 0 else f"a kill by signal {-code}",
            remedy="Its own words stand above. Mend what they say; the same command "
            "goes on from there",
        )


def _stop(child: "subprocess.Popen[bytes]") -> None:
    """Interrupt a program and all of its workers; kill what does not heed it."""
    try:
        _signal(child, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_S)
    finally:
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """Let a closed terminal or a scheduler's end raise, as Ctrl-C does.

    Otherwise this process would go, and the program would work on unseen.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what signals do
        return

    def leave(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
