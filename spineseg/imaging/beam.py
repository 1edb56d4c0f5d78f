"""Beer-Lambert over a whole picture: one table look-up a pixel instead of 50 exponents.

L(s, b) = -ln sum_E w(E) exp(-mu_s s - mu_b b) is smooth in the lengths of soft tissue
s and compact bone b: a table on a grid of 4 x 1 mm with bilinear interpolation is
exact to 1e-3 behind 3 cm of tissue and to 3e-3 anywhere (tested). Pixels with metal are
few and get the full sum.
"""

from dataclasses import dataclass
from functools import lru_cache

import numba as nb
import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.imaging.attenuation import Spectrum, linear_attenuation, tube_spectrum

SOFT, CORTICAL, TRABECULAR, METAL = range(4)
"""Channels of the path lengths, in the order of ``anatomy.scene.MATERIALS``."""

_SOFT_STEP_MM, _SOFT_STEPS = 4.0, 180
_BONE_STEP_MM, _BONE_STEPS = 1.0, 160


@dataclass(frozen=True)
class Beam:
    """Detected photons of one tube setting, ready to be sent through a patient."""

    spectrum: Spectrum
    table: NDArray[np.float32]  # soft steps x bone steps of -ln transmission
    mu: NDArray[np.float64]  # soft, cortical, metal x energies, 1/mm

    def primary(
        self,
        lengths_mm: NDArray[np.float32],
        soft_factor: NDArray[np.float32] | None = None,
        more_bone_mm: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """Return the share of unscattered photons that reach each pixel, (H, W).

        Args:
            lengths_mm: (4, H, W) soft, cortical, trabecular, metal. Negative lengths
                (overlapping meshes) count as none.
            soft_factor: (H, W) factor on the soft tissue: unevenness that no mesh has.
            more_bone_mm: (H, W) compact bone to add: trabeculae that no mesh has.

        Raises:
            SpinesegError: if there are not four channels.
        """
        if lengths_mm.ndim != 3 or len(lengths_mm) != 4:
            raise SpinesegError(
                "path lengths need four channels",
                found=lengths_mm.shape,
                expected="(4, H, W)",
            )
        out = np.empty(lengths_mm.shape[1:], np.float32)
        one, none = np.ones((1, 1), np.float32), np.zeros((1, 1), np.float32)
        _log_attenuation(
            np.ascontiguousarray(lengths_mm, np.float32),
            one if soft_factor is None else soft_factor,
            none if more_bone_mm is None else more_bone_mm,
            self.table,
            self.mu,
            self.spectrum.share,
            out,
        )
        return np.exp(np.negative(out, out=out), out=out)


@lru_cache(maxsize=64)
def beam(kvp: float, added: tuple[tuple[str, float], ...] = ()) -> Beam:
    """Return the beam of a tube voltage and added filters, as the detector counts it.

    Raises:
        SpinesegError: if the voltage or a filter is not in the tables.
    """
    spectrum = tube_spectrum(kvp, added).detected()
    materials = ("soft", "cortical", "titanium")
    mu = np.stack([linear_attenuation(m, spectrum.energy_kev) for m in materials])
    soft = np.exp(-np.outer(np.arange(_SOFT_STEPS) * _SOFT_STEP_MM, mu[0]))
    bone = np.exp(-np.outer(np.arange(_BONE_STEPS) * _BONE_STEP_MM, mu[1]))
    # einsum without BLAS: the same bits whatever the number of threads
    passed = np.einsum("se,be->sb", soft * spectrum.share, bone)
    return Beam(spectrum, -np.log(passed).astype(np.float32), mu)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _log_attenuation(
    lengths: NDArray[np.float32],
    factor: NDArray[np.float32],
    extra: NDArray[np.float32],
    table: NDArray[np.float32],
    mu: NDArray[np.float64],
    share: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Fill ``out`` with -ln of the transmission."""
    zero = np.float32(0.0)
    uneven, grained = factor.size > 1, extra.size > 1
    for r in range(out.shape[0]):
        for c in range(out.shape[1]):
            soft, bone = max(lengths[0, r, c], zero), max(lengths[1, r, c], zero)
            if uneven:
                soft *= factor[r, c]
            if grained:
                bone = max(bone + extra[r, c], zero)
            metal = lengths[3, r, c]
            if metal > zero:
                out[r, c] = _exact(soft, bone, metal, mu, share)
            else:
                out[r, c] = _looked_up(soft, bone, table)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _looked_up(soft: float, bone: float, table: NDArray[np.float32]) -> float:
    """Return -ln transmission by bilinear interpolation, straight on past the end."""
    x, y = soft * np.float32(1 / _SOFT_STEP_MM), bone * np.float32(1 / _BONE_STEP_MM)
    i, j = min(int(x), _SOFT_STEPS - 2), min(int(y), _BONE_STEPS - 2)
    x, y = x - np.float32(i), y - np.float32(j)
    near = table[i, j] + y * (table[i, j + 1] - table[i, j])
    far = table[i + 1, j] + y * (table[i + 1, j + 1] - table[i + 1, j])
    return near + x * (far - near)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _exact(
    soft: float,
    bone: float,
    metal: float,
    mu: NDArray[np.float64],
    share: NDArray[np.float64],
) -> float:
    """Return -ln of the sum over all energies."""
    total = 0.0
    for e in range(len(share)):
        depth = mu[0, e] * soft + mu[1, e] * bone + mu[2, e] * metal
        total += share[e] * np.exp(-depth)
    return -np.log(total)
