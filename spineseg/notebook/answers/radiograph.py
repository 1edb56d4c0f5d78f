"""Checkers of the exercises in "From patient to radiograph"."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def _halving(answer: float) -> str | None:
    """radiograph.1: the thickness that halves one energy."""
    value, right = float(answer), np.log(2) / 0.0217
    if abs(value - right) <= 0.3:
        return None
    if abs(value - right / 10) <= 0.03:
        return "this is in centimetres"
    if abs(value - 0.5 / 0.0217) <= 0.3:
        return "each millimetre takes its share of what is left, not of the beginning"
    return "solve exp(-0.0217 t) = 1/2 for t"


def _in_and_out(answer: Sequence[float]) -> str | None:
    """radiograph.2: lengths in three nested materials."""
    if len(answer) != 3:
        return "give three numbers: soft tissue, compact bone, spongiosa"
    soft, compact, spongy = (float(x) for x in answer)
    if abs(sum((soft, compact, spongy)) - 220) > 0.5:
        return "the three must add up to the way through the whole body"
    if abs(spongy - 33) > 0.5:
        return "look again at the spongiosa: out minus in"
    if abs(compact - 5) > 0.5:
        return "compact bone is the vertebra without what lies inside it"
    return None if abs(soft - 182) <= 0.5 else "soft tissue ends where bone begins"


def _bearable(answer: float) -> str | None:
    """radiograph.3: scatter to primary that leaves two thirds of the contrast."""
    value = float(answer)
    if abs(value - 0.5) <= 0.01:
        return None
    if abs(value - 1.5) <= 0.02:
        return "this is 1 + S/P"
    if abs(value - 1 / 3) <= 0.02:
        return "this is the share of contrast that is lost; what divides contrast?"
    return "contrast is divided by 1 + S/P; set what is left equal to 8 %"


def _threefold(answer: float) -> str | None:
    """radiograph.4: dose for three times the signal-to-noise ratio."""
    value = float(answer)
    if abs(value - 9000) <= 450:
        return None
    if abs(value - 3000) <= 150:
        return "three times the photons are only 1.7 times the ratio"
    return "the ratio grows with the root of the photons"


def _beer_lambert(answer: Callable[..., Any]) -> str | None:
    """radiograph.5: a picture from spectrum, attenuation and lengths."""
    shares = np.array([0.2, 0.5, 0.3])
    mu = np.array([[0.04, 0.02, 0.015], [0.2, 0.08, 0.05]])
    lengths = np.linspace(0, 60, 2 * 3 * 4).reshape(2, 3, 4)
    inside = (mu[:, :, None, None] * lengths[:, None]).sum(axis=0)
    right = (shares[:, None, None] * np.exp(-inside)).sum(axis=0)
    found = np.asarray(answer(shares.copy(), mu.copy(), lengths.copy()), float)
    if found.shape != (3, 4):
        return f"lengths of 3 x 4 pixels gave a picture of shape {found.shape}"
    if np.allclose(found, right, rtol=1e-6):
        return None
    mean_mu = np.tensordot(mu @ shares, lengths, axes=1)
    if np.allclose(found, np.exp(-mean_mu), rtol=1e-6):
        return "one mean attenuation for all energies: the beam cannot harden"
    if np.allclose(found, -np.log(right), rtol=1e-6):
        return "this is the logarithm; the share itself is asked for"
    if np.allclose(found * shares.size, right, rtol=1e-3):
        return "the shares add up to one already"
    return "sum over materials inside the exponential, over energies outside"


def _hardening(answer: Sequence[float]) -> str | None:
    """radiograph.6: half-value layers before and behind tissue."""
    from spineseg.imaging.beam import beam

    if len(answer) != 2:
        return "give two numbers, before and behind 20 cm"
    spectrum = beam(80.0).spectrum
    for given, left, where in zip(
        answer,
        (spectrum, spectrum.behind({"soft": 200.0})),
        ("fresh", "hard"),
        strict=True,
    ):
        share = float(left.transmission({"soft": float(given)}))
        if abs(share - 0.5) > 0.01:
            more = "too thin" if share > 0.5 else "too thick"
            return f"for the {where} beam, {float(given):g} mm is {more}"
    return None


ANSWERS: dict[str, Callable[[Any], str | None]] = {
    "radiograph.1": _halving,
    "radiograph.2": _in_and_out,
    "radiograph.3": _bearable,
    "radiograph.4": _threefold,
    "radiograph.5": _beer_lambert,
    "radiograph.6": _hardening,
}
