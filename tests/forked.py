"""Real commands and orgs in processes of their own, forked from one that has imported them."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import loaders.cli
from loaders.stand_in_org.__main__ import main as stand_in

# A run starts hundreds of them, and each would spend more on its imports than on its work.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@contextmanager
def _forked(target: Callable[..., None], *arguments: Any) -> Iterator[Any]:
    """Let a process run until the block ends, at the longest."""
    process = _FORKS.Process(target=target, args=arguments, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()
        process.close()


@contextmanager
def forked_org(*arguments: str) -> Iterator[str]:
    """Be `python -m loaders.stand_in_org` with these arguments, and give its ready line."""
    heard, told = _FORKS.Pipe(duplex=False)
    with heard, told, _forked(_org, told, arguments):
        # Were it open here too, an org that fails would be waited for.
        told.close()
        with open(heard.fileno(), encoding="utf-8", closefd=False) as lines:
            ready = lines.readline()
        yield ready


def forked_load(arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str, str]:
    """Be `clinic-load` with these arguments, and give its exit code, its answer, its narration."""
    with TemporaryDirectory(prefix="clinic-load-") as folder:
        said = [Path(folder) / name for name in ("stdout", "stderr")]
        with _forked(_load, said, dict(environ), list(arguments)) as process:
            process.join()
            code: int = process.exitcode
        stdout, stderr = (file.read_text(encoding="utf-8") for file in said)
    return code, stdout, stderr


def _org(told: Connection, arguments: tuple[str, ...]) -> None:
    with (
        open(told.fileno(), "w", encoding="utf-8", closefd=False) as out,
        redirect_stdout(out),
    ):
        stand_in(list(arguments))


def _load(said: list[Path], environ: dict[str, str], arguments: list[str]) -> None:
    for number, file in enumerate(said, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), number)
    os.environ.clear()
    os.environ.update(environ)
    sys.exit(loaders.cli.run(arguments))
