"""Live facts for the cover: numbers that the build counts, never typed by hand.

A small Sphinx extension. A page writes ``{fact}`chapters```; when every page has
been read (and every notebook run), the role becomes the number. The same numbers
are left beside the built pages as ``_static/facts.json``.

To add a fact, write a function ``env -> int | str`` and put it in ``FACTS``. A
number that another part of the project owns (networks in the registry, claims by
verdict) is counted there and only fetched here.
"""

import importlib
import importlib.util
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from docutils import nodes


def is_chapter(env: Any, page: str) -> bool:
    """A chapter is a page with a kernel: a notebook that can be run."""
    return bool(env.metadata.get(page, {}).get("kernelspec"))


def count_chapters(env: Any) -> int:
    """Pages that are notebooks."""
    return sum(is_chapter(env, page) for page in env.found_docs)


def count_figures(env: Any) -> int:
    """Numbered figures in all pages."""
    numbers = getattr(env, "toc_fignumbers", {})
    return sum(len(page.get("figure", {})) for page in numbers.values())


def count_exercises(env: Any) -> int:
    """Exercises in all pages (their solutions are not counted)."""
    registry = getattr(env, "sphinx_exercise_registry", {})
    return sum(entry.get("type") == "exercise" for entry in registry.values())


def time_to_run(env: Any) -> str:
    """How long all notebooks of this build took, one after the other."""
    data = getattr(env, "nb_metadata", {})
    runs = [page.get("exec_data") or {} for page in data.values()]
    seconds = sum(run.get("runtime") or 0.0 for run in runs)
    if seconds < 90:
        return f"{max(2, round(seconds))} seconds"
    return f"{seconds / 60:.0f} minutes"


def count_networks(env: Any) -> int:
    """Networks that the package's registry can build by name."""
    if importlib.util.find_spec("spineseg.models") is None:
        return 0
    return len(importlib.import_module("spineseg.models").list_models())


def claims_by_badge(*kinds: str) -> Callable[[Any], int]:
    """Claims whose verdict has one of these badges; no kind counts them all."""

    def count(env: Any) -> int:
        if importlib.util.find_spec("spineseg.notebook.claims_sphinx") is None:
            return 0
        page = importlib.import_module("spineseg.notebook.claims_sphinx")
        found = [one.verdict.badge for one in page.judged().values()]
        return sum(not kinds or badge in kinds for badge in found)

    return count


FACTS: dict[str, Callable[[Any], int | str]] = {
    "chapters": count_chapters,
    "claims": claims_by_badge(),
    "claims-failing": claims_by_badge("fails"),
    "claims-holding": claims_by_badge("holds"),
    "claims-open": claims_by_badge("open"),
    "claims-partly": claims_by_badge("partly"),
    "exercises": count_exercises,
    "figures": count_figures,
    "networks": count_networks,
    "time-to-run": time_to_run,
}


class FactNode(nodes.Inline, nodes.TextElement):
    """Stands for a fact until every page has been read."""


def fact_role(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, *_: Any
) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """The role ``{fact}`name```; an unknown name is an error of the build."""
    if text not in FACTS:
        known = ", ".join(sorted(FACTS))
        problem = inliner.reporter.error(
            f"there is no fact {text!r}; known are {known}", line=lineno
        )
        return [inliner.problematic(rawtext, rawtext, problem)], [problem]
    env = inliner.document.settings.env
    pages = getattr(env, "pages_with_facts", set())
    env.pages_with_facts = pages | {env.docname}
    return [FactNode("", fact=text)], []


def pages_to_write_again(app: Any, env: Any) -> Iterable[str]:
    """A fact may change when its own page does not."""
    return sorted(getattr(env, "pages_with_facts", set()) & set(env.found_docs))


def resolve(app: Any, tree: nodes.document, page: str) -> None:
    """Put the numbers where the role stood."""
    for node in list(tree.findall(FactNode)):
        text = str(FACTS[node["fact"]](app.env))
        node.replace_self(nodes.inline("", text, classes=["spx-fact"]))


def write_json(app: Any, problem: Exception | None) -> None:
    """Leave all facts beside the built pages, for whoever wants to read them."""
    if problem is not None or app.builder.format != "html":
        return
    facts = {name: count(app.env) for name, count in FACTS.items()}
    folder = Path(app.outdir) / "_static"
    folder.mkdir(exist_ok=True)
    text = json.dumps(facts, indent=2, sort_keys=True)
    (folder / "facts.json").write_text(text + "\n", encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """What Sphinx calls when it loads this extension."""
    app.add_node(FactNode)
    app.add_role("fact", fact_role)
    app.connect("env-updated", pages_to_write_again)
    app.connect("doctree-resolved", resolve)
    app.connect("build-finished", write_json)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
