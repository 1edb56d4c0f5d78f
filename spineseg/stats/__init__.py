"""Statistics for segmentation papers: the right unit, every choice a name."""

from spineseg.stats.agreement import (
    BlandAltman,
    bland_altman,
    icc_agreement,
    icc_consistency,
)
from spineseg.stats.bootstrap import (
    Interval,
    bootstrap_bca,
    bootstrap_images,
    bootstrap_patients,
    bootstrap_seeds_and_images,
)
from spineseg.stats.effect import cliffs_delta, cohens_d_paired, cohens_d_pooled
from spineseg.stats.multiple import benjamini_hochberg, bonferroni, holm
from spineseg.stats.paired import (
    TestResult,
    critical_difference,
    friedman,
    holm_post_hoc,
    mean_ranks,
    nemenyi,
    paired_t,
    permutation_paired,
    rank_p_values,
    wilcoxon_drop_zeros,
    wilcoxon_rank_zeros,
)
from spineseg.stats.power import pairs_needed, power_paired_t

__all__ = [
    "BlandAltman",
    "Interval",
    "TestResult",
    "benjamini_hochberg",
    "bland_altman",
    "bonferroni",
    "bootstrap_bca",
    "bootstrap_images",
    "bootstrap_patients",
    "bootstrap_seeds_and_images",
    "cliffs_delta",
    "cohens_d_paired",
    "cohens_d_pooled",
    "critical_difference",
    "friedman",
    "holm",
    "holm_post_hoc",
    "icc_agreement",
    "icc_consistency",
    "mean_ranks",
    "nemenyi",
    "paired_t",
    "pairs_needed",
    "permutation_paired",
    "power_paired_t",
    "rank_p_values",
    "wilcoxon_drop_zeros",
    "wilcoxon_rank_zeros",
]
