"""WGAN with residual U-Net and clustered transformer (Liu et al. 2024): axial MRI."""

from spineseg.audit.checks.wgan_ctm import (
    equations,
    gains,
    ours,
    prepared,
    scores,
    setting,
    trends,
)

CHECKS = {
    **setting.CHECKS,
    **equations.CHECKS,
    **scores.CHECKS,
    **gains.CHECKS,
    **ours.CHECKS,
    **prepared.CHECKS,
    **trends.CHECKS,
}
