"""The words for what other people do in the org while a client works there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from loaders.stand_in_org.errors import ApiError

SOMEBODY = "front.desk@stand-in.invalid"


class Edit(Struct, tag_field="do", tag="edit", forbid_unknown_fields=True, kw_only=True):
    """Set fields of the records that `where` (SOQL) or `ids` name."""

    object: str
    where: str = ""
    ids: tuple[str, ...] = ()
    fields: dict[str, str | float | bool | None]


class Give(Struct, tag_field="do", tag="give", forbid_unknown_fields=True, kw_only=True):
    """Give the records to another owner, named by user name."""

    object: str
    where: str = ""
    ids: tuple[str, ...] = ()
    owner: str


class Add(Struct, tag_field="do", tag="add", forbid_unknown_fields=True, kw_only=True):
    """Insert records, files (VersionData in base64) and activities too."""

    object: str
    records: Annotated[
        tuple[dict[str, str | float | bool | None], ...], Meta(min_length=1, max_length=200)
    ]


class Delete(Struct, tag_field="do", tag="delete", forbid_unknown_fields=True, kw_only=True):
    """Move the records to the recycle bin, with what goes along."""

    object: str
    where: str = ""
    ids: tuple[str, ...] = ()


class Undelete(Struct, tag_field="do", tag="undelete", forbid_unknown_fields=True, kw_only=True):
    """Take deleted records back, with what went along."""

    object: str
    where: str = ""
    ids: tuple[str, ...] = ()


class Merge(Struct, tag_field="do", tag="merge", forbid_unknown_fields=True, kw_only=True):
    """Merge one or two records into a master: it gets their children, they name it."""

    object: str
    master: str
    losers: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)]


class Deactivate(Struct, tag_field="do", tag="deactivate", forbid_unknown_fields=True):
    """Deactivate a user, named by user name."""

    user: str


class EmptyBin(Struct, tag_field="do", tag="empty_bin", forbid_unknown_fields=True):
    """Empty the recycle bin: what was deleted is gone for good."""


Act = Edit | Give | Add | Delete | Undelete | Merge | Deactivate | EmptyBin


class Task(Struct, frozen=True):
    """An act and the user name of who does it."""

    act: Act
    user: str


def read_act(described: Mapping[str, object]) -> Task:
    """
    Read what is to be done, and by whom (`as`, a user name; made an active user when unknown).

    Raises:
        ApiError: 400 for an act that does not exist, or is described wrongly.

    """
    given = dict(described)
    user = given.pop("as", SOMEBODY)
    if not isinstance(user, str) or "@" not in user:
        raise invalid_act("`as` is a user name")
    try:
        return Task(msgspec.convert(given, Act), user)
    except msgspec.ValidationError as problem:
        raise invalid_act(str(problem)) from problem


def invalid_act(message: str) -> ApiError:
    """Say that an act cannot be."""
    return ApiError(400, "INVALID_ACT", message)
