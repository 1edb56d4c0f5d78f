"""Networks: ``create_model(name, in_channels, classes)``; they return logits."""

from spineseg.models import unet
from spineseg.models.registry import create_model, list_models

__all__ = ["create_model", "list_models", "unet"]
