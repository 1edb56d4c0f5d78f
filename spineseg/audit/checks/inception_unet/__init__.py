"""Inception U-Net with dual output (Silveira et al. 2025): lumbar MRI."""

from spineseg.audit.checks.inception_unet import scores, setting

CHECKS = {**setting.CHECKS, **scores.CHECKS}
