import signal
from dataclasses import asdict

import pytest
import torch
from kill import count_calls, die_at, die_at_call, run
from safetensors.torch import load_file
from tiny import job, network, train

from spineseg import SpinesegError, rng
from spineseg.training import fit, load_weights, save_weights
from spineseg.training.checkpoint import checkpoints, load_checkpoint

UPDATES = 9  # three epochs of ten pictures in batches of four


def everything(model, place):
    weights = {k: v.clone() for k, v in model.state_dict().items()}
    return weights, place.as_dict()


def assert_same_bits(first, second):
    assert first[1] == second[1]
    assert first[0].keys() == second[0].keys()
    for name, tensor in first[0].items():
        assert torch.equal(tensor, second[0][name]), name


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return everything(*train(tmp_path_factory.mktemp("whole"), save_every=1))


class StopError(Exception):
    pass


@pytest.mark.parametrize("stop", range(1, UPDATES + 4))
def test_a_run_stopped_after_any_update_or_epoch_ends_with_the_same_bits(
    undisturbed, tmp_path, stop
):
    told = []

    def tell(place):
        told.append(place)
        if len(told) == stop:
            raise StopError

    with pytest.raises(StopError):
        train(tmp_path, tell=tell, save_every=1)
    assert_same_bits(everything(*train(tmp_path, save_every=1)), undisturbed)


@pytest.mark.parametrize(
    ("function", "number", "before"),
    [
        ("replace", 1, True),
        ("replace", 1, False),
        ("replace", 5, True),
        ("replace", 5, False),
        ("fsync", 1, True),
        ("fsync", 9, False),
        ("fsync", 21, True),
        ("rmdir", 1, True),
        ("rmdir", 4, False),
        ("unlink", 2, True),
    ],
)
def test_killed_in_the_midst_of_writing_it_ends_with_the_same_bits(
    undisturbed, tmp_path, function, number, before
):
    process = run(die_at, tmp_path, function, number, before)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert_same_bits(everything(*train(tmp_path, save_every=1)), undisturbed)


@pytest.mark.slow
def test_killed_at_twenty_random_moments_it_ends_with_the_same_bits(
    undisturbed, tmp_path
):
    run(count_calls, tmp_path).join()
    calls = int((tmp_path / "calls.txt").read_text())
    reached = set()
    for number in rng(0, "moments").integers(1, 0.98 * calls, 20).tolist():
        folder = tmp_path / str(number)
        process = run(die_at_call, folder, number)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        reached |= {path.name for path in checkpoints(folder)[-1:]}
        assert_same_bits(everything(*train(folder, save_every=1)), undisturbed)
    # the moments fell into many different updates
    assert len(reached) >= 6


def test_a_finished_run_is_not_trained_again(undisturbed, tmp_path):
    train(tmp_path)
    told = []
    again = train(tmp_path, tell=told.append)
    assert told == []
    assert_same_bits(everything(*again), undisturbed)


def test_one_checkpoint_stays_and_nothing_half_written(tmp_path):
    (tmp_path / ".part-killed").mkdir()
    (tmp_path / ".part-killed" / "model.safetensors").write_text("half")
    train(tmp_path, save_every=1)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["best.safetensors", "epoch-00003-step-0000000"]


def test_weights_are_plain_and_states_load_without_running_code(tmp_path):
    model, place = train(tmp_path)
    (newest,) = checkpoints(tmp_path)
    stored = load_file(newest / "model.safetensors")
    assert stored.keys() == model.state_dict().keys()
    state = torch.load(newest / "state.pt", weights_only=True)
    assert state["place"]["done"] == UPDATES
    assert state["place"] == asdict(place) | {"curves": list(place.curves)}
    assert set(state["optimisers"]["model"]) == {"state", "param_groups"}


@pytest.mark.parametrize("name", ["model.safetensors", "state.pt", "digest.json"])
def test_a_damaged_checkpoint_is_refused_and_left_as_it_is(tmp_path, name):
    train(tmp_path)
    (newest,) = checkpoints(tmp_path)
    broken = bytearray((newest / name).read_bytes())
    broken[len(broken) // 2] ^= 255
    (newest / name).write_bytes(broken)
    with pytest.raises(SpinesegError, match="changed after it was written"):
        fit(job(tmp_path))
    assert (newest / name).read_bytes() == broken


def test_weights_of_another_network_are_refused(tmp_path):
    save_weights(tmp_path / "w.safetensors", torch.nn.Linear(2, 2), {})
    with pytest.raises(SpinesegError, match="do not fit the network"):
        load_weights(tmp_path / "w.safetensors", network())
    with pytest.raises(SpinesegError, match="no such file of weights"):
        load_weights(tmp_path / "none.safetensors", network())


def test_an_empty_folder_is_the_start(tmp_path):
    assert load_checkpoint(tmp_path, {}, {}).done == 0
