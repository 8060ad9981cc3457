"""Subrequests that use each other's answers: each for itself, or all of them or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from loaders.stand_in_org import outcomes
from loaders.stand_in_org.call import Call
from loaders.stand_in_org.errors import ApiError, broken_json
from loaders.stand_in_org.references import Unresolved, resolve, resolve_text
from loaders.stand_in_org.subrequests import Subanswer, Subrequest, method_and_url, perform

_NAME = re.compile(r"[A-Za-z0-9]\w*", re.ASCII)
# A subrequest inherits these; one that brings its own fails the whole request.
_INHERITED = frozenset({"accept", "authorization", "content-type"})
_ROLLED_BACK = (
    "The transaction was rolled back since another operation in the same transaction failed."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One subrequest with the name under which later ones refer to its answer."""

    name: str
    request: Subrequest


class _RolledBack(Exception):
    """Leaves the transaction when one subrequest of an all-or-none request failed."""


def read_steps(given: Sequence[Mapping[str, object]]) -> list[Step]:
    """
    Read subrequests.

    Raises:
        ApiError: 400 for one that is not what it has to be, or two of one name.

    """
    steps = [_step(one) for one in given]
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        raise ApiError(400, "INVALID_INPUT", "Each referenceId must be unique in the request")
    return steps


def _step(given: Mapping[str, object]) -> Step:
    method, url = method_and_url(given)
    name, headers = given.get("referenceId"), given.get("httpHeaders") or {}
    if not isinstance(name, str):
        raise broken_json("Each subrequest needs a referenceId")
    if not isinstance(headers, dict):
        raise broken_json("httpHeaders must be an object")
    texts = {str(header): str(value) for header, value in headers.items()}
    if barred := sorted(header for header in texts if header.lower() in _INHERITED):
        raise broken_json(f"httpHeaders of a subrequest cannot hold {', '.join(barred)}")
    return Step(name, Subrequest(method, url, given.get("body"), texts))


def one_by_one(call: Call, steps: Sequence[Step]) -> Iterator[Subanswer]:
    """Carry out one after another; what refers to a failed one is not carried out."""
    answers: dict[str, object] = {}
    for step in steps:
        result = _carried_out(call, step, answers)
        answers[step.name] = result.body
        yield result


def all_or_none(call: Call, steps: Sequence[Step]) -> list[Subanswer]:
    """Carry out all in one transaction; the first that fails is the one that says why."""
    done: list[Subanswer] = []
    try:
        with outcomes.transaction(call.site.org) as connection:
            done = _until_one_fails(replace(call, connection=connection), steps)
            _keep_all_or_none(done)
    except _RolledBack:
        before, after = steps[: len(done) - 1], steps[len(done) :]
        return [*halted(before), done[-1], *halted(after)]
    return done


def _until_one_fails(call: Call, steps: Sequence[Step]) -> list[Subanswer]:
    done: list[Subanswer] = []
    for result in one_by_one(call, steps):
        done.append(result)
        if result.failed:
            break
    return done


def _keep_all_or_none(done: Sequence[Subanswer]) -> None:
    if done[-1].failed:
        raise _RolledBack


def _carried_out(call: Call, step: Step, answers: Mapping[str, object]) -> Subanswer:
    if _NAME.fullmatch(step.name) is None:
        return _refused(
            "INVALID_INPUT",
            f"Provided referenceId ('{step.name}') must start with a letter or a number, and it "
            "can contain only letters, numbers and underscores ('_').",
        )
    sent = step.request
    try:
        wanted = replace(
            sent, url=resolve_text(sent.url, answers), body=resolve(sent.body, answers)
        )
    except Unresolved as problem:
        return _halted(str(problem))
    return perform(call, wanted)


def halted(steps: Sequence[Step]) -> list[Subanswer]:
    """Answer for subrequests that were rolled back, or never carried out, because of another."""
    return [_halted(_ROLLED_BACK) for _ in steps]


def _halted(message: str) -> Subanswer:
    return _refused("PROCESSING_HALTED", message)


def _refused(code: str, message: str) -> Subanswer:
    return Subanswer(400, [{"errorCode": code, "message": message}])


def shown(steps: Sequence[Step], results: Sequence[Subanswer]) -> list[dict[str, object]]:
    """Show what became of each subrequest."""
    return [_shown(step, result) for step, result in zip(steps, results, strict=True)]


def _shown(step: Step, result: Subanswer) -> dict[str, object]:
    return {
        "body": result.body,
        "httpHeaders": {} if result.location is None else {"Location": result.location},
        "httpStatusCode": result.status,
        "referenceId": step.name,
    }
