"""How much memory work takes above what the process had before it; Linux only."""

from pathlib import Path

KIB = 2**20  # of a GiB; Linux counts memory in KiB


def memory_gib(line: str) -> float:
    """Return what Linux says of this process: VmRSS is now, VmHWM the peak so far."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{line}:")[2].split()[0]) / KIB


def forget_peak() -> None:
    """Let the peak begin anew: importing takes more for a moment than it keeps."""
    Path("/proc/self/clear_refs").write_text("5")
