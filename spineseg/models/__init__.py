"""Networks: ``create_model(name, in_channels, classes)``; they return logits."""

from spineseg.models import (
    cervspinenet,
    cvm_unet,
    inception_unet,
    mdwc_net,
    sam,
    unet,
    wgan_ctm,
)
from spineseg.models.baselines import (
    attention_unet,
    inception_unet_rows,
    lightm_unet,
    nnunet,
    residual_unet,
    resnet_nets,
    same_unets,
    segformer_text,
    spine_gan,
    unet_plus_plus,
    unext,
    vgg_nets,
    vm_unet_v2,
)
from spineseg.models.registry import create_model, list_models

__all__ = [
    "attention_unet",
    "cervspinenet",
    "create_model",
    "cvm_unet",
    "inception_unet",
    "inception_unet_rows",
    "lightm_unet",
    "list_models",
    "mdwc_net",
    "nnunet",
    "residual_unet",
    "resnet_nets",
    "sam",
    "same_unets",
    "segformer_text",
    "spine_gan",
    "unet",
    "unet_plus_plus",
    "unext",
    "vgg_nets",
    "vm_unet_v2",
    "wgan_ctm",
]
