"""Checkpoints that are there whole or not at all.

A checkpoint is a folder: ``NAME.safetensors`` for the weights of each network,
``state.pt`` for optimisers and position (it loads with ``weights_only=True``: no code
runs from it) and ``digest.json`` with the hash of each file. The folder is written
under another name and renamed, which the file system does at once; whoever pulls the
plug finds the old checkpoint or the new one.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from spineseg.core.errors import SpinesegError
from spineseg.io._files import atomic_write, sha256_of
from spineseg.training.position import Position

PART = ".part-"
DIGEST = "digest.json"


def save_checkpoint(
    folder: Path,
    place: Position,
    models: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
) -> Path:
    """Write a checkpoint, then remove the older ones; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
    for name, model in models.items():
        save_file(plain_weights(model), part / f"{name}.safetensors")
    states = {name: optimiser.state_dict() for name, optimiser in optimisers.items()}
    torch.save({"optimisers": states, "place": place.as_dict()}, part / "state.pt")
    digests = {file.name: sha256_of(file) for file in sorted(part.iterdir())}
    (part / DIGEST).write_text(json.dumps(digests, indent=1))
    for file in part.iterdir():
        _to_disk(file)
    target = folder / place.name
    os.replace(part, target)
    _to_disk(folder)
    for old in checkpoints(folder):
        if old != target:
            shutil.rmtree(old)
    return target


def load_checkpoint(
    folder: Path,
    models: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
) -> Position:
    """Put the newest checkpoint into networks and optimisers; return where it stands.

    Without a checkpoint nothing is changed and the position is the start. What a
    killed run left half written is removed.

    Raises:
        SpinesegError: if the checkpoint is damaged or of another network.
    """
    for half in folder.glob(f"{PART}*"):
        # a folder is half a checkpoint, a file half the weights kept beside them
        shutil.rmtree(half) if half.is_dir() else half.unlink()
    found = checkpoints(folder)
    if not found:
        return Position()
    newest = found[-1]
    _check(newest)
    for name, model in models.items():
        load_weights(newest / f"{name}.safetensors", model)
    state = torch.load(newest / "state.pt", map_location="cpu", weights_only=True)
    for name, optimiser in optimisers.items():
        optimiser.load_state_dict(state["optimisers"][name])
    return Position.from_dict(state["place"])


def checkpoints(folder: Path) -> list[Path]:
    """Return the whole checkpoints of a run, oldest first."""
    return sorted(folder.glob("epoch-*-step-*"))


def plain_weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return all parameters and buffers on the CPU."""
    state: dict[str, Any] = model.state_dict()
    return {k: v.detach().cpu().contiguous() for k, v in state.items()}


def save_weights(path: Path, model: nn.Module, facts: Mapping[str, str]) -> None:
    """Write the weights alone, atomically, with facts in the header."""
    with atomic_write(path) as part:
        save_file(plain_weights(model), part, metadata=dict(facts))


def load_weights(path: Path, model: nn.Module) -> None:
    """Read weights into a network.

    Raises:
        SpinesegError: if the file is missing, damaged or of another network.
    """
    if not path.is_file():
        raise SpinesegError("there is no such file of weights", path=path)
    try:
        weights = load_file(path)
        model.load_state_dict(weights)
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise SpinesegError(
            "these weights do not fit the network",
            path=path,
            found=reason,
            remedy="Use the recipe that they were trained with",
        ) from error


def _check(newest: Path) -> None:
    try:
        digests = json.loads((newest / DIGEST).read_text())
        damaged = [k for k, v in digests.items() if sha256_of(newest / k) != v]
    except (OSError, ValueError) as error:
        raise _broken(newest, str(error)) from error
    if damaged:
        raise _broken(newest, ", ".join(damaged))


def _broken(newest: Path, what: str) -> SpinesegError:
    return SpinesegError(
        "the checkpoint was changed after it was written",
        path=newest,
        found=what,
        remedy="Remove this folder to start the run anew",
    )


def _to_disk(path: Path) -> None:
    """Wait until the disk has it; a rename must not overtake its content."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
