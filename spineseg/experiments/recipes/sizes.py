"""How wide a network is in each profile, every number written out."""

import inspect
from typing import Any

from spineseg.core.profile import Profile
from spineseg.models.presets import small
from spineseg.models.registry import MODELS

_WIDTHS = (
    "widths",
    "width",
    "encoder_widths",
    "channels",
    "growth",
    "hidden",
    "inner",
    "clusters",
)
_KEPT = ("depths", "heads", "rates")


def reading(profile: Profile, network: str, side: int | None = None) -> dict[str, Any]:
    """Return the sizes of a network.

    ``full``: the paper's, which are the network's defaults.  ``laptop``: every width
    and the number of clusters a quarter.  ``smoke``: the small preset.

    Args:
        profile: how large everything is.
        network: ``paper/network``.
        side: of the pictures, pixels; for networks with learned positions, which are
            made for one size.
    """
    known = inspect.signature(MODELS[network]).parameters
    made_for = {"size": side} if "size" in known and side else {}
    if profile.name == "smoke":
        return plain(small(network) | made_for)
    sizes = {k: plain(known[k].default) for k in (*_WIDTHS, *_KEPT) if k in known}
    part = profile.pick(1, 4, 1)
    sizes = {k: divided(v, part) if k in _WIDTHS else v for k, v in sizes.items()}
    return sizes | made_for


def divided(sizes: Any, by: int) -> Any:
    """Return a size, or each size of a list, divided."""
    return [n // by for n in sizes] if isinstance(sizes, list) else sizes // by


def plain(value: Any) -> Any:
    """Return the value with lists for tuples, as it comes back from JSON."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value
