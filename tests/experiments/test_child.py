"""A program that is run as a part of ours."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from spineseg import SpinesegError
from spineseg.experiments import child

NEST = """
import pathlib, subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path(sys.argv[1] + ".part").write_text(str(inner.pid))
pathlib.Path(sys.argv[1] + ".part").rename(sys.argv[1])
time.sleep(60)
"""


def send_when(ready, number):
    """Send this process a signal as soon as a file is there."""

    def send():
        while not ready.exists():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    threading.Thread(target=send, daemon=True).start()


def gone(pid):
    """Say whether a process ends within seconds; a zombie has ended."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_words_pass_through_and_no_shell_reads_them(tmp_path, capfd):
    tell = "import os, sys; print(sys.argv[1], os.environ['WHERE'])"
    child.call([sys.executable, "-ISc", tell, "$HOME; *"], {"WHERE": "a b"})
    assert capfd.readouterr().out == "$HOME; * a b\n"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.exit(3)", "exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", "a kill by signal 9"),
        ("input()", "exit code 1"),
    ],
)
def test_a_failure_is_told_with_its_code(code, words):
    with pytest.raises(SpinesegError, match=words):
        child.call([sys.executable, "-ISc", code], {})


@pytest.mark.parametrize(
    ("number", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)],
)
def test_an_interrupted_program_ends_with_its_workers(tmp_path, number, raised):
    ready = tmp_path / "ready"
    before = signal.getsignal(signal.SIGTERM)
    send_when(ready, number)
    with pytest.raises(raised):
        child.call([sys.executable, "-ISc", NEST, str(ready)], {})
    assert gone(int(ready.read_text()))
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_program_that_does_not_heed_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(child, "PATIENCE_S", 0.2)
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + NEST
    ready = tmp_path / "ready"
    send_when(ready, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        child.call([sys.executable, "-ISc", deaf, str(ready)], {})
    assert gone(int(ready.read_text()))
