"""Objects, their fields, record types and business processes, from `.object` files."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from loaders.stand_in_org import store
from loaders.stand_in_org.catalogue import (
    ACTIVITIES,
    in_describe_order,
    standard_objects,
    system_fields,
)
from loaders.stand_in_org.deploy_deleted import check_free
from loaders.stand_in_org.deploy_elements import children, flag, text
from loaders.stand_in_org.deploy_encryption import encrypted
from loaders.stand_in_org.deploy_fields import check_name, read_field
from loaders.stand_in_org.deploy_package import Component
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import ACTIVITY, FILES, Applied, Deployment
from loaders.stand_in_org.ids import DIGITS, reserve
from loaders.stand_in_org.model import Field, SObject
from loaders.stand_in_org.store import quoted

_MOST_FIELDS = 500
_MOST_ACTIVITY_FIELDS = 100
_MOST_KEYS = 25
_MOST_LOOKUPS = 40
_MOST_MASTERS = 2
_MOST_LONG_TEXT = 1_638_400
_LONG_TEXT = 255


def _name_field(root: ElementTree.Element) -> Field:
    element = next(children(root, "nameField"), None)
    kind = None if element is None else text(element, "type")
    if element is None or kind not in ("Text", "AutoNumber"):
        raise Problem("Must specify a nameField of type Text or AutoNumber")
    label = text(element, "label") or "Name"
    automatic = kind == "AutoNumber"
    form = text(element, "displayFormat")
    if automatic and (form is None or "{" not in form):
        raise Problem("Must specify 'displayFormat' for a CustomField of type AutoNumber")
    return Field(
        name="Name",
        label=label,
        type="string",
        length=80,
        nillable=False,
        createable=not automatic,
        updateable=not automatic,
        id_lookup=not automatic,
        auto_number=automatic,
        defaulted_on_create=automatic,
        name_field=True,
        display_format=form,
    )


def _check_object(root: ElementTree.Element, name: str) -> None:
    check_name(name, owner=name)
    for needed, words in (
        ("label", "Must specify a non-empty label for the CustomObject"),
        ("pluralLabel", "Must specify a non-empty pluralLabel for the CustomObject"),
        ("deploymentStatus", "Must specify a deploymentStatus for the CustomObject"),
        ("sharingModel", "Must specify a sharingModel for the CustomObject"),
    ):
        if text(root, needed) is None:
            raise Problem(words)
    switches = {text(root, n) for n in ("enableBulkApi", "enableSharing", "enableStreamingApi")}
    if len(switches) > 1:
        raise Problem(
            "You must set enableBulkApi, enableSharing and enableStreamingApi to the same value"
        )


def _key_prefix(deployment: Deployment) -> str:
    place = reserve(deployment.world.connection, "_key_prefix", count=1) - 1
    return "a" + DIGITS[(place // 62) % 62] + DIGITS[place % 62]


def apply_object(deployment: Deployment, component: Component) -> Applied:
    """Create a custom object, or bring its label and name field up to date."""
    name, root = component.full_name, component.root
    existing = deployment.find(name)
    if (existing is not None and not existing.custom) or name == "Activity":
        return False, None
    if not name.endswith("__c"):
        raise Problem(f"Entity of type '{name}' named '{name}' cannot be found")
    _check_object(root, name)
    name_field, label = _name_field(root), text(root, "label") or ""
    if existing is not None:
        plural = text(root, "pluralLabel") or ""
        deployment.put_object(replace(existing, label=label, label_plural=plural))
    else:
        check_free(deployment, "CustomObject", name)
        _create(deployment, root, name, label, name_field)
    _allow_activities(deployment, root, name)
    return existing is None, None


def _allow_activities(deployment: Deployment, root: ElementTree.Element, name: str) -> None:
    if flag(root, "enableActivities"):
        deployment.point_lookups_at(name, relationships=ACTIVITY, also=True)


def _create(
    deployment: Deployment, root: ElementTree.Element, name: str, label: str, name_field: Field
) -> None:
    owner = Field(
        "OwnerId", "Owner ID", "reference", length=18, nillable=False, defaulted_on_create=True,
        reference_to=("Group", "User"), relationship_name="Owner", polymorphic=True,
    )  # fmt: skip
    masters = any(text(part, "type") == "MasterDetail" for part in children(root, "fields"))
    own = [name_field, *([] if masters else [owner])]
    made = SObject(
        name=name,
        label=label,
        key_prefix=_key_prefix(deployment),
        custom=True,
        createable=True,
        updateable=True,
        deletable=True,
        queryable=True,
        bulk_supported=text(root, "enableBulkApi") != "false",
        fields=in_describe_order([*system_fields(recycled=True), *own]),
        table=name,
        label_plural=text(root, "pluralLabel") or "",
    )
    store.make_table(deployment.world.connection, made)
    deployment.put_object(made)
    for one in made.fields.values():
        store.save_field(deployment.world.connection, name, one)
    deployment.point_lookups_at(name, relationships=FILES, also=True)


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
    masters = [f for f in lookups if not f.updateable]
    if made.type == "reference" and not made.updateable and len(masters) >= _MOST_MASTERS:
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
    if existing is not None and existing.type != made.type:
        raise Problem(f"Cannot change the field type of {made.name}")
    if activity and made.type == "reference" and made.delete_constraint == "Cascade":
        raise Problem("Activity does not support master-detail relationships")
    if existing is None:
        check_free(deployment, "CustomField", f"{owner_name}.{made.name}")
    for owner in owners:
        _check_room(owner, made, activity=activity)
        if not activity:
            _check_child_name(deployment, owner, made)
        _check_data(deployment, owner, made, existing)
    for owner in owners:
        deployment.put_field(owner, made)
    return existing is None, None


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


def _check_data(
    deployment: Deployment, owner: SObject, made: Field, existing: Field | None
) -> None:
    """Refuse to make unique what holds the same value twice."""
    if existing is None or existing.unique or not made.unique:
        return
    twice = deployment.world.one(
        f"SELECT count(*) - count(DISTINCT {quoted(made.name)}) FROM {quoted(owner.table)}"
        f" WHERE NOT IsDeleted AND {quoted(made.name)} IS NOT NULL"
    )
    if twice:
        raise Problem(f"Cannot make {made.name} unique: it holds duplicate values")
