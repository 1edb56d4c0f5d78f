import pytest
import torch

from spineseg.experiments import create_recipe, list_recipes
from spineseg.experiments.recipe import HEAD_LOSSES, LOSSES, PLAIN
from spineseg.experiments.recipes import inception_unet as recipes
from spineseg.experiments.run import fresh_model

NAMES = [name for name in list_recipes() if name.startswith("inception_unet/")]


def test_every_row_of_tables_2_to_5_and_9_has_a_recipe():
    # 5 x 4 of the grid, 2 modules, 7 attentions, 2 augmented, 5 with four classes
    assert len(NAMES) == 20 + 2 + 7 + 2 + 5


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_trains_what_it_names(name):
    recipe = create_recipe(name, "smoke")
    model = fresh_model(recipe, 0)
    side = recipe.preprocessing.numbers["size_px"]
    picture = torch.rand(2, 1, side, side)
    target = torch.randint(0, recipe.model.classes, (2, side, side))
    if recipe.loss in HEAD_LOSSES:
        value = HEAD_LOSSES[recipe.loss](model.heads(picture), target)
    else:
        value = LOSSES[recipe.loss](model(picture), target)
    value.backward()
    assert value.isfinite()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("name", NAMES)
def test_laptop_and_full_differ_in_widths_alone(name):
    laptop, full = create_recipe(name, "laptop"), create_recipe(name, "full")
    assert laptop.data == full.data
    assert laptop.preprocessing == full.preprocessing
    assert (laptop.loss, laptop.augmentation) == (full.loss, full.augmentation)
    assert laptop.plan == full.plan
    for argument, numbers in full.model.reading.items():
        quarter = laptop.model.reading[argument]
        many, few = (
            (numbers, quarter) if isinstance(numbers, list) else ([numbers], [quarter])
        )
        assert [4 * n for n in few] == many


def test_the_plan_is_the_papers():
    plan = create_recipe("inception_unet/inception_unet/dice", "full").plan
    assert (plan.epochs, plan.batch) == (50, 2)
    assert (plan.optimiser.name, plan.optimiser.rate) == ("adam", 1e-4)


def test_two_rows_are_augmented_and_differ_in_the_mirror():
    recipes = [create_recipe(n, "full") for n in NAMES]
    augmented = {r.name: r.augmentation.numbers for r in recipes if r.augmentation}
    row = "inception_unet/inception_unet/dice/augmented"
    assert augmented == {row: {}, f"{row}_unmirrored": {"mirrored": 0.0}}


def test_both_heads_cost_the_sum_of_their_losses():
    target = torch.zeros(1, 8, 8, dtype=torch.long)
    target[:, :4] = 1
    outputs = {"logits": torch.randn(1, 2, 8, 8), "auxiliary": torch.randn(1, 2, 2, 2)}
    small = torch.tensor([[[1, 1], [0, 0]]])
    duals = {k: plain for k, plain in PLAIN.items() if k.startswith("dual_")}
    assert len(duals) == 4
    for name, plain in duals.items():
        apart = LOSSES[plain](outputs["logits"], target)
        below = LOSSES[plain](outputs["auxiliary"], small)
        torch.testing.assert_close(HEAD_LOSSES[name](outputs, target), apart + below)


def test_binary_cross_entropy_of_both_channels_is_cross_entropy():
    """Why the row "BCE" trains with cross entropy."""
    logits = torch.randn(2, 2, 5, 5, dtype=torch.float64)
    target = torch.randint(0, 2, (2, 5, 5))
    hot = torch.nn.functional.one_hot(target, 2).movedim(-1, 1).double()
    both = torch.nn.functional.binary_cross_entropy(logits.softmax(1), hot)
    torch.testing.assert_close(both, LOSSES["cross_entropy"](logits, target))


def test_names_of_the_grid_are_network_and_loss():
    assert len(recipes.GRID) == 20
    assert recipes.GRID[0] == "unet/bce"
