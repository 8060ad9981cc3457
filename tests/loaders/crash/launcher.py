"""
Start the real commands from one warm process, so that each costs a fork and not its imports.

Reads a JSON line per order on stdin and answers each on stdout: `{"start": ...}` with the process
id, `{"wait": id}` with how that process ended (negative: the signal). The commands themselves are
`clinic-load` and `python -m loaders.stand_in_org`, each in a process of its own that can be killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from functools import partial
from typing import Any

import loaders.cli
import loaders.runs
from loaders.org_line import OrgLine
from loaders.session import Sending
from loaders.stand_in_org.__main__ import main as stand_in
from tests.loaders.crash.strike import install

# Two rows are many here: one object goes as Bulk jobs of a row or two, another by Collections.
SENDING = Sending(bulk_from=2, part_bytes=260, first_pause=0.01)
_NOT_CAUGHT = 70


def load(order: dict[str, Any]) -> int:
    """Be `clinic-load`, in a hurry, with a blow waiting for it."""
    loaders.runs.sending_of = lambda _: SENDING
    loaders.runs.OrgLine = partial(OrgLine, first_pause=0.01, longest_pause=0.1, **order["line"])
    install(order["strike"], trace=order["trace"])
    return loaders.cli.run(order["arguments"])


def serve(order: dict[str, Any]) -> int:
    """Be `python -m loaders.stand_in_org`."""
    return stand_in(order["arguments"])


PROGRAMS = {"load": load, "org": serve}


def start(order: dict[str, Any]) -> int:
    """Fork a process that carries the order out, and give its id."""
    process = os.fork()
    if process:
        return process
    code = _NOT_CAUGHT
    try:
        for name, number in (("stdout", 1), ("stderr", 2)):
            path = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(path, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(order["environ"])
        code = PROGRAMS[order["start"]](order)
    # Whatever happened, a forked child must not go on as its parent.
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Take orders until there are none left, then end what was started."""
    running: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            process = start(order)
            running.add(process)
            answer = process
        else:
            _, status = os.waitpid(order["wait"], 0)
            running.discard(order["wait"])
            answer = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for process in running:
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    main()
