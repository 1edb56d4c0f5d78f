"""spineseg: five spine segmentation papers, synthetic patients and honest audits.

Importing the package costs almost nothing: submodules and the heavy libraries
behind them load on first use.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from spineseg.anatomy.sample import sample_patient
    from spineseg.core.errors import SpinesegError
    from spineseg.core.profile import Profile, profile
    from spineseg.core.rng import rng
    from spineseg.datasets.registry import create_dataset, list_datasets
    from spineseg.imaging.render import render

_LAZY = {
    "SpinesegError": "spineseg.core.errors",
    "Profile": "spineseg.core.profile",
    "create_dataset": "spineseg.datasets.registry",
    "list_datasets": "spineseg.datasets.registry",
    "profile": "spineseg.core.profile",
    "render": "spineseg.imaging.render",
    "rng": "spineseg.core.rng",
    "sample_patient": "spineseg.anatomy.sample",
}
_MODULES = (
    "anatomy",
    "core",
    "datasets",
    "explain",
    "imaging",
    "io",
    "losses",
    "metrics",
    "notebook",
    "stats",
    "transforms",
)

__all__ = [
    "Profile",
    "SpinesegError",
    "__version__",
    "create_dataset",
    "list_datasets",
    "profile",
    "render",
    "rng",
    "sample_patient",
]


def __getattr__(name: str) -> Any:
    """Import a public name or submodule when it is first asked for."""
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"spineseg.{name}")
    raise AttributeError(f"module 'spineseg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY, *_MODULES])
