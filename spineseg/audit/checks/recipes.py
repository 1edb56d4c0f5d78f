"""Settings: a printed number against the recipe that trains with it.

A setting that holds can be followed, and is followed, by this package at the paper's
own size (profile ``full``). What the authors ran is not seen.
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict

FOLLOWED = "What is printed is what was run; only our recipe is seen."
_DEPARTS = "The recipe of this package departs from the sentence."


@cache
def full(recipe: str) -> Mapping[str, Any]:
    """Return every name and number of a recipe in the profile ``full``."""
    # late: recipes bring torch, which claims on tables do without
    from spineseg.experiments import create_recipe

    return asdict(create_recipe(recipe, "full"))


def setting(case: Case, recipe: str, path: str) -> str:
    """Return a name or number of a recipe as text; ``plan.batch`` is one in a part."""
    found: Any = full(recipe)
    for step in path.split("."):
        found = found[step]
    return case.ours(f"{recipe} {path}", found)


def as_printed(
    recipe: str,
    numbers: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    remark: str = "",
) -> Check:
    """A setting of a paper that its recipe must hold.

    Args:
        recipe: name of the recipe.
        numbers: name of the claim's number to the recipe's path.
        words: the recipe's path to the word that the sentence means.
        remark: what the sentence leaves out.
    """

    def check(case: Case) -> Finding:
        same, said = True, []
        for name, path in (numbers or {}).items():
            held = setting(case, recipe, path)
            same = same and float(held) == case.count(name)
            said.append(f"{path} {held}, printed {case.value(name)}")
        for path, word in (words or {}).items():
            held = setting(case, recipe, path)
            same = same and held == word
            said.append(f"{path} {held}, meant {word}")
        evidence = f"Recipe {recipe}: {'; '.join(said)}. {remark}".strip()
        if same:
            return Finding(Verdict.HOLDS, evidence, FOLLOWED)
        return Finding(Verdict.DEPENDS, evidence, FOLLOWED, _DEPARTS)

    return check
