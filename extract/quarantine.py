"""What cannot be read, and why: it is kept and counted, and the rest lands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a payload is in quarantine; a closed list."""

    UNREADABLE_FILE = "unreadable_file"
    MISSING_FILE = "missing_file"
    ENCRYPTED_FILE = "encrypted_file"
    UNSAFE_MEMBER = "unsafe_member"
    NO_HEADER = "no_header"
    NO_TABLE = "no_table"
    UNREADABLE_JSON = "unreadable_json"
    NOT_UTF8 = "not_utf8"
    NO_RESOURCE = "no_resource"
    NO_RESOURCE_TYPE = "no_resource_type"
    NO_ID = "no_id"
    UNDECODABLE_BYTES = "undecodable_bytes"
    NUL_BYTE = "nul_byte"
    STRAY_CARRIAGE_RETURN = "stray_carriage_return"
    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    UNCLOSED_QUOTE = "unclosed_quote"
    MISPLACED_QUOTE = "misplaced_quote"
    AMBIGUOUS_QUOTES = "ambiguous_quotes"
    REPEATED_HEADER = "repeated_header"
    REPEATED_KEY = "repeated_key"


@dataclass(frozen=True, slots=True)
class Broken:
    """One payload that could not be read, where it stood, and its own bytes."""

    origin: str
    position: int
    resource_type: str | None
    reason: Reason
    detail: str
    payload: bytes = field(repr=False)

    @property
    def doc(self) -> str:
        """Return the payload as text; bytes that are no UTF-8 are spelled out."""
        return self.payload.decode("utf-8", errors="backslashreplace")

    @property
    def doc_sha256(self) -> str:
        """Return the digest of the payload's own bytes."""
        return hashlib.sha256(self.payload).hexdigest()
