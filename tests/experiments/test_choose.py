import pytest

from spineseg import SpinesegError
from spineseg.experiments import choose_recipes, create_recipe, list_recipes


def test_a_name_is_itself_and_a_star_is_all():
    assert choose_recipes(["cvmunet/unet"]) == ["cvmunet/unet"]
    assert choose_recipes(["*"]) == list_recipes()
    # a recipe whose name begins others' names is still only itself
    assert choose_recipes(["cervspinenet/unet"]) == ["cervspinenet/unet"]


def test_a_paper_is_all_its_recipes():
    of = [name for name in list_recipes() if name.startswith("mdwcnet/")]
    assert choose_recipes(["mdwcnet"]) == of != []


def test_patterns_keep_order_and_name_each_once():
    found = choose_recipes(["inception_unet/unet/dice", "inception_unet/*/dice"])
    assert found[0] == "inception_unet/unet/dice"
    assert len(found) == len(set(found)) > 3
    assert all(name.endswith("/dice") for name in found)


def test_networks_are_named_with_or_without_their_paper():
    short = choose_recipes(["inception_unet"], ["unet", "resunet"])
    full = ["inception_unet/unet", "inception_unet/resunet"]
    assert short == choose_recipes(["inception_unet"], full)
    assert {create_recipe(name).model.name for name in short} == set(full)
    assert choose_recipes(["*"], ["cvmunet/unet"]) == ["cvmunet/unet"]


@pytest.mark.parametrize(
    ("names", "models", "text"),
    [
        (["cvmunet/nothing"], [], "unknown recipe.*spineseg train lists all"),
        (
            ["inception_unet/inceptoin_unet"],
            [],
            "perhaps inception_unet/inception_unet",
        ),
        (["*/nothing"], [], "unknown recipe"),
        (["cvmunet"], ["resunet"], "none of these recipes"),
        (["cvmunet"], ["unet", "vnet"], "'vnet'; expected perhaps cvmunet/unet"),
    ],
)
def test_what_means_nothing_is_refused(names, models, text):
    with pytest.raises(SpinesegError, match=text):
        choose_recipes(names, models)
