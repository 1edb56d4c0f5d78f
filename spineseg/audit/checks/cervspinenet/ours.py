"""Stages, sizes and settings of CervSpineNet, held against our network and recipe."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spineseg.audit.case import Case, Check
from spineseg.audit.checks.compare import settled
from spineseg.audit.checks.formulae import GIVEN
from spineseg.audit.checks.networks import facts, on_meta
from spineseg.audit.checks.operations import diagram, operations
from spineseg.audit.checks.recipes import as_printed, full
from spineseg.audit.verdict import Finding, Verdict
from spineseg.core.sample import Sample

_NETWORK = "cervspinenet/cervspinenet"
_TIME = "cervspinenet_prose_time"
_NEAR = 1e-5
"""Of two sums in single precision."""


@cache
def _stage() -> dict[str, NDArray[Any]]:
    """Return what enters and leaves each part of a small stage, and its weights."""
    import torch

    from spineseg.models.cervspinenet import Stage

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        # wide enough for two inner numbers in squeeze and excitation
        stage, x = Stage(2, 32).eval(), torch.randn(1, 2, 4, 5)
    kept = {f"w {name}": p.detach().numpy() for name, p in stage.named_parameters()}
    found: dict[str, NDArray[Any]] = {"x": x[0].numpy()}

    def note(name: str) -> Callable[..., None]:
        def hook(module: Any, inputs: Any, output: Any) -> None:
            found[f"into {name}"] = inputs[0][0].detach().numpy()
            found[f"out of {name}"] = output[0].detach().numpy()

        return hook

    for name in ("k_1", "se", "se.w_1"):
        stage.get_submodule(name).register_forward_hook(note(name))
    with torch.no_grad():
        stage(x)
        weights = stage.se.weights(torch.tensor(found["into se"])[None])
        found["weights"] = weights[0].numpy()
    return found | kept


def convolved(
    x: NDArray[Any], kernel: NDArray[Any], bias: NDArray[Any]
) -> NDArray[Any]:
    """Return a 3 x 3 convolution that keeps the size, pixel by pixel."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    rows, columns = x.shape[1:]
    out = np.zeros((len(kernel), rows, columns))
    for k in range(len(kernel)):
        for i in range(rows):
            for j in range(columns):
                window = padded[:, i : i + 3, j : j + 3]
                out[k, i, j] = (window * kernel[k]).sum() + bias[k]
    return out


def _relu(x: NDArray[Any]) -> NDArray[Any]:
    return np.maximum(x, 0)


def _convolution(s: dict[str, NDArray[Any]]) -> NDArray[Any]:
    return _relu(convolved(s["x"], s["w conv.weight"], s["w conv.bias"]))


def _residual(s: dict[str, NDArray[Any]]) -> NDArray[Any]:
    f = s["into k_1"]
    inner = _relu(convolved(f, s["w k_1.weight"], s["w k_1.bias"]))
    return f + _relu(convolved(inner, s["w k_2.weight"], s["w k_2.bias"]))


def _squeezed(s: dict[str, NDArray[Any]]) -> NDArray[Any]:
    return s["into se"].mean((1, 2))


def _excited(s: dict[str, NDArray[Any]]) -> NDArray[Any]:
    inner = _relu(s["w se.w_1.weight"] @ s["into se"].mean((1, 2)))
    return 1 / (1 + np.exp(-(s["w se.w_2.weight"] @ inner)))


def _weighed(s: dict[str, NDArray[Any]]) -> NDArray[Any]:
    return _excited(s)[:, None, None] * s["into se"]


def _equation(
    literal: Callable[[dict[str, NDArray[Any]]], NDArray[Any]], place: str, what: str
) -> Check:
    """The printed formula against what a stage of our decoder holds at a place."""

    def check(case: Case) -> Finding:
        stage = _stage()
        # a weighted sum, so that no two numbers can change places
        hand, held = (
            float((np.ravel(a) * np.arange(1, a.size + 1)).mean())
            for a in (literal(stage), np.asarray(stage[place]))
        )
        ours = float(case.ours(what, f"{held:.6f}"))
        verdict = Verdict.HOLDS if abs(hand - ours) < _NEAR else Verdict.CONTRADICTED
        said = f"{what}: by hand {hand:.6f}, in the decoder {ours:.6f}."
        fair = "" if verdict == Verdict.HOLDS else "The decoder may be misread."
        return Finding(verdict, said, GIVEN, fair)

    return check


def _range() -> str:
    """Return the least and the largest number that the network is given."""
    from spineseg.training.examples import to_picture
    from spineseg.transforms import preprocessing

    steps = full(_NETWORK)["preprocessing"]
    grey = (np.arange(256) / 255).astype(np.float32).reshape(16, 16)
    run = preprocessing(steps["paper"], **{**steps["numbers"], "size_px": 16})
    seen = to_picture(run(Sample(grey, np.zeros((16, 16), np.uint8))), 3)
    return f"{float(seen.min()):g} to {float(seen.max()):g}"


def _threshold() -> str:
    """Return the share of one at which a pixel becomes foreground, in hundredths."""
    import torch

    from spineseg.inference.predict import to_labels

    shares = torch.arange(0, 101).view(1, 1, 1, -1) / 100
    return f"{int((to_labels(shares)[0, 0] == 0).sum() - 1) / 100:g}"


def _bars(case: Case) -> tuple[bool, str]:
    low, high, mean = (
        case.cell(_TIME, f"manual annotation, {name} mean", "value").middle
        for name in ("fastest annotator", "slowest annotator", "overall")
    )
    model = case.cell(_TIME, "CervSpineNet per image", "value").middle
    whole = case.cell(_TIME, "manual total per image", "value").middle
    good = low <= mean <= high <= whole and model < low
    return good, (
        f"Bars of {low:g}, {high:g} and {mean:g} s for tracing, {whole:g} s in all, "
        f"{model:g} s for the model: each is printed in the text."
    )


def _network() -> list[str]:
    whole = ("ImageEncoderViT", "Stage")
    model = on_meta(_NETWORK, 3, 1)
    return operations(model, (1, 3, 1024, 1024), whole=whole)


CHECKS = {
    "cervspinenet-prep-range": facts(
        ("size", "side of the picture, pixels",
         lambda: full(_NETWORK)["preprocessing"]["numbers"]["size_px"]),
        ("range", "what black and white become", _range),
        why="What the encoder's weights were trained on has another scale, which the "
        "text does not mention.",
    ),
    "cervspinenet-hp-batch": as_printed(_NETWORK, {"batch": "plan.batch"}),
    "cervspinenet-hp-epochs": as_printed(
        _NETWORK,
        {"epochs": "plan.epochs"},
        remark="When the metrics saturate, runs must tell.",
    ),
    "cervspinenet-hp-threshold": facts(
        ("threshold", "probability above which a pixel is foreground", _threshold),
        why="As everywhere in this package.",
    ),
    "cervspinenet-eq2": _equation(_convolution, "into k_1", "ReLU(K * F + b)"),
    "cervspinenet-eq3": _equation(_residual, "into se", "F + ReLU(K2 * ReLU(K1 * F))"),
    "cervspinenet-eq4": _equation(_squeezed, "into se.w_1", "Mean of each channel"),
    "cervspinenet-eq5": _equation(_excited, "weights", "sigmoid(W2 ReLU(W1 z))"),
    "cervspinenet-eq6": _equation(_weighed, "out of se", "Channels times weights"),
    "cervspinenet-F3": diagram({"network": _network}, "The decoder's widths are ours."),
    "cervspinenet-F9": settled(
        _bars, "The bars are the printed means.", "Other means may be drawn."
    ),
}  # fmt: skip
"""What our network and recipe answer."""
