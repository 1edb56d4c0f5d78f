"""A shell without a terminal, and the cases of the shared tests of checkers."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

# before a test module imports it, so that its asserts are told in full
pytest.register_assert_rewrite("answering")


@pytest.fixture(autouse=True, scope="session")
def shell():
    """So that what a cell displays can be looked at."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def pytest_generate_tests(metafunc):
    """Deal a module's RIGHT and WRONG out to the tests of answering.py."""
    prefix = getattr(metafunc.module, "PREFIX", "")
    if "right_exercise" in metafunc.fixturenames:
        right = metafunc.module.RIGHT
        metafunc.parametrize(
            ("right_exercise", "right_answer"),
            [(prefix + key, answer) for key, answer in right.items()],
            ids=list(right),
        )
    if "wrong_exercise" in metafunc.fixturenames:
        pattern = re.escape if getattr(metafunc.module, "LITERAL", False) else str
        metafunc.parametrize(
            ("wrong_exercise", "wrong_answer", "hint"),
            [
                (prefix + key, answer, pattern(hint))
                for key, answer, hint in metafunc.module.WRONG
            ],
            ids=[f"{key}-{hint}" for key, _, hint in metafunc.module.WRONG],
        )
