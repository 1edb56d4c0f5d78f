"""From what a user types to the recipes that are meant."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from spineseg.core.registry import unknown
from spineseg.experiments.recipe import create_recipe, list_recipes


def choose_recipes(names: Iterable[str], models: Iterable[str] = ()) -> list[str]:
    """Return the recipes meant by names, each once, in the order of the names.

    Args:
        names: of recipes, of papers (all their recipes), or patterns with ``*``, ``?``
            or ``[]`` such as ``inception_unet/*/dice``.
        models: keep only recipes that train these networks: ``unet``, or
            ``cvmunet/unet`` for the one of a certain paper.  None keeps all.

    Raises:
        SpinesegError: if a name means no recipe, or a network is in none of them.
    """
    meant = list(dict.fromkeys(one for name in names for one in _meant(name)))
    wanted = list(models)
    if not wanted:
        return meant
    kept: set[str] = set()
    for model in wanted:
        found = {one for one in meant if _trains(one, model)}
        if not found:
            known = sorted({_network(one) for one in meant})
            problem = "none of these recipes trains this network"
            raise unknown(problem, model, known)
        kept |= found
    return [one for one in meant if one in kept]


def _meant(name: str) -> list[str]:
    known = list_recipes()
    if name in known:
        return [name]
    pattern = name if any(sign in name for sign in "*?[") else f"{name}/*"
    found = [one for one in known if fnmatchcase(one, pattern)]
    # the registry knows how to say that there is no such recipe
    return found or [create_recipe(name).name]


def _network(recipe: str) -> str:
    return create_recipe(recipe).model.name


def _trains(recipe: str, model: str) -> bool:
    network = _network(recipe)
    return model in (network, network.rpartition("/")[2])
