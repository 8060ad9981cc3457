"""What each column of an incoming table means: a field, or a parent's key behind a lookup."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from loaders.stand_in_org.model import Field, HeaderError, SObject
from loaders.stand_in_org.settings import Settings

FindObject = Callable[[str], SObject | None]
FieldsOf = Callable[[SObject], Mapping[str, Field]]


@dataclass(frozen=True, slots=True)
class Target:
    """One column: the field it fills and, for a path, the parent and its key that are looked up."""

    field: Field
    parent: SObject | None = None
    key: Field | None = None


def _unknown(column: str) -> HeaderError:
    return HeaderError("InvalidBatch", f"Field name not found : {column}", column=column)


def _no_relationship(column: str, name: str) -> HeaderError:
    message = f"Unable to find relationship: {name}"
    return HeaderError("InvalidBatch", message, column=column)


def _lookup_named(fields: Mapping[str, Field], relationship: str) -> Field | None:
    wanted = relationship.lower()
    for field in fields.values():
        if (field.relationship_name or "").lower() == wanted:
            return field
    return None


def _parent_name(field: Field, given: str, *, column: str, settings: Settings) -> str:
    """
    Decide the parent object; how many there are decides whether the header must name it.

    Raises:
        HeaderError: named although there is one only, not named although there are several.

    """
    relationship = field.relationship_name or ""
    if not field.polymorphic:
        if given:
            raise HeaderError(
                "InvalidBatch",
                "type is not needed for non polymorphic foreign key references: " + relationship,
                column=column,
            )
        return field.reference_to[0]
    if not given:
        needed = settings.worded(
            "type is needed for polymorphic foreign key references: ",
            "the object type is missing in polymorphic reference: ",
        )
        raise HeaderError("InvalidBatch", needed + relationship, column=column)
    for name in field.reference_to:
        if name.lower() == given.lower():
            return name
    raise HeaderError(
        "InvalidBatch",
        f"type is not valid for foreign key reference {relationship}: {given}",
        column=column,
    )


def _path(
    column: str,
    fields: Mapping[str, Field],
    *,
    find: FindObject,
    fields_of: FieldsOf,
    settings: Settings,
) -> Target:
    left, _, key_name = column.partition(".")
    given, _, relationship = left.rpartition(":")
    if ":" in given or "." in key_name or not key_name:
        raise _unknown(column)
    field = _lookup_named(fields, relationship)
    if field is None:
        raise _no_relationship(column, relationship)
    parent = find(_parent_name(field, given, column=column, settings=settings))
    key = None if parent is None else fields_of(parent).get(key_name.lower())
    if parent is None or key is None or not (key.external_id or key.id_lookup):
        raise _unknown(column)
    return Target(field, parent=parent, key=None if key.type == "id" else key)


def resolve(
    columns: Sequence[str],
    fields: Mapping[str, Field],
    *,
    find: FindObject,
    fields_of: FieldsOf,
    settings: Settings,
) -> list[Target]:
    """
    Give the meaning of each column; the first one without a meaning is the error.

    Raises:
        HeaderError: no field or relationship answers to a column, or two columns fill one field.

    """
    targets: list[Target] = []
    taken: set[str] = set()
    for column in columns:
        if "." in column or ":" in column:
            target = _path(column, fields, find=find, fields_of=fields_of, settings=settings)
        elif column.lower() in fields:
            target = Target(fields[column.lower()])
        else:
            raise _unknown(column)
        if target.field.name in taken:
            message = f"Duplicate field name found : {column}"
            raise HeaderError("InvalidBatch", message, column=column)
        taken.add(target.field.name)
        targets.append(target)
    return targets
