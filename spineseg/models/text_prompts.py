"""Prompts in words as vectors: a stand-in that needs nothing, or a text encoder.

d: length of the vector. Nothing is downloaded: an encoder is a folder of the reader's.

Source: Sawant et al. 2026, Sec. 2.5.4: MedCLIP encodes the prompts once, the vectors
are normalised and pooled to one; the encoder stays frozen.
"""

import importlib
from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from spineseg.core.errors import SpinesegError
from spineseg.core.rng import rng

LENGTH = 512
"""Length of MedCLIP's shared space, as CLIP's ViT-B/32 has it."""


def stand_in(prompt: str, length: int = LENGTH) -> Float[Tensor, "d"]:
    """Return a random unit vector that depends on the words only.

    Two prompts get nearly orthogonal vectors, however alike their meaning: it stands
    for "a fixed vector", not for understanding.
    """
    drawn = rng(0, "prompt", prompt).standard_normal(length)
    return functional.normalize(torch.from_numpy(drawn).float(), dim=0)


def encode_prompts(
    prompts: Sequence[str], folder: str | PathLike[str]
) -> Float[Tensor, "d"]:
    """Return one vector for some prompts by a frozen text encoder of transformers.

    Each prompt is the mean of its last hidden states, or the model's own text features
    where it has them (CLIP); the vectors are normalised, averaged and normalised again.

    Args:
        prompts: at least one.
        folder: model and tokenizer as transformers saves them, such as a copy of
            emilyalsentzer/Bio_ClinicalBERT, the base of MedCLIP's text encoder.

    Raises:
        SpinesegError: if transformers or the folder is missing, or no prompt is given.
    """
    if not prompts:
        raise SpinesegError("no prompt is given", expected="at least one")
    if not Path(folder).is_dir():
        raise SpinesegError(
            "there is no such folder",
            path=folder,
            remedy="Download a text encoder yourself and name its folder",
        )
    try:
        package = importlib.import_module("transformers")
    except ImportError as error:
        raise SpinesegError(
            "encoding words needs the package transformers",
            remedy='Install it with: pip install "spineseg[sam]"',
        ) from error
    try:
        words = package.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = package.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    except (OSError, ValueError) as error:
        raise SpinesegError(
            "this folder holds no text encoder with its tokenizer", path=folder
        ) from error
    given = words(list(prompts), padding=True, return_tensors="pt")
    with torch.no_grad():
        vectors = functional.normalize(_features(model, dict(given)), dim=1)
    return functional.normalize(vectors.mean(0), dim=0)


def _features(model: torch.nn.Module, given: dict[str, Tensor]) -> Tensor:
    own = getattr(model, "get_text_features", None)
    if own is not None:
        found = own(**given)
        return getattr(found, "pooler_output", found)
    states = model(**given).last_hidden_state
    seen = given["attention_mask"][..., None].to(states)
    return (states * seen).sum(1) / seen.sum(1)
