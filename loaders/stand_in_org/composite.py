"""Several requests in one, each able to use what the ones before it answered (contract 4.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from loaders.stand_in_org import outcomes
from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.errors import ApiError, broken_json
from loaders.stand_in_org.references import Unresolved, resolve, resolve_text
from loaders.stand_in_org.subrequests import (
    Subanswer,
    Subrequest,
    method_and_url,
    perform,
    subrequest_list,
)

_MAX_COSTLY = 5
_COSTLY = re.compile(r"/(?:composite/sobjects|query|queryAll)(?:[/?]|$)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9]\w*", re.ASCII)
# A subrequest inherits these; one that brings its own fails the whole request.
_INHERITED = frozenset({"accept", "authorization", "content-type"})
_ROLLED_BACK = (
    "The transaction was rolled back since another operation in the same transaction failed."
)


@dataclass(frozen=True, slots=True)
class _Step:
    """One subrequest with the name under which later ones refer to its answer."""

    name: str
    request: Subrequest


class _RolledBack(Exception):
    """Leaves the transaction when one subrequest of an all-or-none request failed."""


def composite(call: Call) -> Response:
    """
    Carry out up to 25 subrequests in their order.

    Whether related subrequests are collated is a matter of speed to the original; here they run in
    the order in which they were sent, as it does without collation.

    Raises:
        ApiError: 400 for a request that is refused before anything is done.

    """
    body = call.json_object()
    for flag in ("allOrNone", "collateSubrequests"):
        if not isinstance(body.get(flag, False), bool):
            raise broken_json(f"{flag} must be true or false")
    steps = [_step(given) for given in subrequest_list(body, "compositeRequest")]
    _check(steps)
    done = _all_or_none(call, steps) if body.get("allOrNone") else list(_results(call, steps))
    shown = [_shown(step, result) for step, result in zip(steps, done, strict=True)]
    return answer({"compositeResponse": shown})


def _step(given: Mapping[str, object]) -> _Step:
    method, url = method_and_url(given)
    name, headers = given.get("referenceId"), given.get("httpHeaders") or {}
    if not isinstance(name, str):
        raise broken_json("Each subrequest needs a referenceId")
    if not isinstance(headers, dict):
        raise broken_json("httpHeaders must be an object")
    texts = {str(header): str(value) for header, value in headers.items()}
    if barred := sorted(header for header in texts if header.lower() in _INHERITED):
        raise broken_json(f"httpHeaders of a subrequest cannot hold {', '.join(barred)}")
    return _Step(name, Subrequest(method, url, given.get("body"), texts))


def _check(steps: Sequence[_Step]) -> None:
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        raise ApiError(400, "INVALID_INPUT", "Each referenceId must be unique in the request")
    if sum(_COSTLY.search(step.request.url) is not None for step in steps) > _MAX_COSTLY:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"At most {_MAX_COSTLY} subrequests may be sObject Collections or queries",
        )


def _all_or_none(call: Call, steps: Sequence[_Step]) -> list[Subanswer]:
    """Carry out all in one transaction; the first that fails is the one that says why."""
    done: list[Subanswer] = []
    try:
        with outcomes.transaction(call.site.org) as connection:
            done = _until_one_fails(replace(call, connection=connection), steps)
            _keep_all_or_none(done)
    except _RolledBack:
        halted = _halted(_ROLLED_BACK)
        return [*(halted for _ in done[1:]), done[-1], *(halted for _ in steps[len(done) :])]
    return done


def _until_one_fails(call: Call, steps: Sequence[_Step]) -> list[Subanswer]:
    done: list[Subanswer] = []
    for result in _results(call, steps):
        done.append(result)
        if result.failed:
            break
    return done


def _results(call: Call, steps: Sequence[_Step]) -> Iterator[Subanswer]:
    """Carry out one after another; what refers to a failed one is not carried out."""
    answers: dict[str, object] = {}
    for step in steps:
        result = _carried_out(call, step, answers)
        answers[step.name] = result.body
        yield result


def _keep_all_or_none(done: Sequence[Subanswer]) -> None:
    if done[-1].failed:
        raise _RolledBack


def _carried_out(call: Call, step: _Step, answers: Mapping[str, object]) -> Subanswer:
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


def _halted(message: str) -> Subanswer:
    return _refused("PROCESSING_HALTED", message)


def _refused(code: str, message: str) -> Subanswer:
    return Subanswer(400, [{"errorCode": code, "message": message}])


def _shown(step: _Step, result: Subanswer) -> dict[str, object]:
    return {
        "body": result.body,
        "httpHeaders": {} if result.location is None else {"Location": result.location},
        "httpStatusCode": result.status,
        "referenceId": step.name,
    }
