import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from two import nine_at_a_time

from spineseg.training import fit


@pytest.mark.slow
def test_two_processes_train_like_one_on_the_same_batches(tmp_path):
    out = tmp_path / "two.safetensors"
    script = Path(__file__).parent / "two.py"
    done = subprocess.run(
        [sys.executable, str(script), str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
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
