"""The checks: one module or package a paper, each a table from claim to check.

A check takes a :class:`~spineseg.audit.case.Case` and returns a
:class:`~spineseg.audit.verdict.Finding`. Most are made by the factories of
``compare``, ``ranking``, ``bounds``, ``words`` and ``formulae``.
"""

from spineseg.audit.case import Check
from spineseg.audit.checks import (
    cervspinenet,
    cvmunet,
    inception_unet,
    mdwcnet,
    wgan_ctm,
)

CHECKS: dict[str, Check] = {
    **cvmunet.CHECKS,
    **cervspinenet.CHECKS,
    **mdwcnet.CHECKS,
    **inception_unet.CHECKS,
    **wgan_ctm.CHECKS,
}
"""The check of each claim that has one."""
