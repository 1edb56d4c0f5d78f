import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from two import nine_at_a_time

from spineseg.training import fit

SCRIPT = Path(__file__).parent / "two.py"


def as_one_process_would(out):
    alone = nine_at_a_time()
    end = fit(alone)
    with safe_open(out, "pt") as stored:
        losses = [float(word) for word in stored.metadata()["losses"].split()]
        for name, tensor in alone.model.state_dict().items():
            # sums of floats in another order: the last digits only
            torch.testing.assert_close(
                stored.get_tensor(name), tensor, rtol=1e-4, atol=1e-5
            )
    assert losses == pytest.approx([row["loss"] for row in end.curves], rel=1e-5)


@pytest.mark.slow
def test_two_processes_train_like_one_on_the_same_batches(tmp_path):
    out = tmp_path / "two.safetensors"
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(out), "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    as_one_process_would(out)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.slow
def test_two_machines_of_one_device_train_like_one(tmp_path):
    """Each started by itself and told its number, as a cluster would."""
    out = tmp_path / "nodes.safetensors"
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port()}
    started = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), str(out), "2"],
            env=os.environ | meeting | {"NODE_RANK": str(number)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for process in started:
        _, told = process.communicate(timeout=200)
        assert process.returncode == 0, told[-2000:]
    as_one_process_would(out)
