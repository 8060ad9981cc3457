"""What only a stand-in has: trouble on demand, ageing activities, and a dump of everything."""

from __future__ import annotations

from starlette.responses import Response, StreamingResponse

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.dump import dump_lines


def archive(call: Call) -> Response:
    """Archive old activities, as the original's background run does."""
    return answer({"archived": call.site.org.archive_activities()})


def fault(call: Call) -> Response:
    """Switch faults on or off."""
    wanted = call.json_object()
    call.site.faults.switch(wanted)
    return answer({"switched": sorted(wanted)})


def dump(call: Call) -> Response:
    """Answer the dump, a JSON line per record."""
    portable = (call.argument("portable") or "").lower() == "true"
    lines = dump_lines(call.site.org, portable=portable)
    return StreamingResponse((line + b"\n" for line in lines), media_type="application/x-ndjson")
