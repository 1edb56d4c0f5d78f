"""Printed numbers against recomputed ones, with rounding and several readings."""

from collections.abc import Callable, Mapping, Sequence

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict, all_of
from spineseg.stats.ranges import Range

_ONE_EXPERIMENT = "The printed numbers are those of one experiment."
Numbers = Callable[[Case], Sequence[Range] | Range]


def near(printed: Range, computed: Range, tolerance: float = 0.0) -> Verdict:
    """Return whether a printed number can be the computed one.

    Holds if some unrounded values agree, within tolerance if the gap between the
    ranges is no larger than it.
    """
    gap = printed.apart(computed)
    if gap == 0:
        return Verdict.HOLDS
    return Verdict.WITHIN_TOLERANCE if gap <= tolerance else Verdict.CONTRADICTED


def show(number: Range, digits: int = 4) -> str:
    """Write a range as its middle, with both ends if the digits can tell them."""
    middle, low, high = (
        f"{round(x, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")
        for x in (number.middle, number.low, number.high)
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def total(
    *parts: str,
    whole: str | float,
    of: str | None = None,
    parts_of: str | None = None,
) -> Check:
    """Counts that must add up exactly to a value of the claim or to a number."""

    def check(case: Case) -> Finding:
        numbers = [case.count(part, of=parts_of) for part in parts]
        target = case.count(whole, of=of) if isinstance(whole, str) else whole
        found = round(sum(numbers), 9)
        verdict = Verdict.HOLDS if found == target else Verdict.CONTRADICTED
        terms = " + ".join(f"{n:g}" for n in numbers)
        return Finding(verdict, f"{terms} = {found:g}; printed {target:g}.")

    return check


def recomputed(
    names: Sequence[str] | str, compute: Numbers, what: str, assumption: str = ""
) -> Check:
    """Values of the claim that must follow from other printed numbers."""
    wanted = [names] if isinstance(names, str) else list(names)

    def check(case: Case) -> Finding:
        verdicts, texts = _compare(case, wanted, compute(case))
        evidence = f"{what}: {'; '.join(texts)}."
        return Finding(all_of(verdicts), evidence, assumption)

    return check


def readings(
    names: Sequence[str] | str,
    options: Mapping[str, Numbers],
    assumption: str = _ONE_EXPERIMENT,
    *,
    primary: str | None = None,
) -> Check:
    """Values that several readings of a sentence may give.

    If the primary reading (the sentence's own words) fits, the claim holds. If only
    another one does it depends on the definition. If none fits as a whole it is
    contradicted. Without a primary reading all must fit for the claim to hold.
    """
    wanted = [names] if isinstance(names, str) else list(names)

    def check(case: Case) -> Finding:
        outcome, texts = {}, []
        for label, compute in options.items():
            verdicts, parts = _compare(case, wanted, compute(case))
            outcome[label] = all_of(verdicts)
            said = "fits" if outcome[label] != Verdict.CONTRADICTED else "does not fit"
            texts.append(f"{label}: {'; '.join(parts)} ({said})")
        verdict = _of_readings(outcome, primary)
        fitting = [k for k, v in outcome.items() if v != Verdict.CONTRADICTED]
        fair = {
            Verdict.DEPENDS: "The number follows if it is read as: "
            f"{', '.join(fitting)}.",
            Verdict.CONTRADICTED: "Another reading, or a mixture, may be meant.",
        }
        return Finding(
            verdict, ". ".join(texts) + ".", assumption, fair.get(verdict, "")
        )

    return check


def _of_readings(outcome: Mapping[str, Verdict], primary: str | None) -> Verdict:
    fits = [label for label, v in outcome.items() if v != Verdict.CONTRADICTED]
    if primary is not None and primary in fits:
        return outcome[primary]
    if not fits:
        return Verdict.CONTRADICTED
    if primary is None and len(fits) == len(outcome):
        return all_of(list(outcome.values()))
    return Verdict.DEPENDS


def _compare(
    case: Case, names: Sequence[str], found: Sequence[Range] | Range
) -> tuple[list[Verdict], list[str]]:
    computed = [found] if isinstance(found, Range) else list(found)
    verdicts, texts = [], []
    for name, number in zip(names, computed, strict=True):
        printed = case.number(name)
        verdicts.append(near(printed, number, case.claim.tolerance()))
        texts.append(f"printed {case.value(name)}, computed {show(number)}")
    return verdicts, texts


def parts(*checks: Check, assumption: str = "", fair: str = "") -> Check:
    """A claim of several parts; it holds if every part does."""

    def check(case: Case) -> Finding:
        found = [one(case) for one in checks]
        verdict = all_of([one.verdict for one in found])
        said = [one.assumption for one in found if one.assumption]
        fairs = [one.fair for one in found if one.fair]
        return Finding(
            verdict,
            " ".join(one.evidence for one in found),
            assumption or " ".join(dict.fromkeys(said)),
            fair or " ".join(dict.fromkeys(fairs)),
        )

    return check


def settled(
    test: Callable[[Case], tuple[bool, str]],
    assumption: str = _ONE_EXPERIMENT,
    fair: str = "Another reading may be meant.",
    otherwise: Verdict = Verdict.CONTRADICTED,
) -> Check:
    """A check by any yes-or-no computation that tells its numbers."""

    def check(case: Case) -> Finding:
        holds, evidence = test(case)
        verdict = Verdict.HOLDS if holds else otherwise
        said = "" if holds and assumption == _ONE_EXPERIMENT else assumption
        return Finding(verdict, evidence, said, "" if holds else fair)

    return check


def both(
    test: Callable[[Case], tuple[dict[str, bool], str]],
    assumption: str = _ONE_EXPERIMENT,
) -> Check:
    """A check of a claim under several named readings, each of which is yes or no."""

    def check(case: Case) -> Finding:
        outcome, evidence = test(case)
        verdicts = {
            label: Verdict.HOLDS if yes else Verdict.CONTRADICTED
            for label, yes in outcome.items()
        }
        verdict = _of_readings(verdicts, None)
        said = "; ".join(f"{k}: {'yes' if yes else 'no'}" for k, yes in outcome.items())
        fitting = ", ".join(k for k, yes in outcome.items() if yes)
        fair = {
            Verdict.DEPENDS: f"It holds if read as: {fitting}.",
            Verdict.CONTRADICTED: "The sentence may be meant in another way.",
        }.get(verdict, "")
        return Finding(verdict, f"{evidence} {said}.", assumption, fair)

    return check
