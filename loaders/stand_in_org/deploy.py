"""Metadata packages: a zip of components becomes objects, fields, permissions and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from loaders.stand_in_org import (
    definitions,
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
from loaders.stand_in_org.model import DeployMessage, DeployResult

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
    definitions.write_definitions(world.connection, deployment.catalogue)
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
