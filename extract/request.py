"""What the operator asked for, and whether it makes sense."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract.data_folder import DataFolder
from extract.errors import WrongUsage
from extract.landing import Target
from extract.raw_tables import RAW_TABLES

SOURCES = tuple(RAW_TABLES)
OPENEMR = "openemr"
FILES = "files"
DEMO = "demo"
FROM_FOLDERS = frozenset({"fhir", FILES})
FROM_FILES = "clinic-extract run files --system south --from exports/"
BULK_LEVEL = re.compile(r"system|Patient|Group/[A-Za-z0-9.\-]{1,64}")
SYSTEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Request:
    """What the operator asked for."""

    source: str
    system: str | None
    url: str | None
    files: Path | None
    is_full: bool
    patients: int | None
    seed: int | None
    checkpoint: int
    documents: Path | None = None
    # Of what a Bulk Data export is to be made; None where pages are read.
    bulk: str | None = None
    # What tells rows of an export's tables apart, where somebody says so.
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def checked_target(request: Request, folder: DataFolder) -> Target:
    """
    Settle whose data is read, and how.

    Raises:
        WrongUsage: the source is unknown, the system's name cannot be a key, options contradict.

    """
    source = "fhir" if request.source == DEMO else request.source
    system = request.system or request.source
    if source not in SOURCES:
        raise WrongUsage(
            f"there is no source {request.source!r}; known are: demo, {', '.join(SOURCES)}",
            hint="clinic-extract run demo",
        )
    if not SYSTEM_NAME.fullmatch(system):
        raise WrongUsage(
            "a system's name is a small letter, then up to 39 small letters, digits or _",
            hint="clinic-extract run fhir --system north",
        )
    refuse_contradictions(request, source)
    return Target(folder, source, system)


def refuse_contradictions(request: Request, source: str) -> None:
    """
    Refuse options that contradict each other or the source.

    Raises:
        WrongUsage: two of them do.

    """
    if request.files:
        refuse_demo_options(request)
    if source == FILES and (request.url or request.files is None):
        raise WrongUsage(
            "an export is read from a folder",
            hint=FROM_FILES,
        )
    if request.keys and source != FILES:
        raise WrongUsage("--key is for files alone", hint="clinic-extract run --help")
    if request.url and request.files:
        raise WrongUsage("--url and --from exclude each other", hint="clinic-extract run --help")
    refuse_bulk(request, source)
    if request.documents and source != OPENEMR:
        raise WrongUsage("--documents is for openemr alone", hint="clinic-extract run --help")
    if request.files and source not in FROM_FOLDERS:
        raise WrongUsage(
            f"{source} is read from its own database or server", hint=f"clinic-extract run {source}"
        )


def refuse_bulk(request: Request, source: str) -> None:
    """
    Refuse a Bulk Data export of what has none.

    Raises:
        WrongUsage: it is no FHIR server, or no such level.

    """
    if request.bulk is not None and (source != "fhir" or request.files):
        raise WrongUsage("--bulk is for FHIR servers alone", hint="clinic-extract run --help")
    if request.bulk is not None and not BULK_LEVEL.fullmatch(request.bulk):
        raise WrongUsage(
            "--bulk is system, Patient, or Group/ID",
            hint="clinic-extract run fhir --bulk system --url https://ehr.example/fhir",
        )


def keys_of(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """
    Read `TABLE=COLUMN,COLUMN`; no column at all says that rows have no key.

    Raises:
        WrongUsage: it is written otherwise.

    """
    keys = {}
    for each in given:
        table, equals, columns = each.partition("=")
        if not table or not equals:
            raise WrongUsage(
                "--key is written TABLE=COLUMN, or TABLE=COLUMN,COLUMN",
                hint="clinic-extract run files --from exports/ --key visits=PatNo,VisitNo",
            )
        keys[table] = tuple(filter(None, columns.split(",")))
    return keys


def refuse_demo_options(request: Request) -> None:
    """
    Refuse options that would be ignored.

    Raises:
        WrongUsage: the size or the seed of a clinic that is not ours.

    """
    if request.patients is not None or request.seed is not None:
        raise WrongUsage(
            "--patients and --seed are for the demo clinic that this command starts itself",
            hint="clinic-extract run demo --patients 300 --seed 1",
        )
