"""Carry a computed number from a cell into the prose, and set it well there."""

import re
from typing import Any

from IPython.display import display

_PREFIX = "application/papermill.record/"


def glue(name: str, value: Any) -> None:
    """Keep a value for the text: write ``{glue:text}`` and the name in backticks.

    Args:
        name: unique on the page.
        value: a number or a string; NumPy and torch scalars become plain ones, so
            that a format such as ``:.2f`` can follow the name.
    """
    plain = value.item() if hasattr(value, "item") else value
    display(
        {f"{_PREFIX}text/plain": repr(plain)},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": _PREFIX}},
    )


def with_minus(text: str) -> str:
    """Return the text with a minus sign before negative numbers, not a hyphen."""
    return re.sub(r"(?<![\w.-])-(?=\d)", "\N{MINUS SIGN}", text)
