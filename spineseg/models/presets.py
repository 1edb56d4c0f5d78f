"""Small sizes of every network: the same wiring, a laptop's numbers.

``create_model(name, in_channels, classes, **small(name))`` trains in minutes and is
what the tests sweep over.
"""

from typing import Any

from spineseg.models.registry import MODELS

_UNET = {"widths": (4, 8, 16)}
_INCEPTION = _UNET | {"inception": (2, 2, 4, 2, 2, 2)}
_CVM = {"widths": (8, 8, 16, 16), "depths": (1, 1, 2, 1)}

_SMALL: dict[str, dict[str, Any]] = {
    "cvmunet/unet": _UNET,
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


def small(name: str) -> dict[str, Any]:
    """Return the reading that makes a network small.

    Raises:
        SpinesegError: if the name is unknown.
    """
    _ = MODELS[name]
    return dict(_SMALL[name])
