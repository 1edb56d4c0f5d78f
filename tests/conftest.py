"""What every test may lean on."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import matplotlib as mpl
import pytest

mpl.use("Agg")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Optional real files beside the repository; tests that need them say so."""
    if not SHARED.is_dir():
        pytest.skip("the optional folder of real files is not beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def meta_package():
    """Meta's package; its helpers, none of which is used here, want torchvision."""
    if importlib.util.find_spec("segment_anything") is None:
        pytest.skip("segment-anything is not installed (extra: sam)")
    wanted = {
        "torchvision": (),
        "torchvision.ops": (),
        "torchvision.ops.boxes": ("batched_nms", "box_area"),
        "torchvision.transforms": (),
        "torchvision.transforms.functional": ("resize", "to_pil_image"),
    }
    with pytest.MonkeyPatch.context() as patch:
        if importlib.util.find_spec("torchvision") is None:
            for name, functions in wanted.items():
                stand_in = ModuleType(name)
                stand_in.__dict__.update(dict.fromkeys(functions))
                patch.setitem(sys.modules, name, stand_in)
        importlib.import_module("segment_anything")
    return importlib.import_module("segment_anything.modeling")
