"""How long a page took, said at its end."""

import platform
import time

from spineseg.core.profile import profile

_START = time.perf_counter()


def footer() -> None:
    """Print how long the page ran since its first import, and in which profile."""
    seconds = time.perf_counter() - _START
    print(
        f"This page took {seconds:.0f} s in the {profile().name} profile "
        f"(Python {platform.python_version()}, {platform.system()})."
    )
