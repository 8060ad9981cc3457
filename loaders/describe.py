"""What the org says about its objects, in the few words that the loader needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simple_salesforce.exceptions import SalesforceResourceNotFound

from loaders.org_connection import Org, org_calls


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """One value of a picklist."""

    value: str
    label: str
    active: bool
    default: bool


@dataclass(frozen=True, slots=True)
class FieldDescribe:
    """One field as this user may see it; a field without FLS is absent."""

    name: str
    label: str
    # describe's own names: string textarea picklist reference boolean int double currency ...
    type: str
    length: int
    precision: int
    scale: int
    createable: bool
    updateable: bool
    nillable: bool
    defaulted_on_create: bool
    unique: bool
    case_sensitive: bool
    external_id: bool
    encrypted: bool
    filterable: bool
    calculated: bool
    restricted: bool
    options: tuple[PicklistValue, ...]
    reference_to: tuple[str, ...]
    relationship_name: str | None

    @property
    def values(self) -> frozenset[str]:
        """Name the values that may be used."""
        return frozenset(option.value for option in self.options if option.active)

    @property
    def is_polymorphic(self) -> bool:
        """Tell whether a relationship header needs the parent's type in front."""
        return len(self.reference_to) > 1


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type, by the name that stays the same from org to org."""

    id: str
    developer_name: str
    active: bool


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """A lookup to this object, seen from here."""

    child: str
    field: str
    relationship_name: str | None
    cascade_delete: bool
    restricted_delete: bool


@dataclass(frozen=True, slots=True)
class ObjectDescribe:
    """One object."""

    name: str
    key_prefix: str | None
    createable: bool
    updateable: bool
    deletable: bool
    queryable: bool
    fields: dict[str, FieldDescribe]
    record_types: tuple[RecordType, ...]
    children: tuple[ChildRelationship, ...]


def describe(org: Org, sobject: str) -> ObjectDescribe | None:
    """Describe one object; None when the org has no such object for this user."""
    with org_calls(org.alias):
        try:
            found = getattr(org.rest, sobject).describe()
        except SalesforceResourceNotFound:
            return None
        return _object(found)


def describe_all(org: Org, sobjects: Iterable[str]) -> dict[str, ObjectDescribe]:
    """Describe each of the objects that the org has; the others are left out."""
    described = ((sobject, describe(org, sobject)) for sobject in sobjects)
    return {sobject: found for sobject, found in described if found is not None}


def _object(found: dict[str, Any]) -> ObjectDescribe:
    return ObjectDescribe(
        name=found["name"],
        key_prefix=found.get("keyPrefix"),
        createable=found["createable"],
        updateable=found["updateable"],
        deletable=found["deletable"],
        queryable=found["queryable"],
        fields={each["name"]: _field(each) for each in found["fields"]},
        record_types=tuple(
            RecordType(each["recordTypeId"], each["developerName"], each["active"])
            for each in found["recordTypeInfos"]
            if not each["master"]
        ),
        children=tuple(
            ChildRelationship(
                child=each["childSObject"],
                field=each["field"],
                relationship_name=each["relationshipName"],
                cascade_delete=bool(each["cascadeDelete"]),
                restricted_delete=bool(each["restrictedDelete"]),
            )
            for each in found["childRelationships"]
        ),
    )


def _field(each: dict[str, Any]) -> FieldDescribe:
    return FieldDescribe(
        name=each["name"],
        label=each["label"],
        type=each["type"],
        length=each["length"],
        precision=each["precision"],
        scale=each["scale"],
        createable=each["createable"],
        updateable=each["updateable"],
        nillable=each["nillable"],
        defaulted_on_create=each["defaultedOnCreate"],
        unique=each["unique"],
        case_sensitive=each["caseSensitive"],
        external_id=each["externalId"],
        encrypted=each["encrypted"],
        filterable=each["filterable"],
        calculated=each["calculated"],
        restricted=each["restrictedPicklist"],
        options=tuple(
            PicklistValue(
                value=option["value"],
                label=option["label"],
                active=option["active"],
                default=option["defaultValue"],
            )
            for option in each["picklistValues"]
        ),
        reference_to=tuple(each["referenceTo"]),
        relationship_name=each["relationshipName"],
    )
