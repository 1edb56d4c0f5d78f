"""``spineseg claims``: what the papers claim and what became of it."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from spineseg.cli import app
from spineseg.core.errors import SpinesegError
from spineseg.core.registry import unknown

if TYPE_CHECKING:
    from spineseg.audit import Judgement, Verdict


@app.command()
def claims(
    claim: Annotated[
        str | None, typer.Argument(help="One claim, with all its evidence.")
    ] = None,
    paper: Annotated[
        str | None, typer.Option(help="Only this paper, for instance cvmunet.")
    ] = None,
    verdict: Annotated[
        list[str] | None,
        typer.Option(help="Only this verdict, for instance contradicted; repeatable."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON.")
    ] = False,
) -> None:
    """List the claims of the five papers with verdicts, every check run now.

    Ends with code 1 if a verdict is stale (its evidence has changed) or unproved.
    """
    from spineseg.audit import judge_all

    verdicts = {_verdict(name) for name in verdict or []}
    _check_names(claim, paper)  # judging takes seconds
    chosen = [
        one
        for one in judge_all()
        if (claim is None or one.claim.id == claim)
        and (paper is None or one.claim.paper == paper)
        and (not verdicts or one.verdict in verdicts)
    ]
    if claim is not None and not chosen:
        raise SpinesegError(
            "this claim is of another paper or verdict",
            found=claim,
            remedy="Leave out --paper and --verdict",
        )
    if as_json:
        typer.echo(json.dumps([one.as_dict() for one in chosen], indent=1))
    elif claim is not None:
        _tell(chosen[0])
    else:
        _list(chosen)
    if any(one.state != "current" for one in chosen):
        raise typer.Exit(1)


def _check_names(claim: str | None, paper: str | None) -> None:
    from spineseg.audit import PAPERS
    from spineseg.audit import claims as all_claims

    if paper is not None and paper not in PAPERS:
        raise SpinesegError("unknown paper", found=paper, expected=", ".join(PAPERS))
    if claim is not None and claim not in all_claims():
        raise unknown("no such claim", claim, [*all_claims()], "spineseg claims")


def _verdict(name: str) -> "Verdict":
    from spineseg.audit import Verdict

    for verdict in Verdict:
        if name in (verdict.slug, verdict.value):
            return verdict
    known = ", ".join(verdict.slug for verdict in Verdict)
    raise SpinesegError("unknown verdict", found=name, expected=known)


def _list(chosen: "list[Judgement]") -> None:
    width = max((len(one.claim.id) for one in chosen), default=0)
    for one in chosen:
        state = "" if one.state == "current" else f"  [{one.state}]"
        typer.echo(f"{one.claim.id:{width}}  {one.verdict}{state}")
    typer.echo("")
    counts = Counter(one.verdict for one in chosen)
    for verdict, count in counts.most_common():
        typer.echo(f"{count:5} {verdict}")
    states = Counter(one.state for one in chosen)
    stale, unproved = states["stale"], states["unproved"]
    typer.echo(f"{len(chosen):5} claims; {stale} stale, {unproved} unproved")


def _tell(one: "Judgement") -> None:
    said = one.as_dict()
    for name in ("id", "where", "claim", "verdict", "state", "evidence", "assumption"):
        if said[name]:
            typer.echo(f"{name:11} {said[name]}")
    for label, name in (("fair", "fair_alternative"), ("tolerance", "tolerance")):
        if said[name]:
            typer.echo(f"{label:11} {said[name]}")
