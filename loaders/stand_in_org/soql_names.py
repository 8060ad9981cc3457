"""The Name object: what can be read of a parent whose type is not known beforehand."""

from __future__ import annotations

from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import literal, quoted

_TEXTS = ("FirstName", "LastName", "Username", "Alias", "Email", "Phone", "Title")
_REFERENCES = {"ProfileId": "Profile", "UserRoleId": "UserRole"}


def _fields() -> list[Field]:
    return [
        Field(name="Id", label="Name ID", type="id"),
        Field(name="Name", label="Name", type="string"),
        Field(name="Type", label="Type", type="picklist"),
        Field(name="IsActive", label="Active", type="boolean"),
        *(Field(name=name, label=name, type="string") for name in _TEXTS),
        *(
            Field(name, name, "reference", reference_to=(target,), relationship_name=target)
            for name, target in _REFERENCES.items()
        ),
    ]


def name_fields() -> dict[str, Field]:
    """Give the fields of the Name object, by lower-case name."""
    return {field.name.lower(): field for field in _fields()}


def name_rows(sobject: SObject) -> str:
    """Select an object's rows in the shape of the Name object."""
    titled = next((f.name for f in sobject.fields.values() if f.name_field), None)
    columns = []
    for field in _fields():
        kind = "boolean" if field.type == "boolean" else "varchar"
        own = quoted(field.name) if field.name.lower() in sobject.fields else "null"
        if field.name == "Type":
            own = literal(sobject.name)
        elif field.name == "Name" and titled is not None:
            own = quoted(titled)
        columns.append(f"cast({own} as {kind}) as {quoted(field.name)}")
    return f"select {', '.join(columns)} from {quoted(sobject.table)}"  # noqa: S608 catalogue names
