"""Many runs: what is recorded is skipped, what was broken off goes on."""

import importlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import joblib
from tqdm.auto import tqdm

from spineseg.core.errors import SpinesegError
from spineseg.experiments.recipe import Recipe
from spineseg.experiments.run import Machine, Places, record_path, run
from spineseg.training.position import Position
from spineseg.training.record import Record


@dataclass(frozen=True)
class Workers:
    """Who does the work.

    jobs: runs at a time.  cluster: None for processes of this machine; ``local`` for a
    Dask cluster on it; else the address of a Dask scheduler (which may stand on Slurm
    or Kubernetes).
    """

    jobs: int = 1
    cluster: str | None = None


def sweep(
    runs: Iterable[tuple[Recipe, int]],
    places: Places,
    machine: Machine | None = None,
    workers: Workers | None = None,
) -> list[Record]:
    """Return the record of each (recipe, seed), in the order asked for.

    Raises:
        SpinesegError: of the first run that fails; finished ones stay recorded.
    """
    wanted, staff = list(runs), workers or Workers()
    missing = [pair for pair in wanted if not record_path(*pair, places).exists()]
    bar = tqdm(total=len(wanted), initial=len(wanted) - len(missing), unit="run")
    with bar, _backend(staff):
        alone = staff.jobs == 1 and staff.cluster is None
        pool = joblib.Parallel(n_jobs=staff.jobs, return_as="generator_unordered")
        tasks = (
            joblib.delayed(_one)(recipe, seed, places, machine, alone)
            for recipe, seed in missing
        )
        for _ in pool(tasks):
            bar.update()
    return [run(recipe, seed, places, machine) for recipe, seed in wanted]


def _one(
    recipe: Recipe, seed: int, places: Places, machine: Machine | None, shown: bool
) -> None:
    if not shown:
        run(recipe, seed, places, machine)
        return
    with tqdm(unit="update", leave=False, desc=f"{recipe.name}, seed {seed}") as bar:

        def tell(place: Position) -> None:
            if place.step:
                loss = f"{place.sums / place.step:.4f}"
                bar.set_postfix(epoch=place.epoch, loss=loss, refresh=False)
            bar.update(place.done - bar.n)

        run(recipe, seed, places, machine, tell)


@contextmanager
def _backend(staff: Workers) -> Iterator[None]:
    if staff.cluster is None:
        yield
        return
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise SpinesegError(
            "a Dask cluster needs the library distributed",
            remedy='Install it with: pip install "spineseg[cluster]"',
        ) from error
    if staff.cluster == "local":
        client = distributed.Client(
            n_workers=staff.jobs, threads_per_worker=1, dashboard_address=None
        )
    else:
        client = distributed.Client(staff.cluster)
    with client, joblib.parallel_config(backend="dask"):
        yield
