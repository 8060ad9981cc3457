"""Run the stand-in org: `python -m loaders.stand_in_org serve|dump`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from loaders.stand_in_org.dump import dump_lines, running_dump
from loaders.stand_in_org.org import Org
from loaders.stand_in_org.server import serve
from loaders.stand_in_org.settings import read_settings


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run the command."""
    parser = argparse.ArgumentParser(prog="python -m loaders.stand_in_org", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve the org until it is told to stop")
    serving.add_argument("--data", type=Path, required=True, help="the folder that holds the org")
    serving.add_argument("--port", type=int, default=0, help="port of http; 0: any free one")
    kind = serving.add_mutually_exclusive_group()
    kind.add_argument("--sandbox", action="store_true", help="be a sandbox")
    kind.add_argument("--production", action="store_true", help="be a production org (default)")
    serving.add_argument("--settings", type=Path, help="a JSON file of settings")
    dumping = commands.add_parser("dump", help="print every live record, a JSON line each")
    dumping.add_argument("--data", type=Path, required=True, help="the folder that holds the org")
    dumping.add_argument("--portable", action="store_true", help="keys in the place of ids")
    given = parser.parse_args(arguments)
    try:
        return _serve(given) if given.command == "serve" else _dump(given)
    except BrokenPipeError:
        # Whoever read the dump has seen enough.
        sys.stderr.close()
        return 0
    except (OSError, ValueError) as problem:
        print(f"Error: {problem}\nTry: python -m loaders.stand_in_org --help", file=sys.stderr)  # noqa: T201 a command's own answer
        return 2


def _now() -> datetime:
    return datetime.now(UTC)


def _kill() -> None:
    """End this process as a power cut would: nothing is flushed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


def _serve(given: argparse.Namespace) -> int:
    settings = read_settings(given.settings, sandbox=given.sandbox)
    # Waited for by the system: a handler of Python's own can miss a signal that comes right before
    # its thread begins to wait, and would then wait for ever.
    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    running = serve(given.data, port=given.port, settings=settings, clock=_now, kill=_kill)
    print(json.dumps(running.ready()), flush=True)  # noqa: T201 the ready line is the interface
    signal.sigwait(ending)
    running.stop()
    return 0


def _dump(given: argparse.Namespace) -> int:
    lines = running_dump(given.data, portable=given.portable)
    if lines is not None:
        for line in lines:
            sys.stdout.buffer.write(line + b"\n")
        return 0
    if not (given.data / "org.duckdb").exists():
        raise FileNotFoundError(f"there is no org in {given.data}")
    org = Org.open(given.data, settings=read_settings(None, sandbox=False), clock=_now)
    for line in dump_lines(org, portable=given.portable):
        sys.stdout.buffer.write(line + b"\n")
    org.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
