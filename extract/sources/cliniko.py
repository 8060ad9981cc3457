"""Reads Cliniko by its REST API: the host by the key's shard, pages by its links."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dlt.sources.helpers.rest_client.auth import HttpBasicAuth

from extract.errors import WrongUsage
from extract.narration import Narrator
from extract.sources.cliniko_attachments import read_attachments
from extract.sources.cliniko_tables import CLINIKO_TABLES, NOT_LANDED
from extract.sources.patience import Clock
from extract.sources.rest_api import RestApi
from extract.sources.rest_session import PatientSession, Vendor

SHARD = re.compile(r".+-([a-z]{2}\d{1,2})", re.IGNORECASE)
# Keys from before there were shards have none.
FIRST_SHARD = "au1"
EMAIL = re.compile(r"[^@\s()]+@[^@\s()]+\.[^@\s()]+")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HOW_TO_SET = "set SOURCES__CLINIKO__KEY, or key under [sources.cliniko] in .dlt/secrets.toml"
NO_OTHER_ADDRESS = "leave --url out: the end of the key says which host it is for"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of Cliniko: its key, where it lives, and whom Cliniko may write to."""

    key: str = field(repr=False)
    contact: str
    base: str

    @classmethod
    def configured(cls, look_up: Callable[[str], str | None], *, url: str | None) -> Account:
        """
        Look everything up.

        Raises:
            WrongUsage: the key or the contact is missing, or the address would give the key away.

        """
        key = look_up("sources.cliniko.key")
        if not key:
            raise WrongUsage("no key of Cliniko is known", hint=HOW_TO_SET)
        contact = look_up("sources.cliniko.contact") or ""
        if not EMAIL.fullmatch(contact):
            raise WrongUsage(
                "Cliniko wants to know whom it may write to about these requests",
                hint="set SOURCES__CLINIKO__CONTACT to an e-mail address of yours",
            )
        base = url or look_up("sources.cliniko.url") or base_of(key)
        asked = urlsplit(base)
        if asked.scheme != "https" and asked.hostname not in LOOPBACK:
            raise WrongUsage("Cliniko's address must begin with https://", hint=NO_OTHER_ADDRESS)
        return cls(key, contact, base.rstrip("/"))


def base_of(key: str) -> str:
    """Return the address of the host that a key is for: its shard stands at the key's end."""
    shard = SHARD.fullmatch(key)
    return f"https://api.{shard[1].lower() if shard else FIRST_SHARD}.cliniko.com/v1"


def cliniko_api(
    look_up: Callable[[str], str | None], *, url: str | None, clock: Clock, narrator: Narrator
) -> RestApi:
    """
    Declare the API as dlt's `rest_api` has it.

    Raises:
        WrongUsage: the key or the contact is missing, or the address would give the key away.

    """
    account = Account.configured(look_up, url=url)
    vendor = Vendor("Cliniko", account.base, HOW_TO_SET, NO_OTHER_ADDRESS, "X-RateLimit-Reset")
    session = PatientSession(vendor, clock=clock, narrator=narrator)
    return RestApi(
        session,
        {
            "base_url": account.base,
            "auth": HttpBasicAuth(account.key, ""),
            "headers": {
                "Accept": "application/json",
                "User-Agent": f"clinic-to-salesforce ({account.contact})",
            },
            "paginator": {"type": "json_link", "next_url_path": "links.next"},
            "session": session,
        },
        CLINIKO_TABLES,
        page={"per_page": "100"},
        # Cliniko's moments have no fractions.
        since=lambda moment: {"q[]": f"updated_at:>{moment[:19]}Z"},
        not_landed=NOT_LANDED,
        read_files=read_attachments,
    )
