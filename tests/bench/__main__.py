"""Print what large jobs take: `python -m tests.bench --rows N`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.jobs import Measured, prepare, run
from tests.bench.served import served

_HEAD = ("job", "rows", "rows/s", "rows/s, upload to results", "CPU s", "rows/CPU s", "peak MB")


def _line(measured: Measured) -> tuple[str, ...]:
    return (
        measured.kind,
        f"{measured.rows:,}",
        f"{measured.rows_per_second:,.0f}",
        f"{measured.rows / measured.whole:,.0f}",
        f"{measured.cpu:.1f}",
        f"{measured.rows / measured.cpu:,.0f}",
        f"{measured.peak_megabytes:,}",
    )


def _print(cells: tuple[str, ...]) -> None:
    widths = (18, 10, 9, 26, 7, 11, 8)
    first, *rest = (text.rjust(width) for text, width in zip(cells, widths, strict=True))
    sys.stdout.write(f"{first.strip().ljust(widths[0])} {' '.join(rest)}\n")
    sys.stdout.flush()


def main() -> int:
    """Measure every kind of job on a fresh org and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of each kind of job")
    given = parser.parse_args()
    _print(_HEAD)
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as scratch:
        folder = Path(scratch)
        with served(folder / "org") as org:
            prepare(org)
            for measured in run(org, rows=given.rows, folder=folder):
                _print(_line(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
