"""Small twins on disk, written once a session."""

import pytest
from small_twins import SIZES

from spineseg.datasets.base import TwinPlan
from spineseg.datasets.registry import family


@pytest.fixture(scope="session")
def twin_folder(tmp_path_factory):
    """Return a function that materialises a small twin once and names its folder."""
    made = {}

    def make(name):
        if name not in made:
            root = tmp_path_factory.mktemp(name)
            kin = family(name)
            plan = TwinPlan(0, **SIZES[name], variant=kin.card.variants[0])
            twin = kin.twin(plan)
            written = [twin.write(unit, root) for unit in twin.units]
            twin.finish(root, written)
            made[name] = root, twin, written
        return made[name]

    return make
