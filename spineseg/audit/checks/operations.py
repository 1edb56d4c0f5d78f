"""What a block does, step by step: every operation of one pass, in order, by name.

A block's diagram is a list of steps. The block is run on the ``meta`` device and each
call of a convolution, norm, activation, sum or product is written down; the parts
that the paper names must be among them, in its order.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spineseg.audit.case import Case, Check
from spineseg.audit.verdict import Finding, Verdict

if TYPE_CHECKING:
    from torch import nn

READ = "The steps are those that the text names, judged by our block, not by the look."
_OTHER = (
    "The drawing may show steps in another order, or some that the text leaves out."
)
_NAMES = {
    **dict.fromkeys(("add", "__add__", "add_", "__radd__"), "add"),
    **dict.fromkeys(("mul", "__mul__", "__rmul__"), "times"),
    **dict.fromkeys(("matmul", "__matmul__", "einsum", "bmm"), "product"),
    **dict.fromkeys(("layer_norm", "batch_norm", "group_norm"), "norm"),
    **dict.fromkeys(("amax", "max"), "maximum"),
    "avg_pool2d": "mean pool",
    "scaled_dot_product_attention": "attention",
    "argmin": "nearest",
    "leaky_relu": "leaky relu",
    "instance_norm": "norm",
    "max_pool2d": "maximum pool",
    "interpolate": "enlarge",
    "cat": "join",
    **{name: name for name in ("linear", "gelu", "silu", "relu", "sigmoid")},
    **{name: name for name in ("softmax", "dropout", "mean")},
}
_TWO = {"add", "times"}
"""Steps only between two maps, or of a map and learned numbers."""


def operations(
    block: "nn.Module", *shapes: Sequence[int], whole: Sequence[str] = ()
) -> list[str]:
    """Return the operations of one pass in order.

    Args:
        block: on the meta device.
        shapes: of its inputs.
        whole: classes that are one step by their name, whatever happens inside.
    """
    import torch
    from torch.overrides import TorchFunctionMode

    found: list[str] = []
    inside: list[str] = []

    class Listen(TorchFunctionMode):
        def __torch_function__(self, f: Any, types: Any, args: Any = (), kwargs=None):
            if not inside and (name := _step(f, args)):
                found.append(name)
            return f(*args, **(kwargs or {}))

    def enter(module: Any, inputs: Any) -> None:
        if not inside:
            found.append(type(module).__name__)
        inside.append("")

    def leave(module: Any, inputs: Any, output: Any) -> None:
        inside.pop()

    hooks = []
    for part in block.modules():
        if type(part).__name__ in whole:
            hooks += [part.register_forward_pre_hook(enter)]
            hooks += [part.register_forward_hook(leave)]
    try:
        with torch.no_grad(), Listen():
            block.eval()(*(torch.zeros(*shape, device="meta") for shape in shapes))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _step(function: Any, args: Sequence[Any]) -> str:
    """Return the name of one operation, or nothing if it only moves numbers."""
    import torch

    name = getattr(function, "__name__", "")
    if name in ("conv1d", "conv2d", "conv_transpose2d"):
        return _convolution(name, args)
    said = _NAMES.get(name, "")
    both = [isinstance(one, torch.Tensor) and one.dim() > 0 for one in args[:2]]
    return "" if said in _TWO and not all(both) else said


def _convolution(name: str, args: Sequence[Any]) -> str:
    weight = args[1]
    groups = args[6] if len(args) > 6 and name != "conv_transpose2d" else 1
    dilation = args[5] if len(args) > 5 and name == "conv2d" else 1
    spread = dilation if isinstance(dilation, int) else dilation[0]
    wide = f" dilated by {spread}" if spread > 1 else ""
    if name == "conv1d":
        return f"1D convolution of {weight.shape[-1]}"
    kind = {"conv2d": "convolution", "conv_transpose2d": "transposed convolution"}
    side = " x ".join(str(n) for n in weight.shape[-2:])
    deep = "depthwise " if groups == weight.shape[0] > 1 else ""
    return f"{side} {deep}{kind[name]}{wide}"


def first_missing(named: Sequence[str], steps: Sequence[str]) -> str:
    """Return the first named step that does not follow in order, or nothing.

    A name fits a step that is it, or begins or ends with it: ``convolution`` fits
    ``3 x 3 convolution``.
    """
    left = iter(steps)
    for name in named:
        fits = (
            step == name or step.startswith(f"{name} ") or step.endswith(f" {name}")
            for step in left
        )
        if not any(fits):
            return name
    return ""


def diagram(
    steps: Mapping[str, Callable[[], list[str]]], assumption: str = ""
) -> Check:
    """A diagram of one or more blocks, each with its steps in the claim's values.

    Args:
        steps: name of the claim's value, a list, to what gives our block's steps.
        assumption: what the text leaves open.
    """

    def check(case: Case) -> Finding:
        said, missing = [], []
        for name, found in steps.items():
            ours = case.ours(f"steps of {name}", ", ".join(found()))
            named = [case.value(f"{name}.{i}") for i in range(_length(case, name))]
            first = first_missing(named, ours.split(", "))
            missing += [f"{name}: {first}"] if first else []
            said.append(f"{name}: {ours}")
        evidence = f"{'; '.join(said)}."
        why = f"{READ} {assumption}".strip()
        if not missing:
            return Finding(Verdict.HOLDS, evidence, why)
        text = f"{evidence} Not there in this order: {'; '.join(missing)}."
        return Finding(Verdict.DEPENDS, text, why, _OTHER)

    return check


def _length(case: Case, name: str) -> int:
    return len(case.claim.values[name])
