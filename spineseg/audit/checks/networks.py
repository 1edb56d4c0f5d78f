"""Drawings: what a diagram must show, found in the network that the registry builds.

The network is built and run on the ``meta`` device: shapes, no numbers. A diagram
holds if every part it must show is there, in the size that the text names.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict

if TYPE_CHECKING:
    from torch import nn

BUILT = "The diagram is judged by the network that the text describes, not by its look."
OTHER = "The drawing may show a part that the text does not name."


@cache
def on_meta(network: str, channels: int = 1, classes: int = 2) -> "nn.Module":
    """Return a registered network of the paper's size, without weights."""
    import torch

    from spineseg.models import create_model

    with torch.device("meta"):
        return create_model(network, channels, classes).eval()


def shapes_of(model: "nn.Module", parts: Sequence[str], shape: Sequence[int]) -> Any:
    """Return the shapes ``c x h x w`` of what some parts give, in this order.

    Args:
        model: on the meta device; its ``heads`` are asked if it has them.
        parts: names of submodules, ``encoder.0``.
        shape: of the input, b c h w.
    """
    import torch

    found: dict[str, str] = {}

    def note(name: str) -> Callable[..., None]:
        def hook(module: Any, inputs: Any, output: Any) -> None:
            found[name] = " x ".join(str(n) for n in output.shape[1:])

        return hook

    hooks = [model.get_submodule(p).register_forward_hook(note(p)) for p in parts]
    try:
        with torch.no_grad():
            getattr(model, "heads", model)(torch.zeros(*shape, device="meta"))
    finally:
        for hook in hooks:
            hook.remove()
    return [found.get(name, "nothing") for name in parts]


def stages(network: str, parts: Sequence[str], shape: Sequence[int]) -> Check:
    """A diagram of a whole network: its stages give the sizes that the text names.

    The claim's value ``stages`` lists them, channels x rows x columns.
    """

    def check(case: Case) -> Finding:
        held = [
            case.ours(f"{network} {part}", size)
            for part, size in zip(
                parts, shapes_of(on_meta(network), parts, shape), strict=True
            )
        ]
        wanted = [case.value(f"stages.{i}") for i in range(len(parts))]
        same = [a == b for a, b in zip(held, wanted, strict=True)]
        odd = [f"{p}: {h}, named {w}"
               for p, h, w, ok in zip(parts, held, wanted, same, strict=True)
               if not ok]  # fmt: skip
        evidence = (
            f"{sum(same)} of {len(same)} stages of {network} have the named size: "
            f"{', '.join(held)}."
        )
        if not odd:
            return Finding(Verdict.HOLDS, evidence, BUILT)
        return Finding(
            Verdict.DEPENDS, f"{evidence} Not so: {'; '.join(odd)}.", BUILT, OTHER
        )

    return check


def facts(
    *found: tuple[str, str, Callable[[], object]], why: str = BUILT, fair: str = OTHER
) -> Check:
    """Facts of a built network that must be the claim's.

    Args:
        found: name of the claim's value, what it is in words, how we find ours.
        why: under which assumption.
        fair: what else may be meant, if they differ.
    """

    def check(case: Case) -> Finding:
        same, said = True, []
        for name, words, compute in found:
            held, meant = case.ours(words, compute()), case.value(name)
            same = same and held == meant
            said.append(f"{words}: {held}, named {meant}")
        evidence = f"{'; '.join(said)}."
        if same:
            return Finding(Verdict.HOLDS, evidence, why)
        return Finding(Verdict.DEPENDS, evidence, why, fair)

    return check
