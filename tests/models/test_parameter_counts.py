"""What each network of the registry weighs, with its paper's channels and classes.

Where a paper prints a count, tests/audit holds it against ours; here all are pinned, so
that a changed default is seen.
"""

import pytest
import torch
from meta_networks import parameters

from spineseg.models import list_models
from spineseg.models.registry import MODELS

PARAMETERS = {
    "cervspinenet/cervspinenet": 90_457_729,
    "cervspinenet/cnn_basic": 780_833,
    "cervspinenet/cnn_full": 1_175_713,
    "cervspinenet/deeplab_v3_plus": 40_346_785,
    "cervspinenet/sam": 93_735_472,
    "cervspinenet/sam_one_by_one": 93_735_472,
    "cervspinenet/segformer_text": 3_845_729,
    "cervspinenet/unet": 31_043_521,
    "cervspinenet/vit_basic": 90_062_849,
    "cvmunet/attention_unet": 34_878_573,
    "cvmunet/channel_unet": 49_153_601,
    "cvmunet/condseg": 45_156_964,
    "cvmunet/convnext_unet": 33_113_281,
    "cvmunet/convnext_unet_res_relu": 36_600_961,
    "cvmunet/convnext_unet_scsa": 33_125_569,
    "cvmunet/convnext_unet_vss": 51_402_448,
    "cvmunet/cvm_unet": 54_902_416,
    "cvmunet/dense_unet": 12_266_113,
    "cvmunet/lightm_unet": 380_812,
    "cvmunet/md_unet": 8_712_033,
    "cvmunet/meta_unet": 21_696_033,
    "cvmunet/residual_unet": 18_055_553,
    "cvmunet/swin_unet": 27_168_132,
    "cvmunet/trans_unet": 68_787_313,
    "cvmunet/unet": 17_262_977,
    "cvmunet/unet_plus_plus": 47_176_132,
    "cvmunet/unext": 1_471_921,
    "cvmunet/vm_unet_v2": 22_734_070,
    "inception_unet/attention_unet": 31_741_638,
    "inception_unet/inception_unet": 31_463_140,
    "inception_unet/inception_unet_cbam": 31_515_956,
    "inception_unet/inception_unet_sam": 31_463_532,
    "inception_unet/inception_unet_se": 31_515_564,
    "inception_unet/resunet": 32_443_970,
    "inception_unet/resunet_cbam": 32_488_902,
    "inception_unet/resunet_sam": 32_444_362,
    "inception_unet/trans_unet": 23_969_282,
    "inception_unet/unet": 31_040_386,
    "inception_unet/unet_cbam": 31_087_366,
    "inception_unet/unet_dual_output": 31_042_436,
    "inception_unet/unet_inception": 31_461_090,
    "inception_unet/unet_sam": 31_042_826,
    "mdwcnet/ablation_unet": 6_544_418,
    "mdwcnet/aspp_for_mscaw": 15_575_170,
    "mdwcnet/attention_unet": 34_877_486,
    "mdwcnet/cbam_for_bieb": 3_437_656,
    "mdwcnet/deeplab_v3_plus": 40_347_042,
    "mdwcnet/fcn_8s": 134_271_430,
    "mdwcnet/mdwc_net": 8_683_510,
    "mdwcnet/mscaw": 3_141_206,
    "mdwcnet/mscaw_bieb": 8_420_470,
    "mdwcnet/mscaw_dfcb": 3_404_246,
    "mdwcnet/mscaw_lower": 7_862_358,
    "mdwcnet/mscaw_upper": 3_174_518,
    "mdwcnet/multi_scale": 3_141_206,
    "mdwcnet/plu_unet": 10_169_888,
    "mdwcnet/pspnet": 46_582_338,
    "mdwcnet/resunet": 18_054_338,
    "mdwcnet/trans_unet": 105_322_146,
    "mdwcnet/unet": 31_042_434,
    "wgan_ctm/critic": 3_915_969,
    "wgan_ctm/deeplab_v3_plus": 40_347_556,
    "wgan_ctm/generator": 35_589_956,
    "wgan_ctm/nnunet": 46_328_604,
    "wgan_ctm/res_unet": 32_436_292,
    "wgan_ctm/res_unet_ctm": 35_589_956,
    "wgan_ctm/res_unet_ctm_dconv": 35_589_956,
    "wgan_ctm/segnet": 29_444_164,
    "wgan_ctm/spine_gan": 3_713_860,
    "wgan_ctm/unet": 31_036_676,
    "wgan_ctm/unet_ctm": 34_190_340,
    "wgan_ctm/unet_tm": 34_190_340,
}


def test_every_network_is_pinned():
    assert set(PARAMETERS) == set(list_models())


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_number_of_parameters_stays_what_it_is(name):
    with torch.device("meta"):
        model = MODELS[name]()
    assert parameters(model) == PARAMETERS[name]
