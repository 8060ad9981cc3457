"""Cliniko's API on loopback: it answers as the vendor documents, and refuses everything else."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.loopback import Answer, Speaking, loopback

SHARD = "uk2"
KEY = "-".join(["AnInventedKey", SHARD])
CONTACT = "data@willow.example"
USER_AGENT = re.compile(r"\S.* \(\S+@\S+\.\S+\)")
# As documented: at most 100 a page, 200 requests a minute, and lists of what a list omits.
LARGEST_PAGE = 100
MINUTE = 60
LISTS = {
    "patients": ("archived", "deleted"),
    "practitioners": ("inactive",),
    "individual_appointments": ("cancelled", "deleted"),
    "attendees": ("cancelled", "deleted"),
    "group_appointments": ("deleted",),
    "invoices": ("deleted",),
    "invoice_items": ("deleted",),
    "medical_alerts": ("deleted",),
    "treatment_notes": ("deleted",),
}
# These have no time stamps, so they cannot be asked for by one.
UNTIMED = frozenset({"referral_sources"})
BELOW = {"practitioner_reference_numbers": "practitioners"}
SINCE = re.compile(r"updated_at:>(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
SECONDS_OF_A_SIGNATURE = 60


@dataclass
class Vendor:
    """What the account holds, list by list, and what goes wrong."""

    # By kind and list (`""` is the kind's own list): payloads by id, in the order of creation.
    held: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    # Given one for each request, before anything else: an answer, or a connection that breaks.
    trouble: deque[Answer | str] = field(default_factory=deque)
    trouble_of_storage: deque[Answer | str] = field(default_factory=deque)
    forbidden: set[str] = field(default_factory=set)
    dead_keys: set[str] = field(default_factory=set)
    limit: int = 200
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    after: Callable[[str], None] = lambda _path: None
    next_link: Callable[[str], str | None] = lambda link: link
    requests: list[str] = field(default_factory=list)
    keys_seen_by_storage: list[str | None] = field(default_factory=list)
    url: str = ""
    minute: tuple[int, int] = (0, 0)

    def put(self, kind: str, *records: dict[str, Any], into: str = "") -> None:
        """Add or replace records, and move them from whatever list they were in."""
        for record in records:
            self.put_bytes(kind, identity_of(record), json.dumps(record).encode(), into=into)

    def put_bytes(self, kind: str, identity: str, payload: bytes, *, into: str = "") -> None:
        """Add or replace a record in its own bytes."""
        for other in ("", *LISTS.get(kind, ())):
            if other != into:
                self.held.get((kind, other), {}).pop(identity, None)
        self.held.setdefault((kind, into), {})[identity] = payload

    def present(self) -> dict[tuple[str, str], bytes]:
        """Return everything that is not deleted, by kind and id."""
        return {
            (kind, identity): payload
            for (kind, into), records in self.held.items()
            if into != "deleted"
            for identity, payload in records.items()
        }

    def answer(self, path: str, query: list[tuple[str, str]]) -> Answer:
        """Answer a request that was let in."""
        parts = path.removeprefix("/v1/").split("/")
        if len(parts) == 3 and parts[0] == "patient_attachments" and parts[2] == "content":
            return self.redirect(parts[1])
        kind, below = (parts[2], parts[1]) if len(parts) == 3 else (parts[0], None)
        into = parts[1] if len(parts) == 2 else ""
        if kind in self.forbidden:
            return refused(403, "You are not permitted to see this")
        if (BELOW.get(kind) is not None) != (below is not None):
            return refused(404, "Not found")
        if into and into not in LISTS.get(kind, ()):
            return refused(404, "Not found")
        return self.page(path, kind, into, below, query)

    def page(
        self, path: str, kind: str, into: str, below: str | None, query: list[tuple[str, str]]
    ) -> Answer:
        """Cut a page out of what is held now."""
        asked = dict(query)
        if set(asked) - {"page", "per_page", "q[]"}:
            return refused(400, "Unknown parameter")
        size, number = int(asked.get("per_page", 50)), int(asked.get("page", 1))
        since = SINCE.fullmatch(asked["q[]"]) if "q[]" in asked else None
        if size > LARGEST_PAGE or ("q[]" in asked and (since is None or kind in UNTIMED)):
            return refused(400, "Invalid parameter")
        records = [
            payload
            for payload in self.held.get((kind, into), {}).values()
            if (since is None or stamp_of(payload) > since[1])
            and (below is None or f'/{BELOW[kind]}/{below}"'.encode() in payload)
        ]
        start = (number - 1) * size
        links = {"self": f"{self.url}/{path.removeprefix('/v1/')}?{urlencode(query)}"}
        if start + size < len(records):
            following = urlencode(
                [*((k, v) for k, v in query if k != "page"), ("page", number + 1)]
            )
            links["next"] = self.next_link(f"{self.url}/{path.removeprefix('/v1/')}?{following}")
        body = b'{"%s": [%s], "total_entries": %d, "links": %s}' % (
            kind.encode(),
            b", ".join(records[start : start + size]),
            len(records),
            json.dumps(links).encode(),
        )
        self.after(path)
        return 200, {"Content-Type": "application/json"}, body

    def redirect(self, identity: str) -> Answer:
        """Send to the storage, with a signature that soon expires."""
        if identity not in self.files:
            return refused(404, "Not found")
        expires = int(self.now().timestamp()) + SECONDS_OF_A_SIGNATURE
        where = f"{self.url.removesuffix('/v1')}/storage/{identity}?expires={expires}&signature=s"
        return 302, {"Location": where}, b""

    def stored(self, identity: str, query: dict[str, str], authorization: str | None) -> Answer:
        """Give a file out, as a storage with signed addresses does."""
        self.keys_seen_by_storage.append(authorization)
        if authorization is not None:
            return refused(400, "Only one way to log in is allowed")
        is_signed = query.get("signature") == "s"
        if not is_signed or float(query["expires"]) < self.now().timestamp():
            return refused(403, "Request has expired")
        return 200, {"Content-Type": "application/octet-stream"}, self.files[identity]

    def over_limit(self) -> Answer | None:
        """Count a request, and refuse it where the minute has had its share."""
        minute = int(self.now().timestamp()) // MINUTE
        count = self.minute[1] + 1 if self.minute[0] == minute else 1
        self.minute = (minute, count)
        if count <= self.limit:
            return None
        return 429, {"X-RateLimit-Reset": str((minute + 1) * MINUTE)}, b"{}"


def refused(status: int, message: str) -> Answer:
    """Refuse a request."""
    return status, {"Content-Type": "application/json"}, json.dumps({"message": message}).encode()


def identity_of(record: dict[str, Any]) -> str:
    """Return a record's id, or the one in its address."""
    return str(record.get("id") or re.findall(r"/(\d+)", record["links"]["self"])[-1])


def stamp_of(payload: bytes) -> str:
    """Return when the vendor last changed a record, whatever else stands in it."""
    found = re.search(rb'"updated_at": "([^"]+)"', payload)
    return found[1].decode() if found else ""


class Handler(Speaking):
    """Speaks for the vendor."""

    vendor: Vendor

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        address = urlsplit(self.path)
        query = parse_qsl(address.query, keep_blank_values=True)
        if address.path.startswith("/storage/"):
            if not self.is_in_trouble(self.vendor.trouble_of_storage):
                identity = address.path.removeprefix("/storage/")
                authorization = self.headers.get("Authorization")
                self.send(*self.vendor.stored(identity, dict(query), authorization))
            return
        self.vendor.requests.append(self.path)
        if self.is_in_trouble(self.vendor.trouble):
            return
        answer = self.refusal() or self.vendor.over_limit()
        self.send(*(answer or self.vendor.answer(address.path, query)))

    def refusal(self) -> Answer | None:
        """Refuse who does not say who asks, or has no key of this shard."""
        scheme, _, secret = (self.headers.get("Authorization") or "").partition(" ")
        key, _, password = b64decode(secret).decode().partition(":")
        known = {KEY, KEY.removesuffix(f"-{SHARD}")} - self.vendor.dead_keys
        if scheme != "Basic" or password or key not in known:
            return refused(401, "Unauthorized")
        if not USER_AGENT.fullmatch(self.headers.get("User-Agent") or ""):
            return refused(403, "Say who asks, and whom we may write to")
        if self.headers.get("Accept") != "application/json":
            return refused(406, "Only JSON is given")
        return None

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the vendor's own time, for the header Date."""
        return format_datetime(self.vendor.now().astimezone(UTC), usegmt=True)


@contextmanager
def served(vendor: Vendor) -> Iterator[Vendor]:
    """Serve the vendor on a free port until the block ends."""
    with loopback(Handler, vendor=vendor) as address:
        vendor.url = f"{address}/v1"
        yield vendor
