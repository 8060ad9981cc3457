"""One run of an extract: which source, whose data, from where, and what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from extract.checkpoint import Landings, Tally, landings
from extract.data_folder import DataFolder, only_writer, private_files
from extract.demo_process import demo_clinic
from extract.errors import NothingReadable, WrongUsage
from extract.extract_record import Extract, last_whole_read, record_extract
from extract.landing import Target, load_errors
from extract.narration import Narrator
from extract.raw_tables import init, landed_elsewhere
from extract.readings import Reading, keep_reading
from extract.request import DEMO, FILES, OPENEMR, Request, checked_target, refuse_demo_options
from extract.settings import configured
from extract.sources.bulk_job import forget
from extract.sources.fhir import read_fhir
from extract.sources.fhir_bulk import read_bulk
from extract.sources.fhir_files import read_fhir_files
from extract.sources.fhir_login import Credentials, Login
from extract.sources.fhir_server import FhirServer, connect
from extract.sources.files import read_export, rows_not_seen
from extract.sources.files_found import find_files
from extract.sources.files_look import Looked, look_at_export
from extract.sources.mysql_database import address_of, snapshot
from extract.sources.openemr import read_openemr
from extract.sources.openemr_files import read_files
from extract.sources.patience import Clock
from extract.sources.rest_reader import read_api
from extract.sources.rest_sources import REST_APIS
from extract.sources.smart_backend import smart_login

# A run that is cut off loses at most this many resources' worth of reading, or some minutes.
CHECKPOINT_RESOURCES = 100_000


def run(request: Request, *, folder: DataFolder, narrator: Narrator, clock: Clock) -> Tally:
    """
    Land or refresh one system's data.

    Raises:
        ExtractError: each leaf says what to do about it.

    """
    target = checked_target(request, folder)
    with private_files(folder), only_writer(folder):
        init(folder.raw_database)
        refuse_meeting_keys(target)
        begun = Extract(target.source, target.system, request.is_full, at=clock.now())
        record_extract(folder, begun, ended=False)
        export = export_of(request, target, narrator=narrator)
        if export is not None:
            target = replace(target, found=export.tables)
            init(folder.raw_database, [target.tables])
        with landings(
            target, is_full=request.is_full, size=checkpoint_size(request), now=clock.now
        ) as opened:
            if export is not None:
                with load_errors(target):
                    read_export(
                        export,
                        opened,
                        is_full=request.is_full,
                        narrator=narrator,
                        at=clock.now(),
                    )
            reading = read(request, opened, narrator=narrator, clock=clock)
            tally = opened.finish()
            if export is not None:
                tally.not_seen = rows_not_seen(target, tally)
        keep_reading(reading, folder.readings, system=target.system, records=tally.readable)
        if not tally.not_listed:
            record_extract(folder, begun, ended=True)
    if request.files is not None and not tally.readable:
        raise NothingReadable(
            f"{request.files} holds no readable resource; {tally.quarantined.total()} quarantined",
            hint=f"see {target.tables.schema}.quarantined in raw.duckdb for the reasons",
        )
    return tally


def refuse_meeting_keys(target: Target) -> None:
    """
    Refuse a second source under a system's name: a key is the system's name and the record's id.

    Raises:
        WrongUsage: the system was landed from another source.

    """
    raw = target.folder.raw_database
    if landed_elsewhere(raw, tables=target.tables, system=target.system):
        raise WrongUsage(
            f"the system {target.system!r} was landed from another source, and keys would meet",
            hint=f"give it a name of its own: --system {target.system}_{target.source}",
        )


def export_of(request: Request, target: Target, *, narrator: Narrator) -> Looked | None:
    """
    Look at the files of an export: its tables are known before a row of them is read.

    Raises:
        NothingReadable: there is no folder, or no file that could be read.
        WrongUsage: a key fits no table.

    """
    if request.source != FILES or request.files is None:
        return None
    found = find_files(request.files)
    with load_errors(target):
        return look_at_export(found, keys=request.keys, folder=target.folder, narrator=narrator)


def read(request: Request, opened: Landings, *, narrator: Narrator, clock: Clock) -> Reading:
    """Read the source in the way that fits it; an export has been read already."""
    if request.source == OPENEMR:
        return read_database(request, opened, narrator=narrator, clock=clock)
    if request.source in REST_APIS:
        return read_rest(request, opened, narrator=narrator, clock=clock)
    if request.files is None:
        return read_server(request, opened, narrator=narrator, clock=clock)
    if request.source != FILES:
        read_fhir_files(request.files, opened, narrator=narrator)
    return Reading("files")


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
    with clinic_of(request) as (url, credentials), httpx.Client(event_hooks=hooks) as client:
        server = connect(url, client=client, clock=clock, narrator=narrator)
        server = replace(server, login=login_to(server, credentials))
        begun = clock.now()
        memory = opened.target.folder.exports / f"{opened.target.pipeline_name}.json"
        if request.bulk is None:
            # What an export began before this would give is older than what is landed now.
            forget(memory)
            # A search for news lists nothing that was deleted.
            if any(known.settled for known in opened.progress.values()):
                opened.tally.deletions_unseen_since = last_whole_read(
                    opened.target.folder, source=opened.target.source, system=opened.target.system
                )
            read_fhir(server, opened, is_full=request.is_full)
        else:
            level, is_full = request.bulk, request.is_full
            read_bulk(server, opened, level=level, is_full=is_full, memory=memory)
        seconds = (clock.now() - begun).total_seconds()
    way = "paged" if request.bulk is None else "bulk"
    return Reading(way, requests=sent.total(), seconds=seconds)


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


def read_rest(request: Request, opened: Landings, *, narrator: Narrator, clock: Clock) -> Reading:
    """Read a vendor's REST API, and the files that its records name."""
    begun = clock.now()
    declare = REST_APIS[request.source]
    api = declare(configured, url=request.url, clock=clock, narrator=narrator)
    with api.session:
        read_api(api, opened, at=begun)
    seconds = (clock.now() - begun).total_seconds()
    return Reading("api", requests=api.session.sent, seconds=seconds)


@contextmanager
def clinic_of(request: Request) -> Iterator[tuple[str, Credentials]]:
    """
    Find the clinic and its key: by option and dlt's configuration, or start the demo clinic.

    Raises:
        WrongUsage: no address is known, or options of the demo clinic go to another one.

    """
    url = request.url or configured("sources.fhir.url")
    is_demo = request.source == DEMO and url is None
    if not is_demo:
        refuse_demo_options(request)
    if is_demo:
        with demo_clinic(patients=request.patients, seed=request.seed) as clinic:
            yield clinic.url, Credentials(token=clinic.token)
        return
    if url is None:
        raise WrongUsage(
            "no address of the clinic's server is known",
            hint="clinic-extract run fhir --url https://ehr.example/fhir (or SOURCES__FHIR__URL)",
        )
    yield url, Credentials.configured(configured)


def login_to(server: FhirServer, credentials: Credentials) -> Login:
    """
    Choose the way in that is configured.

    Raises:
        SourceUnavailable: the server offers no SMART Backend Services, and they are configured.
        WrongUsage: what is configured contradicts itself, or is half of it.

    """
    credentials.refuse_contradictions()
    return smart_login(server, credentials) if credentials.client_id else credentials.fixed()
