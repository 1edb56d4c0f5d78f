"""Grad-CAM and occlusion against captum."""

import pytest
import torch

from spineseg.explain import grad_cam, mean_logit, occlusion_map
from spineseg.models import create_model
from spineseg.models.presets import small

attr = pytest.importorskip("captum.attr")
pytestmark = pytest.mark.oracle


def network():
    torch.manual_seed(0)
    name = "inception_unet/unet"
    x = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    return create_model(name, 1, 1, **small(name)).eval(), x


TARGET = mean_logit(0, torch.ones(16, 16, dtype=torch.bool))


@pytest.mark.parametrize("layer", ["encoder.0", "encoder.2", "decoder.0"])
def test_grad_cam_is_that_of_captum(layer):
    model, x = network()
    oracle = attr.LayerGradCam(lambda p: TARGET(model(p)), model.get_submodule(layer))
    theirs = oracle.attribute(x, relu_attributions=True)[:, 0]
    torch.testing.assert_close(grad_cam(model, x, TARGET, layer), theirs.detach())


def test_occlusion_is_that_of_captum_where_patches_do_not_overlap():
    model, x = network()
    theirs = attr.Occlusion(lambda p: TARGET(model(p))).attribute(
        x, sliding_window_shapes=(1, 4, 4), strides=(1, 4, 4), baselines=0.5
    )
    ours = occlusion_map(model, x, TARGET, 0.5, patch_px=4, stride_px=4)
    torch.testing.assert_close(ours, theirs[:, 0].to(ours), atol=1e-6, rtol=1e-4)
