"""Named settings: a laptop's numbers, and those that a table's printed cost asks for.

``create_model(name, in_channels, classes, **small(name))`` has the same wiring, trains
in minutes and is what the tests sweep over.
"""

from typing import Any

from spineseg.models.baselines.same_unets import ROWS as SAME_UNETS
from spineseg.models.mdwc_net import ROWS
from spineseg.models.registry import MODELS

_UNET = {"widths": (4, 8, 16)}
_INCEPTION = _UNET | {"inception": (2, 2, 4, 2, 2, 2)}
_VIT = {
    "channels": 16,
    "depth": 2,
    "heads": 2,
    "out": 8,
    "size": 64,
    "window": 3,
    "global_blocks": (1,),
}
_CERV = {"widths": (8, 8, 4, 4)}
_SAM = {"encoder": _VIT, "decoder": {"heads": 2, "hidden": 16}}
_MIT = {"widths": (4, 8, 8, 16), "depths": (1,) * 4, "heads": (1,) * 4, "channels": 8}
_CNN = _CERV | {"encoder_widths": (4, 4, 8, 8)}
_VGG = {"widths": (4, 4, 8, 8, 8)}
_RESNET = {"widths": (4, 4, 8, 8), "depths": (1, 1, 1, 1), "channels": 8}
_CVM = {"widths": (8, 8, 16, 16), "depths": (1, 1, 2, 1)}
_TRANS = {"depth": 1, "heads": 2, "size": 32}
_SWIN = {"channels": 8, "depths": (2, 1, 1, 1), "heads": (1, 2, 2, 4), "window": 2}
_R50_VIT = _TRANS | {"width": 8, "depths": (1, 1, 1), "channels": 16}

_SMALL: dict[str, dict[str, Any]] = {
    "cvmunet/unet": _UNET,
    "mdwcnet/plu_unet": _UNET,
    "mdwcnet/trans_unet": _R50_VIT,
    "cvmunet/md_unet": {"widths": (4, 4, 8, 8, 8)},
    "cvmunet/swin_unet": _SWIN,
    "cvmunet/trans_unet": _TRANS | {"width": 8, "hidden": 8},
    "cvmunet/dense_unet": {"width": 8, "layers": (1, 1, 1, 1), "growth": 4},
    "cvmunet/channel_unet": _UNET,
    "cvmunet/attention_unet": _UNET,
    "cvmunet/residual_unet": _UNET,
    "cvmunet/unet_plus_plus": _UNET,
    "cvmunet/unext": {"widths": (5, 5, 10, 10, 15)},
    "cvmunet/lightm_unet": {"depths": (1, 1), "filters": 16, "states": 2},
    "cvmunet/meta_unet": {
        "widths": (4, 4, 8, 8),
        "depths": (1, 1, 1, 1),
        "channels": 8,
        "heads": 2,
    },
    "cvmunet/condseg": {"widths": (4, 4, 8), "depths": (1, 1, 1), "channels": 8},
    "cvmunet/vm_unet_v2": _CVM | {"channels": 4, "states": 2},
    "cvmunet/cvm_unet": _CVM | {"heads": 2, "vss": {"states": 4}},
    **dict.fromkeys(
        (
            "cvmunet/convnext_unet",
            "cvmunet/convnext_unet_res_relu",
            "cvmunet/convnext_unet_scsa",
            "cvmunet/convnext_unet_vss",
        ),
        _CVM,
    ),
    "cervspinenet/cervspinenet": _CERV | {"encoder": _VIT},
    "cervspinenet/vit_basic": _CERV | {"encoder": _VIT},
    "cervspinenet/cnn_basic": _CNN,
    "cervspinenet/cnn_full": _CNN,
    **dict.fromkeys(("cervspinenet/sam", "cervspinenet/sam_one_by_one"), _SAM),
    "cervspinenet/segformer_text": _MIT,
    **dict.fromkeys((f"mdwcnet/{row}" for row in ROWS), _UNET),
    **dict.fromkeys(
        (
            "wgan_ctm/unet",
            "wgan_ctm/res_unet",
            "wgan_ctm/unet_tm",
            "wgan_ctm/unet_ctm",
            "wgan_ctm/res_unet_ctm",
            "wgan_ctm/res_unet_ctm_dconv",
            "wgan_ctm/nnunet",
        ),
        _UNET,
    ),
    **dict.fromkeys(SAME_UNETS, _UNET),
    "mdwcnet/fcn_8s": _VGG | {"hidden": 8},
    "wgan_ctm/segnet": _VGG,
    "wgan_ctm/spine_gan": {"widths": (4, 8, 8), "rates": (1, 2), "window": 4},
    "mdwcnet/pspnet": _RESNET,
    "cervspinenet/deeplab_v3_plus": _RESNET,
    "mdwcnet/deeplab_v3_plus": _RESNET,
    "wgan_ctm/deeplab_v3_plus": _RESNET,
    "wgan_ctm/generator": _UNET | {"heads": 2, "inner": 8, "clusters": 4},
    "wgan_ctm/critic": {"widths": (4, 4, 8, 8, 8)},
    **dict.fromkeys(
        (
            "inception_unet/unet",
            "inception_unet/unet_sam",
            "inception_unet/unet_cbam",
            "inception_unet/unet_dual_output",
            "inception_unet/unet_inception",
            "inception_unet/resunet",
            "inception_unet/resunet_sam",
            "inception_unet/resunet_cbam",
            "inception_unet/attention_unet",
        ),
        _UNET,
    ),
    "inception_unet/trans_unet": _UNET | {"inner": 8, "heads": 2, "hidden": 8},
    **dict.fromkeys(
        (
            "inception_unet/inception_unet",
            "inception_unet/inception_unet_se",
            "inception_unet/inception_unet_sam",
            "inception_unet/inception_unet_cbam",
        ),
        _INCEPTION,
    ),
}

# cvmunet's Table 3; found by a search, see the networks' docstrings
_AT_PRINTED_COST: dict[str, dict[str, Any]] = {
    "cvmunet/md_unet": {
        "widths": (32, 128, 192, 256, 336),
        "modules": (1, 1, 2, 2, 2),
        "stride": 2,
    },
    "cvmunet/condseg": {
        "channels": 136,
        "decoded": 148,
        "fuse_kernel": 1,
        "refine": (5, 8, 5),
        "last": 1,
    },
}


def small(name: str) -> dict[str, Any]:
    """Return the reading that makes a network small.

    Raises:
        SpinesegError: if the name is unknown.
    """
    _ = MODELS[name]
    return dict(_SMALL[name])


def at_printed_cost(name: str) -> dict[str, Any]:
    """Return the reading with the parameters and operations that the paper prints.

    Empty where the defaults have them already, or no paper prints any. That a reading
    meets two numbers does not make it the network that the authors ran.

    Raises:
        SpinesegError: if the name is unknown.
    """
    _ = MODELS[name]
    return dict(_AT_PRINTED_COST.get(name, {}))
