"""A Bulk Data export that a server works on: begun, remembered, waited for, and ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from extract.errors import ClinicTooBusy, SourceUnavailable
from extract.sources.fhir_server import NDJSON, FhirServer, Refusal
from extract.sources.patience import retry_after

FIRST_POLL_SECONDS, LONGEST_POLL_SECONDS = 2.0, 60.0
LONGEST_EXPORT_SECONDS = 24 * 3600.0
PERCENT = re.compile(r"\d{1,3} ?%")


class Order(msgspec.Struct, frozen=True):
    """What is asked for. Only the answer to the very same question may be taken up again."""

    base: str
    level: str
    types: tuple[str, ...]
    since: str | None


class Remembered(msgspec.Struct, frozen=True):
    """An order, and the address where the server tells how far it is."""

    order: Order
    url: str


class File(msgspec.Struct, frozen=True):
    """A file of an export."""

    url: str
    type: str = ""
    count: int | None = None


class Manifest(msgspec.Struct, frozen=True):
    """What came of an export."""

    transactionTime: str  # noqa: N815 - FHIR's own name
    requiresAccessToken: bool  # noqa: N815 - FHIR's own name
    output: Sequence[File]
    error: Sequence[File] = ()
    deleted: Sequence[File] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A server's export, and the file in which it outlives us."""

    server: FhirServer
    url: httpx.URL
    memory: Path

    def wait(self) -> Manifest | Refusal:
        """
        Wait until the export is done, as long and as patiently as the server asks for.

        Raises:
            SourceUnavailable: it fails, or takes more than a day.

        """
        pause, waited, said = FIRST_POLL_SECONDS, 0.0, ""
        while True:
            answer = self.poll()
            if isinstance(answer, Manifest | Refusal):
                return answer
            wait = retry_after(answer.get("Retry-After"), now=self.server.clock.now())
            waited += max(wait or pause, FIRST_POLL_SECONDS)
            if waited > LONGEST_EXPORT_SECONDS:
                raise self.server.busy(httpx.codes.ACCEPTED)
            progress = answer.get("X-Progress", "")
            if progress != said and PERCENT.fullmatch(progress):
                self.server.narrator.say(f"the server has written {progress} of the export")
            said = progress
            self.server.clock.sleep(wait or pause)
            pause = min(2 * pause, LONGEST_POLL_SECONDS)

    def poll(self) -> Manifest | Refusal | httpx.Headers:
        """
        Ask how far the export is; the headers say when to ask again.

        Raises:
            SourceUnavailable: it cannot be asked, or the export failed, which is forgotten then.

        """
        try:
            answer = self.server.ask(self.url)
        except ClinicTooBusy as busy:
            if busy.status == httpx.codes.INTERNAL_SERVER_ERROR:
                forget(self.memory)
            raise
        if answer.status == httpx.codes.ACCEPTED:
            return answer.headers
        if answer.status != httpx.codes.OK:
            return Refusal(answer.status)
        try:
            return msgspec.json.decode(answer.content, type=Manifest)
        except (msgspec.DecodeError, RecursionError):
            raise self.server.answers_badly("has an export's manifest that is none") from None

    def end(self) -> None:
        """Let the server delete the files, which it does in time anyway, and forget the export."""
        forget(self.memory)
        try:
            self.server.ask(self.url, method="DELETE", attempts=1)
        except SourceUnavailable:
            self.server.narrator.say("the server keeps the files of the export for now")


def job_of(server: FhirServer, order: Order, *, memory: Path) -> Job:
    """
    Take up the export that an earlier run began, or begin one, and remember it.

    One that answers another question is ended: older rows would land over newer ones.

    Raises:
        SourceUnavailable: no export can be begun.

    """
    if memory.exists():
        known = msgspec.json.decode(memory.read_bytes(), type=Remembered)
        job = Job(server, httpx.URL(known.url), memory)
        if known.order == order:
            server.narrator.say("the export that an earlier run began is taken up again")
            return job
        forget(memory)
    job = Job(server, kick_off(server, order), memory)
    memory.parent.mkdir(parents=True, exist_ok=True)
    written = memory.with_suffix(".new")
    written.write_bytes(msgspec.json.encode(Remembered(order, str(job.url))))
    written.replace(memory)
    return job


def kick_off(server: FhirServer, order: Order) -> httpx.URL:
    """
    Ask the server to begin an export, and return where it tells how far it is.

    Raises:
        SourceUnavailable: it does not begin one.

    """
    path = "$export" if order.level == "system" else f"{order.level}/$export"
    since = {} if order.since is None else {"_since": order.since}
    url = server.address(path, _outputFormat=NDJSON, _type=",".join(order.types), **since)
    answer = server.ask(url, headers={"Prefer": "respond-async"})
    place = answer.headers.get("Content-Location")
    if answer.status != httpx.codes.ACCEPTED or not place:
        raise server.exports_nothing(answer.status)
    return server.follow(place, at=url)


def forget(memory: Path) -> None:
    """Forget an export that was begun."""
    memory.unlink(missing_ok=True)
