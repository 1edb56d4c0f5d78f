"""Another printed number, another sentence, another function: does a check notice?"""

import re
from collections.abc import Iterator

from spineseg.audit import Judgement, judge
from spineseg.audit.source import Key, Source
from spineseg.core.errors import SpinesegError

FACTORS = (1.5, 0.6, 0.01, 100.0, -1.0)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORDS = {
    "Ours Better": "Baseline Better",
    "Baseline Better": "Ours Better",
    "minus": "plus",
    "plus": "minus",
    "Cliff's delta": "Cohen's d",
    "4/C": "C/4",
}


def other_texts(printed: str) -> Iterator[str]:
    """Yield texts that could have been printed instead."""
    if printed in _WORDS:
        yield _WORDS[printed]
        return
    number = _NUMBER.search(printed)
    if number is None:
        yield "something else"
        return
    decimals = len(number[0].partition(".")[2])
    for factor in FACTORS:
        sign, value = ("-", 1.0) if factor < 0 else ("", factor)
        changed = f"{sign}{float(number[0]) * value:.{max(decimals, 1)}f}"
        yield printed[: number.start()] + changed + printed[number.end() :]


def changes(judged: Judgement) -> Iterator[dict[Key, str]]:
    """Yield changes of one thing that the check read, the claim's own numbers first."""
    read = dict(judged.read or {})
    order = {"value": 0, "statement": 1, "cell": 2, "ours": 3}
    statements = [key for key in read if key[0] == "statement"]
    for key in sorted((k for k in read if k[0] in order), key=lambda k: order[k[0]]):
        if key[0] == "statement":
            yield {key: "something else"}
        else:
            for text in other_texts(read[key]):
                yield {key: text}
    # all places say the same: what the contradicted claims would need
    for about in {key[2] for key in statements}:
        yield {key: "one thing" for key in statements if key[2] == about}
    if statements:
        yield dict.fromkeys(statements, "one thing")


def noticed(judged: Judgement) -> str:
    """Return what made the verdict another one, or nothing."""
    attempts = [Source(change) for change in changes(judged)]
    if any(key[0] == "function" for key in judged.read or {}):
        attempts.insert(0, Source(scale=1.01))
    for source in attempts:
        try:
            found = judge(judged.claim, source)
        except (SpinesegError, LookupError, ArithmeticError, ValueError):
            # an impossible text; refusing it is no verdict
            continue
        if found.verdict != judged.verdict:
            return "; ".join(map(str, source.changes)) or "function"
    return ""
