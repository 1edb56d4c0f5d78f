"""What a process does that is to be killed; started from a clean fork server."""

import multiprocessing
import os
import signal
import sys

from tiny import train

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["kill", "lightning_fabric"])


def count_calls(folder):
    """Train and leave behind how many functions were called."""
    calls = []
    sys.setprofile(lambda frame, event, arg: calls.append(1))
    train(folder, save_every=1)
    sys.setprofile(None)
    (folder / "calls.txt").write_text(str(len(calls)))


def die_at_call(folder, number):
    """Train, and fall dead at the n-th event of the interpreter, wherever that is."""
    calls = []

    def deadly(frame, event, arg):
        calls.append(1)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(deadly)
    train(folder, save_every=1)


def die_at(folder, function, number, before):
    """Train, and fall dead at the n-th call of a function of ``os``."""
    real, calls = getattr(os, function), []

    def deadly(*arguments, **more):
        calls.append(1)
        if len(calls) == number and before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*arguments, **more)
        if len(calls) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(os, function, deadly)
    train(folder, save_every=1)


def run(target, *arguments):
    """Start a process."""
    process = CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process
