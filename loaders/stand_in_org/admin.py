"""What only a stand-in has: its settings, trouble on demand, ageing activities, and a dump."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from itertools import islice

import msgspec
from starlette.responses import Response, StreamingResponse

from loaders.stand_in_org.acts import perform
from loaders.stand_in_org.acts_vocabulary import read_act
from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.dump import dump_lines
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.settings import SettingRefused, Settings, meaning, only_at_start

_PACKET_LINES = 1_000


def archive(call: Call) -> Response:
    """Archive old activities, as the original's background run does."""
    return answer({"archived": call.site.org.archive_activities()})


def settings(call: Call) -> Response:
    """Show every setting: its value now, its default, what it is."""
    now, fresh = call.site.org.settings, Settings()
    shown = {
        one.name: {
            "value": msgspec.to_builtins(getattr(now, one.name)),
            "default": msgspec.to_builtins(getattr(fresh, one.name)),
            "meaning": meaning(one.name),
            "only_at_start": only_at_start(one.name),
        }
        for one in fields(Settings)
    }
    return answer(shown)


def change_settings(call: Call) -> Response:
    """
    Change settings while the org runs; null takes a change back.

    Raises:
        ApiError: 400 for a setting that does not exist, or a value of another type.

    """
    wanted = call.json_object()
    try:
        call.site.org.change_settings(wanted)
    except SettingRefused as problem:
        raise ApiError(400, "INVALID_SETTING", str(problem)) from problem
    return answer({"changed": sorted(wanted)})


def fault(call: Call) -> Response:
    """Switch faults on or off."""
    wanted = call.json_object()
    call.site.faults.switch(wanted)
    return answer({"switched": sorted(wanted)})


def act(call: Call) -> Response:
    """Do something in the org as another user would, all of it or nothing."""
    task = read_act(call.json_object())
    return answer({"ids": perform(call.site.org, task)})


def acts(call: Call) -> Response:
    """Show what became of the acts that waited for a request or a job."""
    return answer(call.site.acts)


def faults(call: Call) -> Response:
    """Show the faults that have not happened yet."""
    return answer(call.site.faults.pending())


def requests(call: Call) -> Response:
    """Show how many requests and rows there were, and which requests `?since=` that number."""
    since = call.argument("since") or "0"
    if not since.isdecimal():
        raise ApiError(400, "INVALID_NUMBER", "since is the number of a request")
    shown = call.site.requests.show(since=int(since))
    return answer({**shown, "rows": call.site.org.rows_asked})


def dump(call: Call) -> Response:
    """Answer the dump, a JSON line per record."""
    portable = (call.argument("portable") or "").lower() == "true"
    lines = dump_lines(call.site.org, portable=portable)
    return StreamingResponse(_packets(lines), media_type="application/x-ndjson")


def _packets(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Send many lines together, since what is sent by itself costs a change of threads."""
    while packet := list(islice(lines, _PACKET_LINES)):
        yield b"\n".join(packet) + b"\n"
