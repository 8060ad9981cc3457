"""An error that nobody foresaw: told by its kind and place, since what it says may quote a row."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType

_HINT = "report the lines above: they hold no data; clinic-load status latest tells what was done"


def tell_no_values() -> None:
    """From now on, in this process, an error that nobody caught is told without its words."""
    sys.excepthook = _tell
    threading.excepthook = lambda crash: _tell(crash.exc_type, crash.exc_value, crash.exc_traceback)


def _tell(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    lines = list(_chain(error)) if error else []
    sys.stderr.write(
        f"{''.join(lines)}Error: {_name(kind)}, which nobody foresaw; what it says is kept out of"
        f" here, for it may quote a patient\nTry: {_HINT}\n"
    )


def _chain(error: BaseException) -> Iterator[str]:
    """Give the places of an error and of those that led to it, the first one first."""
    if before := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        yield from _chain(before)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{_name(type(error))}\n"


def _name(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
