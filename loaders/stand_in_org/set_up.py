"""What an administrator of the org has set up around records, as its settings describe it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class ValidationRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule that refuses the records for which its formula is true."""

    object: str
    name: str
    formula: str
    message: str
    # The field that the message stands at; empty: the top of the page.
    field: str = ""
    # Another one, where the rule stands for a refusal of another kind.
    code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"


class Automation(Struct, frozen=True, forbid_unknown_fields=True):
    """A flow that sets fields of a saved record, or makes a task for it."""

    object: str
    on: Literal["create", "update", "save"] = "save"
    fields: dict[str, str] = {}
    task: dict[str, str] = {}
    # Who is seen to have done it: who saved the record, or the automated process user.
    by: Literal["user", "process"] = "user"


class WorkflowRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A workflow rule and what it sends: listed, never run."""

    object: str
    name: str
    active: bool = True
    # The e-mail alerts that it sends, and whether it gives a task with a notice by e-mail.
    alerts: tuple[str, ...] = ()
    notice: bool = False


class RowLocks(Struct, frozen=True, forbid_unknown_fields=True):
    """Records that somebody else holds: rows of an object that cannot be locked, so many times."""

    # Empty: every object.
    object: str = ""
    # Of all rows this share, chosen by the seed and what is in the row; always the same rows.
    share: Annotated[float, Meta(ge=0, le=1)] = 1.0
    seed: int = 0
    # Only the first rows of each request or batch.
    first: Annotated[int, Meta(ge=1)] | None = None
    # Only rows that refer to this record.
    parent: str = ""
    times: Annotated[int, Meta(ge=1)] = 1
