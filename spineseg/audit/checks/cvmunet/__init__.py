"""Cvm-UNet (Xue et al. 2025): spinal radiographs, ConvNeXt, VMamba, SCSA."""

from spineseg.audit.checks.cvmunet import scores, setting, testing

CHECKS = {**setting.CHECKS, **scores.CHECKS, **testing.CHECKS}
