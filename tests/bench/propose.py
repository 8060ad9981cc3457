"""Print how good the proposal of a map is: `python -m tests.bench.propose [--missed]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from extract.propose.matcher import NO_FIELD
from tests.docs.mapping_page import compiled
from tests.extract.propose.accuracy import (
    accuracy,
    names_only,
    profiled,
    proposed,
    without_values,
    wrong,
)
from tests.extract.propose.invented import HOLDOUT, TUNED_ON, hand_made
from tests.extract.propose.openemr_names import SCHEMA, found, our_map, schema_names

_HEAD = ("export", "seen", "tables", "top-1", "top-5", "no target")
_WIDTHS = (16, 16, 8, 8, 8, 10)
_THRESHOLDS = (0.35, 0.45, NO_FIELD, 0.65, 0.75)


def _print(*cells: str) -> None:
    sys.stdout.write(
        "".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()
        + "\n"
    )


def _export(export: str, *, is_telling: bool) -> None:
    whole, hand = profiled(export), hand_made(export)
    for seen, profile in (("names", without_values(whole)), ("names + values", whole)):
        matches = proposed(profile)
        got = accuracy(matches, hand)
        shares = (got.tables, got.top_1, got.top_5, got.no_target)
        _print(export, seen, *(f"{share:.3f}" for share in shares))
        if is_telling:
            sys.stdout.writelines(f"    {line}\n" for line in wrong(matches, hand))


def _thresholds() -> None:
    """Show what the threshold of "no target" gives on the exports that it was chosen on."""
    for threshold in _THRESHOLDS:
        for export in TUNED_ON:
            whole = profiled(export)
            got = accuracy(proposed(whole, no_field=threshold), hand_made(export))
            seen = f"threshold {threshold}"
            _print(export, seen, "", f"{got.top_1:.3f}", "", f"{got.no_target:.3f}")


def _openemr(*, is_telling: bool) -> None:
    if not SCHEMA.exists():
        sys.stdout.write(f"OpenEMR: not measured, {SCHEMA} is not here\n")
        return
    names = schema_names()
    matches = proposed(names_only(names))
    with tempfile.TemporaryDirectory(prefix="clinic-bench-") as scratch:
        manifest = compiled(Path(scratch))
        ours = our_map(manifest, names)
        every = found(matches, our_map(manifest, names, with_computed=True))
    got = found(matches, ours)
    sys.stdout.write(
        f"OpenEMR, names: of {got.fields} fields that our models take from a column,"
        f" {got.fields_in_top_5} are in its top 5 ({got.fields_in_top_5 / got.fields:.3f}); of"
        f" all {every.fields}, the computed ones too, {every.fields_in_top_5}"
        f" ({every.fields_in_top_5 / every.fields:.3f})\n"
    )
    if is_telling:
        sys.stdout.writelines(f"    {line}\n" for line in got.missed)


def main() -> int:
    """Measure each export with names alone and with values, the hold-out last."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.propose", description=__doc__)
    parser.add_argument("--missed", action="store_true", help="list what a person has to change")
    given = parser.parse_args()
    _print(*_HEAD)
    for export in TUNED_ON:
        _export(export, is_telling=given.missed)
    # The hold-out is a figure and nothing else: whoever reads its misses has begun to tune for it.
    _export(HOLDOUT, is_telling=False)
    _thresholds()
    _openemr(is_telling=given.missed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
