"""Words of a command line to knobs: ``L4:0.2``, ``acdf:C5-C6``."""

from collections.abc import Iterable
from dataclasses import replace

from spineseg.anatomy.sample import HEALTHY, Population, sample_patient
from spineseg.anatomy.spec import HARDWARE, Hardware, PatientSpec
from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng


def levels_of(name: str, words: Iterable[str]) -> dict[str, float]:
    """Return ``{"L4": 0.2}`` for ``["L4:0.2"]``; a level may come once.

    Raises:
        SpinesegError: if a word is not LEVEL:NUMBER, or a level comes twice.
    """
    found: dict[str, float] = {}
    for word in words:
        level, colon, number = word.partition(":")
        try:
            value = float(number)
        except ValueError:
            colon, value = "", 0.0
        if not colon:
            raise SpinesegError(
                f"--{name} needs a level and a number",
                found=repr(word),
                expected="for example L4:0.2",
            )
        if level.upper() in found:
            raise SpinesegError(f"--{name} names a level twice", found=repr(level))
        found[level.upper()] = value
    return found


def hardware_of(words: Iterable[str]) -> tuple[Hardware, ...]:
    """Return hardware for ``acdf`` or ``acdf:C5-C7``.

    Raises:
        SpinesegError: if the kind or a level is unknown.
    """
    found = []
    for word in words:
        kind, _, span = word.partition(":")
        if kind not in HARDWARE:
            raise SpinesegError(
                "unknown hardware", found=repr(kind), expected=" or ".join(HARDWARE)
            )
        top, dash, bottom = span.upper().partition("-")
        if span and not dash:
            raise SpinesegError(
                "hardware spans two levels",
                found=repr(word),
                expected="for example acdf:C5-C6",
            )
        found.append(Hardware(kind, *((top, bottom) if span else HARDWARE[kind])))
    return tuple(found)


def drawn_patient(
    seed: int, *, posture: str = "standing", sick: bool = False
) -> PatientSpec:
    """Return the patient of a seed: body by chance, disease only if wanted.

    Healthy patients are drawn over all ages, unlike those of ``HEALTHY``.
    """
    people = replace(
        Population() if sick else HEALTHY,
        age_years=Population().age_years,
        posture=posture,
    )
    spec = sample_patient(rng(seed, "patient"), people)
    if sick:
        return spec
    well = replace(spec.pathology, cobb_deg=0.0, disc_loss={})
    return replace(spec, pathology=well)
