"""CervSpineNet (Sawant et al. 2026): cervical spinous processes, SAM encoder."""

from spineseg.audit.checks.cervspinenet import (
    equations,
    ours,
    prepared,
    scores,
    setting,
    terms,
    trends,
)

CHECKS = {
    **setting.CHECKS,
    **equations.CHECKS,
    **scores.CHECKS,
    **ours.CHECKS,
    **prepared.CHECKS,
    **terms.CHECKS,
    **trends.CHECKS,
}
