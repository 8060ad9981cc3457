"""Be `sqlfluff` in a fraction of its time: it works out nothing twice, and sweeps what it must."""

from __future__ import annotations

import gc
from functools import lru_cache

from sqlfluff.core import FluffConfig
from sqlfluff.core.parser import BaseSegment
from sqlfluff.utils.analysis import select
from sqlfluff.utils.reflow.sequence import ReflowSequence

# A file's tree has no end of small objects, and Python's own threshold walks it again at every 700
# of them. This one walks it a few times a file, so that memory still comes back: 1 GB at most.
_OBJECTS = 200_000
# More select statements than a file has.
_STATEMENTS = 256


def main() -> None:
    """Read the arguments of `sqlfluff` and do what it does."""
    _remember()
    gc.set_threshold(_OBJECTS, 50, 1_000)
    # Rules take what they ask from its module when they are imported, so they are imported last.
    from sqlfluff.cli.commands import cli  # noqa: PLC0415

    cli(prog_name="sqlfluff")


def _remember() -> None:
    """
    Keep the layout of a file, and what its statements select from, for the next rule that asks.

    Linting changes no tree, so that all of a file's rules are told the same.
    """
    laid_out = lru_cache(maxsize=1)(ReflowSequence.from_root)

    # Some rules name the second argument and some do not, which a cache takes for two questions.
    def layout(root_segment: BaseSegment, config: FluffConfig) -> ReflowSequence:
        return laid_out(root_segment, config)

    ReflowSequence.from_root = layout  # type: ignore[method-assign,assignment]
    told = select.get_select_statement_info
    select.get_select_statement_info = lru_cache(maxsize=_STATEMENTS)(told)


if __name__ == "__main__":
    main()
