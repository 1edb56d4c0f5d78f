"""SAM with point prompts: what its answers depend on."""

import pytest
import torch
from torch import nn

from spineseg import SpinesegError
from spineseg.models import create_model
from spineseg.models.point_prompts import centroids
from spineseg.models.presets import small

NAME, EACH = "cervspinenet/sam", "cervspinenet/sam_one_by_one"


def make(name=NAME, seed=0):
    torch.manual_seed(seed)
    return create_model(name, 1, 1, **small(name)).eval()


def test_two_pieces_have_two_centroids_and_a_picture_with_one_is_filled_up():
    masks = torch.zeros(3, 6, 8, dtype=torch.long)
    masks[0, 0:2, 0:4] = 1  # middle: x = 2, y = 1
    masks[0, 4:6, 6:8] = 2  # middle: x = 7, y = 5
    masks[1, 3, 3] = 1
    found = centroids(masks)
    assert found[0].tolist() == [[2, 1], [7, 5]]
    assert found[1, 0].tolist() == [3.5, 3.5]
    assert found[1, 1].isnan().all()
    assert found[2].isnan().all()


def test_pixels_that_touch_at_a_corner_are_one_piece():
    assert centroids(torch.eye(2).long()[None]).tolist() == [[[1, 1]]]


def test_empty_masks_have_no_points():
    assert centroids(torch.zeros(2, 4, 4).long()).shape == (2, 0, 2)


# --- the network


def test_a_missing_point_changes_nothing_in_one_mask_a_point():
    model, x = make(EACH), torch.randn(1, 1, 32, 32)
    one = torch.tensor([[[5.0, 9.0]]])
    padded = torch.cat([one, torch.full((1, 2, 2), torch.nan)], dim=1)
    found, expected = model.heads(x, padded), model.heads(x, one)
    torch.testing.assert_close(found, expected)


def test_one_by_one_is_the_maximum_of_the_single_answers():
    model, single, x = make(EACH), make(), torch.randn(1, 1, 32, 32)
    points = torch.tensor([[[5.0, 9.0], [20.0, 30.0]]])
    features = single.image_encoder(x.expand(1, 3, 32, 32))
    there = torch.ones(1, 1, dtype=torch.bool)
    answers = [single.answer(features, p[None, None] / 32, there) for p in points[0]]
    masks = torch.maximum(answers[0][0], answers[1][0])
    quality = (answers[0][1] + answers[1][1]) / 2
    both = torch.ones(1, 2, dtype=torch.bool)
    torch.testing.assert_close(
        model.answer(features, points / 32, both), (masks, quality)
    )


def test_where_no_point_is_nothing_is_found_and_the_loss_stays_finite():
    model, x = make(EACH), torch.randn(1, 1, 32, 32)
    logits = model(x, torch.full((1, 2, 2), torch.nan))
    assert (logits.sigmoid() == 0).all()
    loss = nn.functional.binary_cross_entropy_with_logits(
        logits, torch.ones(1, 1, 32, 32)
    )
    assert loss.isfinite()


@pytest.mark.parametrize("name", [NAME, EACH])
def test_the_answer_depends_on_the_point_and_not_on_the_order(name):
    model, x = make(name), torch.randn(1, 1, 32, 32)
    points = torch.tensor([[[4.0, 4.0], [30.0, 20.0]]])
    out = model(x, points)
    torch.testing.assert_close(model(x, points.flip(1)), out)
    assert not torch.allclose(model(x, points[:, :1]), out)


def test_a_point_outside_is_refused():
    with pytest.raises(SpinesegError, match=r"outside the picture.*x in 0 to 48"):
        make()(torch.zeros(1, 1, 32, 48), torch.tensor([[[49.0, 3.0]]]))


def test_what_no_point_reaches_is_not_trained():
    held = {n for n, p in make().named_parameters() if not p.requires_grad}
    assert {n.split(".")[1] for n in held} == {
        "mask_downscaling",
        "point_embeddings",
        "output_hypernetworks_mlps",
    }
    assert "prompt_encoder.point_embeddings.1.weight" not in held
