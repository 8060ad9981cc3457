"""Several requests in one, each able to use what the ones before it answered (contract 4.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.composite_steps import Step, all_or_none, one_by_one, read_steps, shown
from loaders.stand_in_org.errors import ApiError, broken_json
from loaders.stand_in_org.subrequests import MAX_SUBREQUESTS, subrequest_list

_MAX_COSTLY = 5
_COSTLY = re.compile(r"/(?:composite/sobjects|query|queryAll)(?:[/?]|$)", re.IGNORECASE)


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
    steps = read_steps(subrequest_list(body, "compositeRequest", most=MAX_SUBREQUESTS))
    _check_costly(steps)
    carry_out = all_or_none if body.get("allOrNone") else one_by_one
    return answer({"compositeResponse": shown(steps, list(carry_out(call, steps)))})


def _check_costly(steps: Sequence[Step]) -> None:
    if sum(_is_costly(step) for step in steps) > _MAX_COSTLY:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"At most {_MAX_COSTLY} subrequests may be sObject Collections or queries",
        )


def _is_costly(step: Step) -> bool:
    """Tell whether a subrequest is a query or a collection."""
    return _COSTLY.search(step.request.url) is not None
