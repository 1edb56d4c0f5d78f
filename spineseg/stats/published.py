"""What the printed numbers of a table imply, with their rounding carried along.

A paper prints rounded means. Each function returns the interval of values that the
printed digits allow, so that "inconsistent" means: no unrounded numbers could have
been printed like this, under the assumption that the function names.
"""

import math

from scipy import stats

from spineseg.core.errors import SpinesegError
from spineseg.stats.ranges import Range, exactly, rounded

__all__ = [
    "Range",
    "f1_of",
    "interval_of_mean",
    "iou_of_dice",
    "mean_dice_given_mean_recall",
    "mean_iou_given_mean_dice",
    "prevalence_given",
    "rounded",
    "smallest_wilcoxon_p",
    "two_class_miou_given",
    "welch_from_summaries",
    "welch_of_printed",
]


def iou_of_dice(dice: Range) -> Range:
    """Return the IoU of one pair of masks with that Dice: D / (2 - D)."""
    return Range(dice.low / (2 - dice.low), dice.high / (2 - dice.high))


def mean_iou_given_mean_dice(dice: Range) -> Range:
    """Return the mean IoU over images that a mean Dice in [0, 1] allows.

    D / (2 - D) is convex: equal images give the least mean IoU, and a mixture of
    images at 0 and at 1 the most, which is the mean Dice itself.
    """
    least = iou_of_dice(Range(max(dice.low, 0), min(dice.high, 1)))
    return Range(least.low, min(dice.high, 1))


def mean_dice_given_mean_recall(recall: Range) -> Range:
    """Return the mean Dice over images that a mean recall allows.

    Dice is at most 2R / (1 + R) (precision one), which is concave: the mean is
    bounded by its value at the mean recall. Assumes per-image foreground recall.
    """
    top = min(max(recall.high, 0), 1)
    return Range(0.0, 2 * top / (1 + top))


def f1_of(precision: Range, recall: Range) -> Range:
    """Return the F1 score of one confusion matrix with these P and R."""
    return Range(
        _harmonic(precision.low, recall.low), _harmonic(precision.high, recall.high)
    )


def prevalence_given(accuracy: Range, recall: Range, dice: Range) -> Range:
    """Return the share of foreground that pooled accuracy, recall and Dice imply.

    With N pixels of which P are foreground, TP = R P and
    FP + FN = (1 - A) N; Dice = 2 TP / (2 TP + FP + FN), so
    P / N = Dice (1 - A) / (2 R (1 - Dice)). Assumes one pooled confusion matrix.

    Raises:
        SpinesegError: if the recall or one minus the Dice can be zero.
    """
    if recall.low <= 0 or dice.high >= 1:
        raise SpinesegError(
            "no prevalence follows", found=f"recall {recall}, dice {dice}"
        )
    low = dice.low * (1 - accuracy.high) / (2 * recall.high * (1 - dice.low))
    high = dice.high * (1 - accuracy.low) / (2 * recall.low * (1 - dice.high))
    return Range(max(low, 0.0), high)


def two_class_miou_given(dice: Range, accuracy: Range) -> Range:
    """Return the mean IoU of fore- and background that Dice and accuracy imply.

    With an error share e = 1 - A the true positives are TP = D e / (2 (1 - D)); the
    background's IoU is (1 - TP - e) / (1 - TP). Assumes one pooled confusion matrix
    and that the Dice is that of the foreground.

    Raises:
        SpinesegError: if the Dice can be one.
    """
    if dice.high >= 1:
        raise SpinesegError("no mean IoU follows", found=f"dice {dice}")
    corners = [
        _two_class_miou(d, a)
        for d in (dice.low, dice.high)
        for a in (accuracy.low, accuracy.high)
    ]
    return Range(min(corners), max(corners))


def _two_class_miou(dice: float, accuracy: float) -> float:
    error = 1 - accuracy
    hit = dice * error / (2 * (1 - dice))
    return (dice / (2 - dice) + (1 - hit - error) / (1 - hit)) / 2


def interval_of_mean(
    mean: Range | float, sd: Range | float, n: int, confidence: float = 0.95
) -> Range:
    """Return the t interval of a mean from its printed SD and sample size.

    For ranges of mean and SD, as :func:`rounded` gives them, it is the widest of the
    intervals that the printed digits allow.
    """
    middle, spread = exactly(mean), exactly(sd)
    if n < 2 or spread.low < 0:
        raise SpinesegError("no interval follows", found=f"n = {n}, SD = {sd}")
    half = float(stats.t.isf((1 - confidence) / 2, n - 1)) * spread.high / math.sqrt(n)
    return middle.widened(half)


def interval_of_sd(sd: float, n: int, confidence: float = 0.95) -> Range:
    """Return the chi-squared interval of the SD of normal values, from their own SD.

    Raises:
        SpinesegError: if there are fewer than two values.
    """
    if n < 2:
        raise SpinesegError("one value has no spread", found=f"{n} values")
    tail = (1 - confidence) / 2
    low, high = (float(stats.chi2.isf(t, n - 1)) for t in (tail, 1 - tail))
    return Range(sd * math.sqrt((n - 1) / low), sd * math.sqrt((n - 1) / high))


def welch_from_summaries(
    mean_1: float, sd_1: float, n_1: int, mean_2: float, sd_2: float, n_2: int
) -> float:
    """Return the two-sided p value of Welch's t test from means, SDs and sizes."""
    if min(n_1, n_2) < 2 or sd_1 == sd_2 == 0:
        raise SpinesegError("no test follows", found=f"n {n_1}, {n_2}; SD 0 or too few")
    result = stats.ttest_ind_from_stats(
        mean_1, sd_1, n_1, mean_2, sd_2, n_2, equal_var=False
    )
    return float(result.pvalue)


def welch_of_printed(
    mean_1: Range, sd_1: Range, n_1: int, mean_2: Range, sd_2: Range, n_2: int
) -> Range:
    """Return the p values of Welch's t test that rounded means and SDs allow.

    The range holds every such p value and may be a little wider: the t statistic and
    its degrees of freedom are taken at their extremes, each by itself.

    Raises:
        SpinesegError: for fewer than two in a group, or an SD that can be zero.
    """
    if min(n_1, n_2) < 2 or min(sd_1.low, sd_2.low) <= 0:
        raise SpinesegError("no test follows", found=f"n {n_1}, {n_2}; SD 0 or too few")
    gap = mean_1 - mean_2
    least, most = mean_1.apart(mean_2), max(abs(gap.low), abs(gap.high))
    errors = [math.hypot(getattr(sd_1, end) / math.sqrt(n_1),
                         getattr(sd_2, end) / math.sqrt(n_2))
              for end in ("low", "high")]  # fmt: skip
    freedom = _welch_freedom(sd_1 * sd_1 / n_1, n_1, sd_2 * sd_2 / n_2, n_2)
    low = 2 * stats.t.sf(most / errors[0], freedom.high)
    return Range(float(low), float(2 * stats.t.sf(least / errors[1], freedom.low)))


def _welch_freedom(v_1: Range, n_1: int, v_2: Range, n_2: int) -> Range:
    """Return the degrees of freedom; they depend on the ratio of variances alone.

    They rise to n_1 + n_2 - 2 at the ratio (n_1 - 1) / (n_2 - 1) and fall after it.
    """
    ratio, top = v_1 / v_2, (n_1 - 1) / (n_2 - 1)
    known = [ratio.low, ratio.high, *([top] if ratio.low < top < ratio.high else [])]
    found = [(1 + r) ** 2 / (r**2 / (n_1 - 1) + 1 / (n_2 - 1)) for r in known]
    return Range(min(found), max(found))


def smallest_wilcoxon_p(n: int, *, two_sided: bool = True) -> float:
    """Return the least p value that an exact signed-rank test on n pairs can give.

    All n differences of one sign: one sign pattern in 2^n, two of them two-sided. A
    smaller printed p value needs another test or more pairs.
    """
    if n < 1:
        raise SpinesegError("a signed-rank test needs a pair", found=n)
    return min(1.0, (2.0 if two_sided else 1.0) * 0.5**n)


def _harmonic(a: float, b: float) -> float:
    return 0.0 if a + b <= 0 else 2 * a * b / (a + b)
