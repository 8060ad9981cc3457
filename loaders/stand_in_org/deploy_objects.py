"""Custom objects themselves, from `.object` files."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from loaders.stand_in_org import deploy_screens, store
from loaders.stand_in_org.catalogue import in_describe_order, system_fields
from loaders.stand_in_org.deploy_deleted import check_free
from loaders.stand_in_org.deploy_elements import children, flag, text
from loaders.stand_in_org.deploy_fields import check_name
from loaders.stand_in_org.deploy_package import Component
from loaders.stand_in_org.deploy_problem import Problem
from loaders.stand_in_org.deployment import ACTIVITY, FILES, Applied, Deployment
from loaders.stand_in_org.ids import DIGITS, reserve
from loaders.stand_in_org.model import Field, SObject


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
    masters = any(text(part, "type") == "MasterDetail" for part in children(root, "fields"))
    if text(root, "sharingModel") == "ControlledByParent" and not masters:
        raise Problem(
            "Cannot set sharingModel to ControlledByParent on a CustomObject without a"
            " MasterDetail relationship field"
        )
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
    deploy_screens.check_assignment(deployment, root, name)
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
    deploy_screens.make_layout(deployment, name, label)
