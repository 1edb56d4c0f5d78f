"""A run on two CPU processes, of one machine or of two: ``two.py OUT NODES``."""

import sys

from lightning_fabric import Fabric
from safetensors.torch import save_file
from tiny import job

from spineseg.training import fit
from spineseg.training.checkpoint import plain_weights


def nine_at_a_time():
    """Nine pictures an update leave one for the last: one process has none of it."""
    return job(dropout=0.0, batch=9, accumulate=2, clip_norm=0.5)


def main():
    nodes = int(sys.argv[2])
    fabric = Fabric(
        accelerator="cpu", devices=2 // nodes, num_nodes=nodes, strategy="ddp"
    )
    fabric.launch()
    one = nine_at_a_time()
    end = fit(one, fabric)
    if fabric.is_global_zero:
        losses = " ".join(repr(row["loss"]) for row in end.curves)
        save_file(plain_weights(one.model), sys.argv[1], metadata={"losses": losses})


if __name__ == "__main__":
    main()
