"""Show the source of what a chapter talks about."""

import ast
import inspect
import textwrap
from typing import Any

from IPython.display import display
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

SOURCE_MIME = "application/vnd.spineseg.source+json"


def show(obj: Any, *, docstring: bool = False) -> None:
    """Display the source of a class, function or module, highlighted.

    Args:
        obj: anything :func:`inspect.getsource` can find.
        docstring: keep the docstring; chapters say in prose what it says.
    """
    source = textwrap.dedent(inspect.getsource(obj)).rstrip()
    if not docstring:
        source = _without_docstring(source)
    module = inspect.getmodule(obj)
    where = module.__name__ if module else ""
    html = highlight(
        source, PythonLexer(), HtmlFormatter(noclasses=True, nobackground=True)
    )
    display(
        {
            SOURCE_MIME: {"source": source, "where": where},
            "text/html": html,
            "text/plain": source,
        },
        raw=True,
    )


def _without_docstring(source: str) -> str:
    """Return the source of a definition without its own (first) docstring."""
    body = ast.parse(source).body
    if not body or not isinstance(
        body[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ):
        return source
    definition = body[0]
    first = definition.body[0]
    if ast.get_docstring(definition) is None or len(definition.body) == 1:
        return source
    lines = source.splitlines()
    end = first.end_lineno or first.lineno
    kept = lines[: first.lineno - 1] + lines[end:]
    while len(kept) >= first.lineno and not kept[first.lineno - 1].strip():
        del kept[first.lineno - 1]
    return "\n".join(kept)
