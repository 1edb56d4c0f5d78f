"""Networks: ``create_model(name, in_channels, classes)``; they return logits."""

from spineseg.models import (
    cervspinenet,
    cvm_unet,
    inception_unet,
    mdwc_net,
    unet,
    wgan_ctm,
)
from spineseg.models.baselines import inception_unet_rows
from spineseg.models.registry import create_model, list_models

__all__ = [
    "cervspinenet",
    "create_model",
    "cvm_unet",
    "inception_unet",
    "inception_unet_rows",
    "list_models",
    "mdwc_net",
    "unet",
    "wgan_ctm",
]
