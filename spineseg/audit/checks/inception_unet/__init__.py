"""Inception U-Net with dual output (Silveira et al. 2025): lumbar MRI."""

from spineseg.audit.checks.inception_unet import ours, scores, setting, trends

CHECKS = {**setting.CHECKS, **scores.CHECKS, **ours.CHECKS, **trends.CHECKS}
