"""WGAN with residual U-Net and clustered transformer (Liu et al. 2024): axial MRI."""

from spineseg.audit.checks.wgan_ctm import equations, gains, ours, scores, setting

CHECKS = {
    **setting.CHECKS,
    **equations.CHECKS,
    **scores.CHECKS,
    **gains.CHECKS,
    **ours.CHECKS,
}
