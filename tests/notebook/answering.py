"""The tests that every module of checkers passes; the module brings the cases.

A test module takes them in by ``from answering import *`` and says

- ``PREFIX``: of the exercises' names, such as ``"inception-data."``; none is empty,
- ``RIGHT``: exercise to an answer that is right,
- ``WRONG``: (exercise, a wrong answer, a pattern that the hint holds),
- ``LITERAL = True`` where the patterns are words to be found as they stand,
- ``ODD``: an answer of a form that no exercise asks for; NaN where nothing is said.

``pytest_generate_tests`` in conftest.py deals them out, a case each.
"""

import importlib
import re

import numpy as np

from spineseg.notebook import answers
from spineseg.notebook.exercises import judge

__all__ = [
    "test_a_wrong_answer_gets_a_hint_that_fits",
    "test_an_answer_of_an_odd_form_is_no_crash",
    "test_every_exercise_has_a_case_of_each_kind",
    "test_nan_is_no_right_answer",
    "test_the_right_answer_is_accepted",
]


def test_every_exercise_has_a_case_of_each_kind(request):
    chapter = request.module.__name__.removeprefix("test_answers_")
    checkers = importlib.import_module(f"{answers.__name__}.{chapter}").ANSWERS
    prefix = getattr(request.module, "PREFIX", "")
    assert {prefix + key for key in request.module.RIGHT} == set(checkers)
    assert {prefix + key for key, *_ in request.module.WRONG} == set(checkers)


def test_the_right_answer_is_accepted(right_exercise, right_answer):
    assert judge(right_exercise, right_answer) is None


def test_a_wrong_answer_gets_a_hint_that_fits(wrong_exercise, wrong_answer, hint):
    fault = judge(wrong_exercise, wrong_answer)
    assert fault is not None
    assert re.search(hint, fault)
    assert not fault.endswith(".")


def test_an_answer_of_an_odd_form_is_no_crash(right_exercise, right_answer, request):
    odd = getattr(request.module, "ODD", np.nan)
    assert judge(right_exercise, odd) is not None


def test_nan_is_no_right_answer(right_exercise, right_answer):
    for answer in with_nan(right_answer):
        assert judge(right_exercise, answer) is not None


def with_nan(answer):
    """Return the answers that come from one by setting NaN for a number."""
    if callable(answer):
        return [lambda *_, **__: np.nan]
    if isinstance(answer, tuple):
        return [
            (*answer[:place], other, *answer[place + 1 :])
            for place, one in enumerate(answer)
            for other in with_nan(one)
        ]
    return [np.nan] if isinstance(answer, int | float) else []
