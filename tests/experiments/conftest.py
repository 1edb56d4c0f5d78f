import pytest
import torch

from spineseg.experiments import DataPlan, ModelPlan, Places, Recipe, Steps
from spineseg.training import Optimiser, Plan


@pytest.fixture
def recipe():
    """A recipe on ten films, small enough for a second."""
    return Recipe(
        "test/unet",
        "smoke",
        DataPlan("cvmunet_xray", size_px=48, count=10),
        Steps("mdwcnet", {"size_px": 16}),
        Steps("mdwcnet"),
        ModelPlan("cvmunet/unet", 1, 1, {"widths": [2, 4]}),
        "bce_dice",
        Plan(2, 4, Optimiser("adam", 1e-2)),
    )


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def places(tmp_path, cache):
    return Places(tmp_path / "runs", tmp_path / "records", cache)


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
