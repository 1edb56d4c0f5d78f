"""Short quizzes: answers public, and a reason for every wrong choice."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass

from IPython.display import display

from spineseg.core.errors import SpinesegError

_SHORTEST_REASON = 10


@dataclass(frozen=True)
class Choice:
    """One answer to a question.

    text: what can be chosen.  reason: why it is right, or what is wrong with it.
    right: True for the one right answer.
    """

    text: str
    reason: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question and its choices, one of them right, in the order they are shown."""

    text: str
    choices: tuple[Choice, ...]


def right(text: str, reason: str) -> Choice:
    """Return the right answer and why it is right."""
    return Choice(text, reason, right=True)


def wrong(text: str, reason: str) -> Choice:
    """Return a wrong answer and what is wrong with it."""
    return Choice(text, reason)


def question(text: str, *choices: Choice) -> Question:
    """Return a question.

    Raises:
        SpinesegError: if there are fewer than two choices, two of them are equal, not
            exactly one is right, or one gives no reason.
    """
    fault = _fault(choices)
    if fault:
        raise SpinesegError(f"the question {text!r} cannot be asked", found=fault)
    return Question(text, choices)


def quiz(*questions: Question, name: str) -> None:
    """Display a quiz that a reader answers on the page, with or without a kernel.

    Nothing is graded or kept, except in the address of the page. Without a script the
    answers unfold under the questions; on paper they stand there.

    Args:
        questions: in reading order.
        name: of the quiz in the address, such as ``"quiz-losses"``.

    Raises:
        SpinesegError: if there is no question.
    """
    if not questions:
        raise SpinesegError("a quiz needs a question", found="none")
    asked = "".join(_asked(q, name, i) for i, q in enumerate(questions))
    answers = "".join(_answered(q) for q in questions)
    page = (
        f'<div class="spx-quiz" id="{html.escape(name)}">{asked}'
        '<details class="spx-answers"><summary>Answers and reasons</summary>'
        f"<ol>{answers}</ol></details></div>"
    )
    listed = [
        f"{i}. {q.text}\n" + "\n".join(f"   - {c.text}" for c in q.choices)
        for i, q in enumerate(questions, start=1)
    ]
    display({"text/html": page, "text/plain": "\n".join(listed)}, raw=True)


def _fault(choices: Sequence[Choice]) -> str | None:
    if len(choices) < 2 or len({c.text for c in choices}) < len(choices):
        return "fewer than two different choices"
    rights = sum(c.right for c in choices)
    if rights != 1:
        return f"{rights} right answers, not one"
    silent = [c.text for c in choices if len(c.reason) < _SHORTEST_REASON]
    return f"no reason for {silent[0]!r}" if silent else None


def _asked(question: Question, name: str, number: int) -> str:
    group = html.escape(f"{name}-{number}")
    data = json.dumps(
        [{"right": c.right, "reason": c.reason} for c in question.choices]
    )
    choices = "".join(
        f'<label><input type="radio" name="{group}" value="{i}"> '
        f"<span>{html.escape(c.text)}</span></label>"
        for i, c in enumerate(question.choices)
    )
    return (
        f'<fieldset class="spx-question" data-choices="{html.escape(data)}">'
        f"<legend>{number + 1}. {html.escape(question.text)}</legend>{choices}"
        "</fieldset>"
    )


def _answered(question: Question) -> str:
    (best,) = [c for c in question.choices if c.right]
    others = "".join(
        f"<li>Not “{html.escape(c.text)}”: {html.escape(c.reason)}</li>"
        for c in question.choices
        if not c.right
    )
    return (
        f"<li><b>{html.escape(best.text)}</b>: {html.escape(best.reason)}"
        f"<ul>{others}</ul></li>"
    )
