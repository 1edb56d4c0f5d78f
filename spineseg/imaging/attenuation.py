"""What the beam is made of and what stops it: tables, spectra, Beer-Lambert.

mu: linear attenuation, 1/mm; w(E): share of photons of energy E; t: path lengths, mm.
A beam of many energies is weakened by ``sum_E w(E) exp(-sum_m mu_m(E) t_m)``. Soft
photons are lost first, so the rest is harder than what came in (beam hardening).

Sources are written on top of the two tables in ``data/``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spineseg.core.errors import SpinesegError

BASIS = ("soft", "cortical", "titanium")
"""The materials that attenuate, in the order of the rasteriser's channels 0, 1, 3."""

KVP_RANGE = (50.0, 125.0)
DETECTOR_CSI_MM = 0.45  # 0.6 mm of needles packed to three quarters


@dataclass(frozen=True)
class Spectrum:
    """A beam: energies in keV and the share of photons in each bin, summing to 1."""

    energy_kev: NDArray[np.float64]
    share: NDArray[np.float64]

    @property
    def mean_kev(self) -> float:
        """Mean photon energy."""
        return float(self.energy_kev @ self.share)

    def behind(self, lengths_mm: Mapping[str, float]) -> "Spectrum":
        """Return what is left of the beam behind some materials, again summing to 1."""
        return self._weighted(np.exp(-self._depth(lengths_mm)))

    def detected(self, csi_mm: float = DETECTOR_CSI_MM) -> "Spectrum":
        """Return the photons that a caesium iodide layer stops, again summing to 1."""
        return self._weighted(-np.expm1(-self._depth({"caesium_iodide": csi_mm})))

    def transmission(self, lengths_mm: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
        """Return the share of photons that pass, for lengths of one common shape."""
        energy = self.energy_kev
        depth = sum(
            np.multiply.outer(linear_attenuation(name, energy), np.asarray(mm, float))
            for name, mm in lengths_mm.items()
        )
        return np.tensordot(self.share, np.exp(-np.asarray(depth)), axes=1)

    def half_value_layer_mm(self, material: str = "aluminium") -> float:
        """Return the thickness that halves the air kerma (energy absorbed in air)."""
        absorption = mass_attenuation("air_absorption", self.energy_kev)
        kerma = self.share * self.energy_kev * absorption
        mu = linear_attenuation(material, self.energy_kev)
        low, high = 0.0, 1e3
        for _ in range(60):
            middle = (low + high) / 2
            half = (kerma * np.exp(-mu * middle)).sum() < kerma.sum() / 2
            low, high = (low, middle) if half else (middle, high)
        return low

    def _depth(self, lengths_mm: Mapping[str, float]) -> NDArray[np.float64]:
        depth = np.zeros_like(self.energy_kev)
        for name, length in lengths_mm.items():
            depth += linear_attenuation(name, self.energy_kev) * length
        return depth

    def _weighted(self, weights: NDArray[np.float64]) -> "Spectrum":
        share = self.share * weights
        return Spectrum(self.energy_kev, share / share.sum())


def mass_attenuation(material: str, energy_kev: ArrayLike) -> NDArray[np.float64]:
    """Return mu/rho in cm2/g, interpolated in log-log between the tabled energies.

    Raises:
        SpinesegError: for an unknown material or an energy outside 15 to 150 keV.
    """
    table = _attenuation_table()
    if material not in table:
        raise SpinesegError(
            "unknown material",
            found=repr(material),
            expected=", ".join(name for name in table if name != "energy_kev"),
        )
    known, energy = table["energy_kev"], np.asarray(energy_kev, float)
    if energy.size and (energy.min() < known[0] or energy.max() > known[-1]):
        raise SpinesegError(
            "energy outside the attenuation table",
            found=f"{energy.min():g} to {energy.max():g} keV",
            expected=f"{known[0]:g} to {known[-1]:g} keV",
        )
    values = np.log(table[material])
    return np.exp(np.interp(np.log(energy), np.log(known), values))


def density_g_cm3(material: str) -> float:
    """Return the density that :func:`linear_attenuation` uses."""
    mass_attenuation(material, 60.0)  # names the known materials when this one is not
    return _densities()[material]


def linear_attenuation(material: str, energy_kev: ArrayLike) -> NDArray[np.float64]:
    """Return mu in 1/mm: density times mu/rho."""
    return mass_attenuation(material, energy_kev) * density_g_cm3(material) / 10.0


@lru_cache(maxsize=256)
def tube_spectrum(kvp: float, added: tuple[tuple[str, float], ...] = ()) -> Spectrum:
    """Return the beam of a tungsten tube with 3 mm aluminium and added filters.

    Between the tabled voltages (5 kV apart) the two neighbours are mixed, so the
    highest energy is that of the upper one.

    Args:
        kvp: tube voltage, 50 to 125 kV.
        added: pairs of material and thickness in mm, e.g. ``(("copper", 0.1),)``.

    Raises:
        SpinesegError: if the voltage is outside the table.
    """
    if not KVP_RANGE[0] <= kvp <= KVP_RANGE[1]:
        raise SpinesegError(
            "tube voltage outside the table of spectra",
            found=f"{kvp:g} kV",
            expected=f"{KVP_RANGE[0]:g} to {KVP_RANGE[1]:g} kV",
        )
    energy, voltages, photons = _spectrum_table()
    upper = min(int(np.searchsorted(voltages, kvp, side="right")), len(voltages) - 1)
    part = (kvp - voltages[upper - 1]) / (voltages[upper] - voltages[upper - 1])
    share = (1 - part) * photons[:, upper - 1] + part * photons[:, upper]
    beam = Spectrum(energy[share > 0], share[share > 0] / share.sum())
    return beam.behind(dict(added)) if added else beam


@lru_cache(maxsize=1)
def _attenuation_table() -> dict[str, NDArray[np.float64]]:
    names, rows = _read("attenuation.csv")
    values = np.array([row for row in rows if row[0] != "density"], float)
    return {name: values[:, i] for i, name in enumerate(names)}


@lru_cache(maxsize=1)
def _densities() -> dict[str, float]:
    names, rows = _read("attenuation.csv")
    (row,) = (row for row in rows if row[0] == "density")
    return dict(zip(names[1:], map(float, row[1:]), strict=True))


@lru_cache(maxsize=1)
def _spectrum_table() -> tuple[
    NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]
]:
    names, rows = _read("spectra.csv")
    values = np.array(rows, float)
    photons = values[:, 1:] / values[:, 1:].sum(axis=0)
    return values[:, 0], np.array(names[1:], float), photons


def _read(name: str) -> tuple[list[str], list[list[str]]]:
    text = files("spineseg.imaging").joinpath("data", name).read_text("utf-8")
    lines = [line.split(",") for line in text.splitlines() if line[:1] != "#"]
    return lines[0], lines[1:]
