"""One run of an extract: which source, whose data, from where, and what came of it."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dlt
import httpx
from dlt.common.configuration.exceptions import ConfigFieldMissingException

from extract.checkpoint import Landings, Tally, landings
from extract.data_folder import DataFolder, only_writer, private_files
from extract.demo_process import Clinic, demo_clinic
from extract.errors import NothingReadable, WrongUsage
from extract.extract_record import record_extract
from extract.landing import Target
from extract.narration import Narrator
from extract.raw_tables import RAW_TABLES, init
from extract.readings import Reading, keep_reading
from extract.sources.fhir import read_fhir
from extract.sources.fhir_files import read_fhir_files
from extract.sources.fhir_server import Clock, connect
from extract.sources.mysql_database import address_of, snapshot
from extract.sources.openemr import read_openemr
from extract.sources.openemr_files import read_files

SOURCES = tuple(RAW_TABLES)
OPENEMR = "openemr"
DEMO = "demo"
SYSTEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# A run that is cut off loses at most this many resources' worth of reading.
CHECKPOINT_RESOURCES = 100_000


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


def run(request: Request, *, folder: DataFolder, narrator: Narrator, clock: Clock) -> Tally:
    """
    Land or refresh one system's data.

    Raises:
        ExtractError: each leaf says what to do about it.

    """
    target = checked_target(request, folder)
    with private_files(folder), only_writer(folder):
        init(folder.raw_database)
        record_extract(
            folder,
            source=target.source,
            system=target.system,
            is_full=request.is_full,
            at=clock.now(),
        )
        with landings(target, is_full=request.is_full, size=checkpoint_size(request)) as opened:
            reading = read(request, opened, narrator=narrator, clock=clock)
            tally = opened.finish()
        keep_reading(reading, folder.readings, system=target.system, records=tally.readable)
    if request.files is not None and not tally.readable:
        raise NothingReadable(
            f"{request.files} holds no readable resource; {tally.quarantined.total()} quarantined",
            hint=f"see {target.tables.schema}.quarantined in raw.duckdb for the reasons",
        )
    return tally


def read(request: Request, opened: Landings, *, narrator: Narrator, clock: Clock) -> Reading:
    """Read the source in the way that fits it."""
    if request.source == OPENEMR:
        return read_database(request, opened, narrator=narrator, clock=clock)
    if request.files is not None:
        read_fhir_files(request.files, opened, narrator=narrator)
        return Reading("files")
    return read_server(request, opened, narrator=narrator, clock=clock)


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
    if request.files:
        refuse_demo_options(request)
    if request.url and request.files:
        raise WrongUsage("--url and --from exclude each other", hint="clinic-extract run --help")
    if request.documents and source != OPENEMR:
        raise WrongUsage("--documents is for openemr alone", hint="clinic-extract run --help")
    if request.files and source == OPENEMR:
        raise WrongUsage(
            "openemr is read from its database",
            hint="clinic-extract run openemr --url mysql://reader@db.example/openemr",
        )
    return Target(folder, source, system)


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


def checkpoint_size(request: Request) -> int | None:
    """
    Return how many resources make a checkpoint; None for files.

    Files are quickly read again, and the same resource may come in the first and the last of
    them: only when all are read is it known which one stands.
    """
    return None if request.files is not None else request.checkpoint


def real_clock() -> Clock:
    """Return the clock on the wall."""
    return Clock(now=lambda: datetime.now(UTC), sleep=time.sleep)


def read_server(request: Request, opened: Landings, *, narrator: Narrator, clock: Clock) -> Reading:
    """Read a FHIR server, or the demo clinic where none is named, and say how fast it was."""
    sent: Counter[str] = Counter()
    hooks = {"request": [lambda _: sent.update(["page"])]}
    with clinic_of(request) as clinic, httpx.Client(event_hooks=hooks) as client:
        server = connect(
            clinic.url, token=clinic.token, client=client, clock=clock, narrator=narrator
        )
        begun = clock.now()
        read_fhir(server, opened, is_full=request.is_full)
        seconds = (clock.now() - begun).total_seconds()
    return Reading("paged", requests=sent.total(), seconds=seconds)


def read_database(
    request: Request, opened: Landings, *, narrator: Narrator, clock: Clock
) -> Reading:
    """Read OpenEMR's database, and the documents that it keeps beside it."""
    url = request.url or configured("sources.openemr.url")
    if url is None:
        raise WrongUsage(
            "no address of OpenEMR's database is known",
            hint="clinic-extract run openemr --url mysql://reader@db.example/openemr",
        )
    begun = clock.now()
    with snapshot(
        address_of(url),
        password=configured("sources.openemr.password"),
        authority=configured("sources.openemr.ca"),
    ) as database:
        read_openemr(database, opened, narrator=narrator, at=begun)
    read_files(request.documents, opened, narrator=narrator)
    return Reading("database", seconds=(clock.now() - begun).total_seconds())


@contextmanager
def clinic_of(request: Request) -> Iterator[Clinic]:
    """
    Find the clinic: by the option, by dlt's configuration, or start the demo clinic.

    Raises:
        WrongUsage: no address is known, or options of the demo clinic go to another one.

    """
    url = request.url or configured("sources.fhir.url")
    is_demo = request.source == DEMO and url is None
    if not is_demo:
        refuse_demo_options(request)
    if is_demo:
        with demo_clinic(patients=request.patients, seed=request.seed) as clinic:
            yield clinic
        return
    if url is None:
        raise WrongUsage(
            "no address of the clinic's server is known",
            hint="clinic-extract run fhir --url https://ehr.example/fhir (or SOURCES__FHIR__URL)",
        )
    yield Clinic(url, configured("sources.fhir.token"))


def configured(key: str) -> str | None:
    """Look a setting up by dlt's convention: environment, secrets.toml, config.toml."""
    for place in (dlt.secrets, dlt.config):
        try:
            value = str(place[key])
        except (KeyError, ConfigFieldMissingException):
            continue
        if value:
            return value
    return None
