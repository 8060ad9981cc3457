"""Several independent requests in one (contract 4.5)."""

from __future__ import annotations

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.subrequests import (
    MAX_SUBREQUESTS,
    Subanswer,
    Subrequest,
    method_and_url,
    perform,
    subrequest_list,
)
from loaders.stand_in_org.usage import DAILY_API_REQUESTS

_HALTED = Subanswer(
    412,
    [
        {
            "errorCode": "BATCH_PROCESSING_HALTED",
            "message": "Batch processing is halted because of an error in a previous subrequest",
        }
    ],
)


def batch(call: Call) -> Response:
    """
    Carry out up to 25 subrequests in their order, each with a transaction of its own.

    Each counts against the day's requests. With `haltOnError` those after a failed one are not
    carried out.

    Raises:
        ApiError: 400 for a request that is refused before anything is done.

    """
    body = call.json_object()
    wanted = [
        Subrequest(method, _address(url), given.get("richInput"))
        for given in subrequest_list(body, "batchRequests", most=MAX_SUBREQUESTS)
        for method, url in (method_and_url(given),)
    ]
    call.site.usage.count(DAILY_API_REQUESTS, by=len(wanted) - 1)
    results: list[Subanswer] = []
    for one in wanted:
        halted = body.get("haltOnError") is True and any(map(_is_error, results))
        results.append(_HALTED if halted else perform(call, one))
    return answer(
        {
            "hasErrors": any(map(_is_error, results)),
            "results": [{"statusCode": one.status, "result": one.body} for one in results],
        }
    )


def _is_error(result: Subanswer) -> bool:
    return result.status >= 400  # noqa: PLR2004 where HTTP's errors begin


def _address(url: str) -> str:
    """Give the whole path: a batch names its resources from the version on."""
    return url if url.startswith("/services/") else f"/services/data/{url.lstrip('/')}"
