"""spineseg: five spine segmentation papers, synthetic patients and honest audits.

Importing the package costs almost nothing: submodules and the heavy libraries
behind them load on first use.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from spineseg.anatomy.sample import sample_patient
    from spineseg.blocks.selective_scan import selective_scan
    from spineseg.core.errors import SpinesegError
    from spineseg.core.profile import Profile, profile
    from spineseg.core.rng import rng
    from spineseg.datasets.registry import create_dataset, list_datasets
    from spineseg.imaging.render import render
    from spineseg.models.registry import create_model, list_models

_LAZY = {
    "SpinesegError": "spineseg.core.errors",
    "Profile": "spineseg.core.profile",
    "create_dataset": "spineseg.datasets.registry",
    "create_model": "spineseg.models",
    "list_datasets": "spineseg.datasets.registry",
    "list_models": "spineseg.models",
    "profile": "spineseg.core.profile",
    "render": "spineseg.imaging.render",
    "rng": "spineseg.core.rng",
    "sample_patient": "spineseg.anatomy.sample",
    "selective_scan": "spineseg.blocks.selective_scan",
}
_MODULES = (
    "anatomy",
    "audit",
    "blocks",
    "core",
    "datasets",
    "experiments",
    "explain",
    "imaging",
    "inference",
    "io",
    "losses",
    "metrics",
    "models",
    "notebook",
    "stats",
    "training",
    "transforms",
)

__all__ = [
    "Profile",
    "SpinesegError",
    "__version__",
    "create_dataset",
    "create_model",
    "list_datasets",
    "list_models",
    "profile",
    "render",
    "rng",
    "sample_patient",
    "selective_scan",
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
