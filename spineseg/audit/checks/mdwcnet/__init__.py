"""MDWC-Net (Gu et al. 2025): spinal radiographs; tables and formulas are missing."""

from spineseg.audit.checks.mdwcnet import blocks, ours, tables, trends

CHECKS = {**tables.CHECKS, **ours.CHECKS, **blocks.CHECKS, **trends.CHECKS}
