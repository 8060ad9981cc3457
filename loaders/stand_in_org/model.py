"""The nouns of the stand-in org that the engine and its HTTP front share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The cell value that means "set to null"; a cell that was not sent is an Arrow null.
NULL = "\x00null"


# The scheme of Shield under which a comparison tells letter cases apart.
CASE_SENSITIVE_SCHEME = "CaseSensitiveDeterministicEncryption"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as describe shows it; `type` is describe's own lower-case type name."""

    name: str
    label: str
    type: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    unique: bool = False
    case_sensitive: bool = False
    external_id: bool = False
    id_lookup: bool = False
    auto_number: bool = False
    defaulted_on_create: bool = False
    default_value: str | None = None
    restricted_picklist: bool = False
    picklist: tuple[str, ...] = ()
    # Of values that are shown under another name than their own.
    picklist_labels: Mapping[str, str] = field(default_factory=dict)
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    polymorphic: bool = False
    html_formatted: bool = False
    custom: bool = False
    name_field: bool = False
    filterable: bool = True
    # None: as fields of the type are (`field_uses.can_sort`, `can_group`).
    sortable: bool | None = None
    groupable: bool | None = None
    calculated: bool = False
    delete_constraint: str | None = None
    # What the parent calls this lookup's children ("Contacts"); None: no child relationship.
    child_relationship_name: str | None = None
    display_format: str | None = None
    value_set_name: str | None = None
    # Shield's scheme ("ProbabilisticEncryption"); what it forbids is in the flags above.
    encryption: str | None = None


@dataclass(frozen=True, slots=True)
class SObject:
    """One object: its permissions to act, and its fields by lower-case name in describe order."""

    name: str
    label: str
    key_prefix: str
    custom: bool
    createable: bool
    updateable: bool
    deletable: bool
    queryable: bool
    bulk_supported: bool
    fields: Mapping[str, Field]
    table: str
    label_plural: str = ""
    # Describe's flags of an object that are true and no right to act ("triggerable").
    abilities: tuple[str, ...] = ("layoutable", "replicateable", "retrieveable", "triggerable")
    # Columns that the API does not know: some objects have no CreatedDate.
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row was refused, in the words and codes of the API."""

    status_code: str
    message: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """A lookup seen from its parent."""

    child: str
    field: str
    relationship_name: str | None
    cascade_delete: bool
    restricted_delete: bool


@dataclass(frozen=True, slots=True)
class RecordTypeInfo:
    """One record type of one object; the master record type has the id of fifteen zeros + AAA."""

    id: str
    name: str
    developer_name: str
    active: bool
    default: bool
    master: bool
    business_process: str | None = None


@dataclass(frozen=True, slots=True)
class DeployMessage:
    """What became of one component of a deploy."""

    component_type: str
    full_name: str
    file_name: str
    success: bool
    created: bool = False
    changed: bool = False
    deleted: bool = False
    problem: str | None = None
    problem_type: str | None = None
    id: str | None = None
    # Where in the file the problem is, counted from one.
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class DeployResult:
    """What became of a package, `status` in the words of contract 5.2."""

    status: str
    success: bool
    check_only: bool
    rollback_on_error: bool
    components: tuple[DeployMessage, ...]
    error_code: str | None = None
    error_message: str | None = None


class HeaderError(Exception):
    """
    A column header that no field or relationship answers to.

    `code` is the asynchronous API's (`InvalidBatch`), `column` the header as sent; Bulk fails the
    job with `code : message`, REST answers INVALID_FIELD.
    """

    def __init__(self, code: str, message: str, *, column: str) -> None:
        super().__init__(f"{code} : {message}")
        self.code = code
        self.message = message
        self.column = column


class PermissionDenied(Exception):
    """The whole operation is refused before any row is looked at (object or system permission)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
