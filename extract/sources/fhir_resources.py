"""Cuts FHIR resources out of what carries them, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from extract.quarantine import Broken, Reason

# A half of a surrogate pair, or a raw control character inside a string: each makes a whole page
# unreadable for a strict parser, though only one resource is to blame.
HALF_A_PAIR = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
CONTROL_CHARACTER = re.compile(rb"[\x00-\x1f]")


class Head(msgspec.Struct):
    """The little that is read of a resource; the rest stays closed."""

    resourceType: object = None  # noqa: N815 - FHIR's own name
    id: object = None
    meta: object = None


class Link(msgspec.Struct):
    """A link of a Bundle."""

    relation: str = ""
    url: str = ""


class Entry(msgspec.Struct):
    """An entry of a Bundle."""

    resource: msgspec.Raw = msgspec.Raw(b"")


class Bundle(msgspec.Struct):
    """A Bundle, its resources still closed."""

    resourceType: str = ""  # noqa: N815 - FHIR's own name
    total: int | None = None
    link: list[Link] = msgspec.field(default_factory=list)
    entry: list[Entry] = msgspec.field(default_factory=list)


HEAD = msgspec.json.Decoder(Head)
BUNDLE = msgspec.json.Decoder(Bundle)


@dataclass(slots=True)
class Columns:
    """Resources of one type, column by column, as Arrow wants them."""

    ids: list[str] = field(default_factory=list)
    stamps: list[str | None] = field(default_factory=list)
    docs: list[bytes] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """What a page, a file or a block of lines gave."""

    by_type: dict[str, Columns]
    broken: list[Broken]

    @property
    def size(self) -> int:
        """Return how many payloads were cut, sound or broken."""
        return sum(len(columns.ids) for columns in self.by_type.values()) + len(self.broken)


@dataclass(frozen=True, slots=True)
class Page:
    """A readable Bundle: its resources, each in its own bytes, and where the next page is."""

    resources: list[bytes] = field(repr=False)
    is_utf8: bool
    next_url: str | None
    total: int | None


class Unreadable(ValueError):
    """The carrier itself is no JSON, or not of the kind that was expected."""


def open_bundle(body: bytes) -> Page:
    """
    Cut a Bundle into its resources without reading them.

    A defect that spoils the text of one resource does not cost its neighbours: it is covered for
    the time of the cut, and the resource goes to quarantine in its own bytes.

    Raises:
        Unreadable: the body is not a Bundle.

    """
    try:
        bundle = BUNDLE.decode(body)
        resources = [bytes(entry.resource) for entry in bundle.entry]
    except msgspec.ValidationError as problem:
        raise Unreadable(f"is no Bundle: {problem}") from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except msgspec.DecodeError as problem:
        bundle, resources = open_covered(body, problem)
    if bundle.resourceType != "Bundle":
        raise Unreadable("is no Bundle")
    following = next((link.url for link in bundle.link if link.relation == "next"), None)
    return Page(resources, decodes(body), following, bundle.total)


def open_covered(body: bytes, problem: msgspec.DecodeError) -> tuple[Bundle, list[bytes]]:
    """
    Cut a Bundle whose text is broken inside of resources, which are returned as they came.

    Raises:
        Unreadable: it is broken elsewhere as well.

    """
    cover = covered(body)
    try:
        bundle = BUNDLE.decode(cover)
    except (msgspec.DecodeError, RecursionError):
        raise Unreadable(f"is no JSON: {problem}") from None
    pieces = [bytes(entry.resource) for entry in bundle.entry]
    return bundle, uncovered(pieces, cover=cover, body=body)


def covered(body: bytes) -> bytes:
    """Cover what spoils the text of one piece for a strict parser; no byte moves."""
    return CONTROL_CHARACTER.sub(b" ", HALF_A_PAIR.sub(rb"\\ufffd", body))


def uncovered(pieces: Iterable[bytes], *, cover: bytes, body: bytes) -> list[bytes]:
    """Return pieces of a covered text, in its order, as they came."""
    found: list[bytes] = []
    end = 0
    for piece in pieces:
        start = cover.index(piece, end)
        end = start + len(piece)
        found.append(body[start:end])
    return found


def cut(
    payloads: Iterable[bytes],
    *,
    origin: str,
    first_position: int = 0,
    is_utf8: bool,
) -> Cut:
    """Sort payloads by type, and put aside those that are no resources."""
    by_type: dict[str, Columns] = {}
    broken: list[Broken] = []
    for index, payload in enumerate(payloads):
        position = first_position + index
        head = read_head(payload, is_utf8=is_utf8)
        if isinstance(head, Defect):
            broken.append(
                Broken(origin, position, head.resource_type, head.reason, head.detail, payload)
            )
            continue
        columns = by_type.setdefault(head.resource_type, Columns())
        columns.ids.append(head.id)
        columns.stamps.append(head.last_updated)
        columns.docs.append(payload)
    return Cut(by_type, broken)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a resource says it is."""

    resource_type: str
    id: str
    last_updated: str | None


@dataclass(frozen=True, slots=True)
class Defect:
    """Why a payload is no resource."""

    reason: Reason
    detail: str
    resource_type: str | None = None


def read_head(payload: bytes, *, is_utf8: bool) -> Identity | Defect:
    """Read what a payload says it is, or what is wrong with it; values are never quoted."""
    if payload in (b"", b"null"):
        return Defect(Reason.NO_RESOURCE, "the entry holds no resource")
    if not is_utf8 and not decodes(payload):
        return Defect(Reason.NOT_UTF8, "bytes that are not UTF-8")
    try:
        return identity_of(HEAD.decode(payload))
    except msgspec.ValidationError:
        return Defect(Reason.NO_RESOURCE_TYPE, "not a JSON object")
    except (msgspec.DecodeError, RecursionError) as problem:
        return Defect(Reason.UNREADABLE_JSON, str(problem))


def identity_of(head: Head) -> Identity | Defect:
    """Return type, id and time of a head, or what is missing."""
    if not isinstance(head.resourceType, str) or not head.resourceType:
        return Defect(Reason.NO_RESOURCE_TYPE, "no resourceType")
    if not isinstance(head.id, str) or not head.id:
        return Defect(Reason.NO_ID, "no id", head.resourceType)
    stamp = head.meta.get("lastUpdated") if isinstance(head.meta, dict) else None
    return Identity(head.resourceType, head.id, stamp if isinstance(stamp, str) else None)


def decodes(payload: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def payloads_of_lines(block: bytes) -> list[bytes]:
    """Return the lines of a block without blank ones and outer blanks; each is a payload."""
    stripped = (line.strip(b" \t\r") for line in block.split(b"\n"))
    return [line for line in stripped if line]
