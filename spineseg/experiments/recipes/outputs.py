"""Which loss a network with several outputs is given."""

from spineseg.models.registry import MODELS


def supervised(network: str, loss: str) -> str:
    """Return the name of a loss of all outputs, for a network that has deep ones.

    Args:
        network: ``paper/network``; its ``deep_outputs`` says so.
        loss: of one output; returned as it is for every other network.
    """
    deep = getattr(MODELS[network], "deep_outputs", False)
    return f"deep_{loss}" if deep else loss
