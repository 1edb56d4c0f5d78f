"""What every test may lean on."""

from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("Agg")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Optional real files beside the repository; tests that need them say so."""
    if not SHARED.is_dir():
        pytest.skip("the optional folder of real files is not beside the repository")
    return SHARED
