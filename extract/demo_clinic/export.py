"""The practice as a Bulk Data folder: one NDJSON file a resource type."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import msgspec

from extract.demo_clinic.defects import Truth
from extract.demo_clinic.generator import generate
from extract.demo_clinic.kinds import TYPES

# Amounts and laboratory values are decimals that must keep their trailing zeros.
ENCODER = msgspec.json.Encoder(decimal_format="number")


def write_folder(folder: Path, *, patients: int, seed: int) -> Truth:
    """Write the practice to a folder, over an older one; give back what was planted."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in TYPES:
        (folder / f"{kind}.ndjson").unlink(missing_ok=True)
    truth = Truth(patients=patients, seed=seed)
    with ExitStack() as open_files:
        files: dict[str, BinaryIO] = {}
        for record in generate(patients=patients, seed=seed, truth=truth):
            kind = record["resourceType"]
            if kind not in files:
                path = folder / f"{kind}.ndjson"
                files[kind] = open_files.enter_context(path.open("wb"))
            files[kind].write(ENCODER.encode(record) + b"\n")
    return truth
