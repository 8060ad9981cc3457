"""Fields of an object file: what an object still takes, and what of a field may change."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from xml.etree import ElementTree

from loaders.stand_in_org.catalogue import ACTIVITIES, standard_objects
from loaders.stand_in_org.deploy_deleted import check_free
from loaders.stand_in_org.deploy_elements import text
from loaders.stand_in_org.deploy_encryption import encrypted
from loaders.stand_in_org.deploy_fields import read_field
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import quoted

_MOST_FIELDS = 500
_MOST_ACTIVITY_FIELDS = 100
_MOST_KEYS = 25
_MOST_LOOKUPS = 40
_MOST_MASTERS = 2
_MOST_LONG_TEXT = 1_638_400
_LONG_TEXT = 255
# Types with a length of one's own choice.
_SIZED = frozenset({"string", "textarea"})


def is_master_detail(field: Field) -> bool:
    """Tell whether a field makes its record part of another."""
    return field.custom and field.type == "reference" and not field.updateable


def _owners(deployment: Deployment, name: str) -> list[SObject]:
    """Give the objects a field of this file belongs to: one, or both activities."""
    if name in ACTIVITIES:
        raise Problem(f"Entity Enumeration Or ID: bad value for restricted picklist field: {name}")
    names = ACTIVITIES if name == "Activity" else (name,)
    owners = [deployment.find(one) for one in names]
    found = [owner for owner in owners if owner is not None]
    if len(found) != len(names):
        raise Problem(f"Entity of type '{name}' named '{name}' cannot be found")
    return found


def _check_room(owner: SObject, made: Field, *, activity: bool) -> None:
    """Refuse a field beyond the object's limits (contract 11)."""
    others = [f for f in owner.fields.values() if f.custom and f.name != made.name]
    most = _MOST_ACTIVITY_FIELDS if activity else _MOST_FIELDS
    if len(others) >= most:
        raise Problem("This object has reached the maximum number of custom fields")
    long_text = sum(f.length or 0 for f in [*others, made] if _is_long(f))
    if activity and _is_long(made):
        raise Problem("Long text fields are not supported on Activity")
    if long_text > _MOST_LONG_TEXT:
        raise Problem("The long text fields of this object exceed the maximum of 1,638,400")
    keys = [f for f in others if f.unique or f.external_id]
    if (made.unique or made.external_id) and len(keys) >= _MOST_KEYS:
        raise Problem("This object has reached the maximum number of external ID fields")
    lookups = [f for f in others if f.type == "reference"]
    if made.type == "reference" and len(lookups) >= _MOST_LOOKUPS:
        raise Problem("This object has reached the maximum number of relationship fields")
    masters = [f for f in lookups if is_master_detail(f)]
    if is_master_detail(made) and len(masters) >= _MOST_MASTERS:
        raise Problem("This object already has the maximum number of master-detail relationships")


def _is_long(field: Field) -> bool:
    return field.type == "textarea" and (field.length or 0) > _LONG_TEXT


def _check_child_name(deployment: Deployment, owner: SObject, made: Field) -> None:
    if made.child_relationship_name is None:
        return
    parent = made.reference_to[0]
    for child in deployment.catalogue.values():
        for other in child.fields.values():
            same = other.child_relationship_name == made.child_relationship_name
            itself = child.name == owner.name and other.name == made.name
            if same and parent in other.reference_to and not itself:
                bare = made.child_relationship_name.removesuffix("__r")
                raise Problem(f"There is already a Child Relationship named {bare} on {parent}.")


def apply_field(deployment: Deployment, owner_name: str, element: ElementTree.Element) -> Applied:
    """Create a custom field, or change one; its type stays."""
    if not (text(element, "fullName") or "").endswith("__c"):
        return _apply_standard_field(deployment, owner_name, element)
    activity = owner_name == "Activity"
    owners = _owners(deployment, owner_name)
    made = read_field(element, owner=owner_name, around=deployment.around())
    made = encrypted(deployment, owner_name, made, element)
    existing = owners[0].fields.get(made.name.lower())
    if activity and made.type == "reference" and made.delete_constraint == "Cascade":
        raise Problem("Activity does not support master-detail relationships")
    if existing is None:
        check_free(deployment, "CustomField", f"{owner_name}.{made.name}")
    else:
        _check_change(owner_name, made, existing)
    for owner in owners:
        _check_room(owner, made, activity=activity)
        if not activity:
            _check_child_name(deployment, owner, made)
        if existing is not None:
            _check_data(deployment, owner, made, existing)
    _put(deployment, owners, made)
    return existing is None, None


def _put(deployment: Deployment, owners: list[SObject], made: Field) -> None:
    for owner in owners:
        if owner.fields.get(made.name.lower()) != made:
            deployment.put_field(owner, made)


def _apply_standard_field(
    deployment: Deployment, owner_name: str, element: ElementTree.Element
) -> Applied:
    """Accept a standard field; of what its element says only encryption matters here."""
    name = text(element, "fullName") or ""
    for one in ACTIVITIES if owner_name == "Activity" else (owner_name,):
        owner = deployment.find(one)
        field = None if owner is None else owner.fields.get(name.lower())
        if owner is None or field is None or field.custom or field.name != name:
            raise Problem("Could not resolve standard field's name.")
        fresh = (
            field
            if field.encryption is None
            else standard_objects()[one.lower()].fields[name.lower()]
        )
        made = encrypted(deployment, owner_name, fresh, element)
        if made != field:
            deployment.put_field(owner, made)
    return False, None


def _check_change(owner: str, made: Field, existing: Field) -> None:
    """Refuse to turn a field into another one."""
    if existing.name != made.name:
        name = made.name.removesuffix("__c")
        raise Problem(f"There is already a field named {name} on {owner}.")
    if existing.type != made.type or existing.auto_number != made.auto_number:
        raise Problem(f"Cannot change the field type of {made.name}")
    if existing.reference_to != made.reference_to:
        raise Problem(f"Cannot change the object that {made.name} refers to")
    if existing.value_set_name is not None and existing.value_set_name != made.value_set_name:
        raise Problem("Cannot change which global value set this picklist uses")


def _check_data(deployment: Deployment, owner: SObject, made: Field, existing: Field) -> None:
    """Refuse a change that the records do not bear: the same value twice, or one too long."""
    column, table = quoted(made.name), quoted(owner.table)
    if made.unique and not existing.unique:
        twice = deployment.world.one(
            f"SELECT count(*) - count(DISTINCT {column}) FROM {table}"
            f" WHERE NOT IsDeleted AND {column} IS NOT NULL"
        )
        if twice:
            raise Problem(f"Cannot make {made.name} unique: it holds duplicate values")
    if made.type in _SIZED and (made.length or 0) < (existing.length or 0):
        longer = deployment.world.one(
            f"SELECT count(*) FROM {table} WHERE length({column}) > {made.length or 0}"
        )
        if longer:
            raise Problem("Cannot change type due to existing data")
