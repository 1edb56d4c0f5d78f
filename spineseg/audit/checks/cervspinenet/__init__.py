"""CervSpineNet (Sawant et al. 2026): cervical spinous processes, SAM encoder."""

from spineseg.audit.checks.cervspinenet import equations, ours, scores, setting

CHECKS = {**setting.CHECKS, **equations.CHECKS, **scores.CHECKS, **ours.CHECKS}
