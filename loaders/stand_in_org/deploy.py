"""Metadata packages: a zip of components becomes objects, fields, permissions and settings."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import duckdb
import pyarrow as pa

from loaders.stand_in_org import (
    deploy_destructive,
    deploy_objects,
    deploy_permissions,
    deploy_record_types,
    deploy_values,
    rules_relations,
    store,
)
from loaders.stand_in_org.change import World
from loaders.stand_in_org.deploy_package import BadPackage, Component, Package, read, text
from loaders.stand_in_org.deployment import Applied, Deployment
from loaders.stand_in_org.model import DeployMessage, DeployResult, Field, SObject

_TRUE = (True, "true")
_PARTS: tuple[tuple[str, str, Callable[..., Applied]], ...] = (
    ("fields", "CustomField", deploy_objects.apply_field),
    ("businessProcesses", "BusinessProcess", deploy_record_types.apply_process),
    ("recordTypes", "RecordType", deploy_record_types.apply_record_type),
)


def _apply_files(
    deployment: Deployment,
    package: Package,
    kind: str,
    act: Callable[[Deployment, Component], Applied],
) -> None:
    for component in package.components:
        if component.type != kind or not package.names(kind, component.full_name):
            continue
        deployment.report(
            kind,
            component.full_name,
            file=component.file_name,
            act=partial(act, deployment, component),
        )


def _apply_parts(deployment: Deployment, package: Package) -> None:
    """Apply what is inside object files: all fields before all record types."""
    for part, kind, act in _PARTS:
        for component in package.components:
            if component.type != "CustomObject":
                continue
            for element in deploy_objects.wanted_parts(package, component, part):
                owner = component.full_name
                deployment.report(
                    kind,
                    f"{owner}.{text(element, 'fullName')}",
                    file=component.file_name,
                    act=partial(act, deployment, owner, element),
                )


def _missing(deployment: Deployment, package: Package) -> None:
    """Note what the manifest names and the zip does not hold."""
    done = {(message.component_type, message.full_name) for message in deployment.messages}
    for kind, name in sorted(package.named - done):
        if name != "*":
            deployment.fail(
                kind,
                name,
                file="package.xml",
                problem=f"An object '{name}' of type {kind} was named in package.xml, but was not"
                " found in zipped directory",
            )


def apply(world: World, package: bytes, *, options: Mapping[str, object]) -> DeployResult:
    """Apply a package to the org inside the caller's transaction."""
    check_only = options.get("checkOnly") in _TRUE
    rollback = options.get("rollbackOnError", True) in _TRUE
    try:
        content = read(package)
    except BadPackage as problem:
        return DeployResult(
            "Failed", False, check_only, rollback, (), "INVALID_PACKAGE", str(problem)
        )
    deployment = Deployment(world, store.load_catalogue(world.connection))
    for name, problem_text in content.unreadable.items():
        deployment.fail("", name, file=name, problem=problem_text)
    _apply_files(deployment, content, "GlobalValueSet", deploy_values.apply_global)
    _apply_files(deployment, content, "StandardValueSet", deploy_values.apply_standard)
    _apply_files(deployment, content, "CustomObject", deploy_objects.apply_object)
    _apply_parts(deployment, content)
    _apply_files(deployment, content, "Settings", deploy_values.apply_settings)
    _apply_files(deployment, content, "PermissionSet", deploy_permissions.apply)
    if options.get("allowMissingFiles") not in _TRUE:
        _missing(deployment, content)
    deploy_destructive.apply(deployment, content.doomed)
    rules_relations.complete(world)
    write_definitions(world.connection, deployment.catalogue)
    manifest = DeployMessage("", "package.xml", "package.xml", success=True)
    status = _status(deployment.messages, rollback=rollback)
    return DeployResult(
        status,
        status == "Succeeded"
        or (status == "SucceededPartial" and world.settings.partial_is_success),
        check_only,
        rollback,
        (manifest, *deployment.messages),
    )


def _status(messages: list[DeployMessage], *, rollback: bool) -> str:
    outcomes = {message.success for message in messages}
    if False not in outcomes:
        return "Succeeded"
    return "SucceededPartial" if True in outcomes and not rollback else "Failed"


def _entity_row(sobject: SObject) -> dict[str, object]:
    return {
        "Id": "000000000000000AAA", "IsDeleted": False, "DurableId": sobject.name,
        "QualifiedApiName": sobject.name, "DeveloperName": sobject.name.removesuffix("__c"),
        "MasterLabel": sobject.label, "Label": sobject.label, "PluralLabel": f"{sobject.label}s",
        "KeyPrefix": sobject.key_prefix, "IsCustomizable": sobject.createable,
        "IsQueryable": sobject.queryable, "IsCustomSetting": False,
        "IsTriggerable": sobject.createable, "IsApexTriggerable": sobject.createable,
    }  # fmt: skip


def _field_row(sobject: SObject, field: Field) -> dict[str, object]:
    return {
        "Id": "000000000000000AAA", "IsDeleted": False,
        "DurableId": f"{sobject.name}.{field.name}", "QualifiedApiName": field.name,
        "EntityDefinitionId": sobject.name, "DeveloperName": field.name.removesuffix("__c"),
        "MasterLabel": field.label, "Label": field.label, "DataType": field.type,
        "RelationshipName": field.relationship_name, "Length": field.length,
        "Precision": field.precision, "Scale": field.scale, "IsNillable": field.nillable,
        "IsCompound": field.type == "address", "IsIndexed": field.external_id or field.id_lookup,
        "IsCalculated": field.calculated, "IsApiFilterable": field.filterable,
    }  # fmt: skip


def write_definitions(
    connection: duckdb.DuckDBPyConnection, catalogue: Mapping[str, SObject]
) -> None:
    """Rewrite EntityDefinition and FieldDefinition, which SOQL reads like any object."""
    entities = [_entity_row(sobject) for sobject in catalogue.values()]
    fields = [
        _field_row(sobject, field)
        for sobject in catalogue.values()
        for field in sobject.fields.values()
    ]
    for table, rows in (("EntityDefinition", entities), ("FieldDefinition", fields)):
        connection.execute(f'DELETE FROM "{table}"')
        connection.register("_definitions", pa.Table.from_pylist(rows))
        connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM _definitions')
        connection.unregister("_definitions")
