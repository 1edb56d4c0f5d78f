"""Cvm-UNet (Xue et al. 2025): spinal radiographs, ConvNeXt, VMamba, SCSA."""

from spineseg.audit.checks.cvmunet import (
    blocks,
    ours,
    prepared,
    printed,
    scores,
    setting,
    testing,
    trends,
)

CHECKS = {
    **setting.CHECKS,
    **scores.CHECKS,
    **testing.CHECKS,
    **ours.CHECKS,
    **blocks.CHECKS,
    **prepared.CHECKS,
    **printed.CHECKS,
    **trends.CHECKS,
}
