"""A stand-in org in a process of its own, forked from one that has imported everything already."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from multiprocessing.connection import Connection

from loaders.stand_in_org.__main__ import main

# A run starts hundreds of orgs, and each would spend more on its imports than on its start.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@contextmanager
def forked_org(*arguments: str) -> Iterator[str]:
    """Run `python -m loaders.stand_in_org` with these arguments, and give its ready line."""
    heard, told = _FORKS.Pipe(duplex=False)
    # Like any child's, its end is not what ends the run of the tests.
    process = _FORKS.Process(target=_run, args=(told, arguments), daemon=True)
    with heard, told:
        process.start()
        told.close()
        with open(heard.fileno(), encoding="utf-8", closefd=False) as lines:
            ready = lines.readline()
        try:
            yield ready
        finally:
            process.terminate()
            process.join()
            process.close()


def _run(told: Connection, arguments: tuple[str, ...]) -> None:
    with (
        open(told.fileno(), "w", encoding="utf-8", closefd=False) as out,
        redirect_stdout(out),
    ):
        main(list(arguments))
