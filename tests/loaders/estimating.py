"""What the tests of estimates share: no facts at all, to which each test adds its own."""

from __future__ import annotations

from pathlib import Path

from loaders.contract import read_mapping
from loaders.estimate_facts import Facts, FileFacts
from loaders.mapping import Mapping
from tests.loaders.mini_clinic import MiniClinic, mini_clinic

NOTHING = Facts(
    marts=(), entities=(), files=FileFacts(), defective=0, undecided=(), changes_per_hour=None
)


def mapped_clinic(folder: Path) -> MiniClinic:
    """Build the small clinic with marts that say which entities they take."""
    made = mini_clinic(folder)
    for name, entities in (
        ("sf_contact", ["patients"]),
        ("sf_account", ["patients", "payers"]),
        ("sf_insurance_coverage", ["coverages"]),
    ):
        made.marts[name]["salesforce"]["entities"] = entities
    return made.write()


def mapping_of(folder: Path) -> Mapping:
    """Read the mapping of a small clinic."""
    return read_mapping(mapped_clinic(folder).manifest)
