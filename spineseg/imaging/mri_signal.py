"""What a tissue gives to a spin echo: relaxation table and signal equation.

PD: proton density relative to water; TR, TE: repetition and echo time; T1, T2:
longitudinal and transverse relaxation time. All times in milliseconds.

Source marks of the table: [V] a value read in its source, [R] recalled from the named
paper, [T] textbook range, [D] chosen so that the contrast between tissues comes out in
the order that readers of fast spin-echo images know. Sources: de Bazelaire 2004
(Radiology 230:652), Stanisz 2005 (Magn Reson Med 54:507), Smith 2008 (Magn Reson Med
60:213), Pai 2008 (Magn Reson Imaging 26:1215).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.anatomy.tissue import Mixture
from spineseg.core.errors import SpinesegError


@dataclass(frozen=True)
class Tissue:
    """One compartment that relaxes as a whole.

    density: PD relative to water.  t1_ms, t2_ms: at 1.5 tesla.  t1_3t_ms, t2_3t_ms: at
    3 tesla.  fat: True when its protons precess at the frequency of fat, which moves
    them along the readout axis.  source: where the numbers come from.
    """

    density: float
    t1_ms: float
    t2_ms: float
    t1_3t_ms: float
    t2_3t_ms: float
    source: str
    fat: bool = False


TISSUES: dict[str, Tissue] = {
    "air": Tissue(0.0, 1.0, 1.0, 1.0, 1.0, "no protons"),
    "fat": Tissue(
        0.95,
        343,
        120,
        382,
        110,
        "T1 de Bazelaire [R/V]; FSE-effective T2 [T]",
        fat=True,
    ),
    "muscle": Tissue(0.80, 950, 38, 1320, 35, "between the two rows of muscle [R]"),
    "red_marrow": Tissue(0.82, 980, 45, 1150, 42, "water part of marrow [D/T]"),
    "cortical_bone": Tissue(0.10, 400, 8, 450, 7, "[T]"),
    "ligament": Tissue(0.30, 700, 14, 800, 12, "[T]"),
    "annulus": Tissue(0.66, 900, 34, 1050, 31, "T1 [T]; T2 fitted [D]"),
    "inner_annulus": Tissue(0.80, 1050, 62, 1200, 57, "[D]"),
    "nucleus": Tissue(0.93, 1200, 112, 1450, 103, "T2 grade II, 494 discs [V]; T1 [T]"),
    "csf": Tissue(1.00, 3800, 900, 4200, 900, "[T], T2 with flow"),
    "cord": Tissue(0.76, 850, 84, 990, 77, "Stanisz, Smith [R/V]"),
    "root": Tissue(0.72, 900, 70, 1050, 64, "as white matter [D]"),
    "ganglion": Tissue(0.80, 980, 92, 1120, 85, "[D]"),
    "blood": Tissue(0.10, 1300, 60, 1650, 55, "flow void on spin echo [T/D]"),
    "slow_blood": Tissue(0.35, 1300, 80, 1650, 74, "partial void [T/D]"),
    "vein": Tissue(0.85, 1300, 140, 1650, 128, "slow flow, refilled [D]"),
    "kidney_cortex": Tissue(0.85, 966, 87, 1142, 76, "de Bazelaire [V]"),
    "kidney_medulla": Tissue(0.88, 1400, 110, 1550, 95, "[T]"),
    "liver": Tissue(0.75, 586, 46, 809, 34, "de Bazelaire [R/V]"),
    "bowel_wall": Tissue(0.80, 950, 60, 1200, 55, "as muscle, wetter [D]"),
    "bowel_content": Tissue(0.80, 700, 75, 850, 70, "[D]"),
    "fluid": Tissue(0.95, 2500, 350, 2800, 330, "[T]"),
    "cartilage": Tissue(0.75, 850, 38, 1050, 36, "T2 at 3 T Pai [V]"),
    "oedema": Tissue(0.95, 1400, 130, 1600, 120, "Modic type 1 and fractures [D]"),
    "skin": Tissue(0.50, 400, 30, 450, 27, "[D]"),
    "fascia": Tissue(0.35, 600, 18, 700, 16, "[D]"),
}
"""Elementary tissues; marrow, septa and infiltrated muscle are mixtures of these."""


@dataclass(frozen=True)
class Protocol:
    """A spin-echo weighting: TR and TE in milliseconds."""

    name: str
    tr_ms: float
    te_ms: float


PROTOCOLS = {
    "t1": Protocol("t1", tr_ms=560.0, te_ms=10.0),
    "t2": Protocol("t2", tr_ms=3600.0, te_ms=105.0),
}


def spin_echo(
    density: ArrayLike, t1_ms: ArrayLike, t2_ms: ArrayLike, tr_ms: float, te_ms: float
) -> NDArray[np.float64]:
    """Signal of a spin echo, PD (1 - exp(-TR/T1)) exp(-TE/T2).

    Raises:
        SpinesegError: if a time is not positive or TE is not below TR.
    """
    if not 0 <= te_ms < tr_ms:
        raise SpinesegError(
            "a spin echo needs 0 <= TE < TR", found=f"TR {tr_ms} ms, TE {te_ms} ms"
        )
    t1, t2 = np.asarray(t1_ms, float), np.asarray(t2_ms, float)
    if np.any(t1 <= 0) or np.any(t2 <= 0):
        raise SpinesegError("relaxation times must be positive", found=(t1_ms, t2_ms))
    saturation = 1.0 - np.exp(-tr_ms / t1)
    return np.asarray(density, float) * saturation * np.exp(-te_ms / t2)


def tissue_signal(name: str, protocol: Protocol, field_tesla: float = 1.5) -> float:
    """Signal of one elementary tissue.

    Raises:
        SpinesegError: for an unknown tissue, or a field other than 1.5 or 3 tesla.
    """
    if name not in TISSUES:
        raise SpinesegError("unknown tissue", found=name, expected=", ".join(TISSUES))
    if field_tesla not in (1.5, 3.0):
        raise SpinesegError(
            "relaxation times are tabled for two fields only",
            found=f"{field_tesla} T",
            expected="1.5 or 3.0",
        )
    tissue = TISSUES[name]
    high = field_tesla == 3.0
    t1_ms = tissue.t1_3t_ms if high else tissue.t1_ms
    t2_ms = tissue.t2_3t_ms if high else tissue.t2_ms
    echo = spin_echo(tissue.density, t1_ms, t2_ms, protocol.tr_ms, protocol.te_ms)
    return float(echo)


def mixture_signal(
    mixture: Mixture, protocol: Protocol, field_tesla: float = 1.5
) -> tuple[float, float]:
    """Signal of a mixture, at the frequency of water and at the frequency of fat.

    The two differ in place, not in strength: fat is shifted along the readout axis, so
    that imaging has to carry them apart.
    """
    water = fat = 0.0
    for name, share in mixture.items():
        signal = share * tissue_signal(name, protocol, field_tesla)
        if TISSUES[name].fat:
            fat += signal
        else:
            water += signal
    return water, fat
