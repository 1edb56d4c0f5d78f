"""Checkers of the exercises in "Training" of inception_unet."""

from collections.abc import Callable, Mapping

TRAINED = 31_463_140


def _steps(answer: tuple[int, int]) -> str | None:
    """1: pictures to learn from, and updates of a run."""
    pictures, updates = map(int, answer)
    if (pictures, updates) == (125, 3150):
        return None
    if pictures in (157, 118):
        return "validation is 20 % of what the test part has left"
    if pictures == 126:
        return "the validation part is rounded up"
    if pictures != 125:
        return "take the test part off first, then validation off the rest"
    if updates == 63:
        return "these are the updates of one epoch"
    if updates in (3125, 3100):
        return "the last picture of an epoch gets an update of its own"
    return "batches an epoch, times epochs"


def _memory(answer: tuple[float, float]) -> str | None:
    """2: MB of the weights, and with gradients and Adam's memory."""
    weights, together = map(float, answer)
    right = 4 * TRAINED / 1e6
    if abs(weights - right) > 0.6:
        if abs(weights - right / 4) < 0.6:
            return "each number takes four bytes"
        if abs(weights - right * 1e6 / 2**20) < 0.6:
            return "MB are millions of bytes here, not 1024 times 1024"
        return "numbers times bytes, in millions"
    if abs(together - 4 * right) < 2:
        return None
    if abs(together - 3 * right) < 2:
        return "Adam keeps two running means, of the gradient and of its square"
    if abs(together - 2 * right) < 2:
        return "weights and gradients are there, Adam's memory is missing"
    return "every weight comes with how many further numbers?"


def _bill(answer: tuple[float, float]) -> str | None:
    """3: hours of ten runs with batches of two and of four."""
    two, four = map(float, answer)
    if abs(two - 21.0) < 0.06 and abs(four - 19.56) < 0.06:
        return None
    if abs(two - 2.1) < 0.06:
        return "there are ten runs"
    if abs(four - 38.5) < 0.2:
        return "with four pictures a step there are half as many steps"
    if abs(four - 18.9) < 0.06 or abs(four - 19.1) < 0.06:
        return "the last picture of an epoch gets a step of its own"
    return "updates an epoch, times epochs, runs and seconds, by 3600"


Gain = Callable[[Mapping[int, float], Mapping[int, float]], tuple[int, float, int]]


def _gain(answer: Gain) -> str | None:
    """4: paired differences over the seeds that both have."""
    a, b = {0: 0.8, 1: 0.5, 2: 0.9, 5: 0.1}, {1: 0.75, 2: 0.5, 0: 0.75, 7: 0.9}
    count, mean, wins = answer(a, b)
    if int(count) != 3:
        return "count only the seeds that stand in both"
    if abs(float(mean) - 0.2 / 3) > 1e-9:
        if abs(float(mean) + 0.2 / 3) < 1e-9:
            return "subtract b from a, not a from b"
        return "pair by the seed, not by the order, and average the differences"
    if int(wins) == 1:
        return "a wins where it is higher than b"
    return None if int(wins) == 2 else "count the seeds in which a is higher"


def _choosing(answer: set[str] | str) -> str | None:
    """5: which part is flattered by choosing an epoch."""
    chosen = {str(letter).strip().lower() for letter in answer} - {",", ""}
    if not chosen <= set("abcde"):
        return "answer with letters from a to e"
    if "b" in chosen:
        return "a part that did not choose is not flattered"
    if "d" in chosen:
        return "always is a strong word; look at the two rules on the test part"
    if "a" not in chosen:
        return "the largest of many noisy numbers is large by luck, too"
    if "c" not in chosen:
        return "whichever part chooses is flattered, the test part as well"
    return None if "e" in chosen else "what does a mean over more pictures do to luck?"


ANSWERS = {
    "inception-training.1": _steps,
    "inception-training.2": _memory,
    "inception-training.3": _bill,
    "inception-training.4": _gain,
    "inception-training.5": _choosing,
}
