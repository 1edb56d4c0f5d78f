"""A shell without a terminal, so that what a cell displays can be looked at."""

import pytest
from IPython.core.interactiveshell import InteractiveShell


@pytest.fixture(autouse=True, scope="session")
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()
