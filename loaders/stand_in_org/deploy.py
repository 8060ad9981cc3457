"""Metadata packages: a zip of components becomes objects, fields, permissions and settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from loaders.stand_in_org import (
    definitions,
    deploy_custom_fields,
    deploy_destructive,
    deploy_objects,
    deploy_others,
    deploy_permissions,
    deploy_record_types,
    deploy_screens,
    deploy_values,
    rules_relations,
    store,
)
from loaders.stand_in_org.change import World
from loaders.stand_in_org.deploy_destructive import unknown_type
from loaders.stand_in_org.deploy_elements import children, text
from loaders.stand_in_org.deploy_package import (
    BadPackage,
    Component,
    Package,
    read,
    with_everything_named,
)
from loaders.stand_in_org.deploy_problem import Problem, place_of
from loaders.stand_in_org.deployment import Applied, Deployment, Source
from loaders.stand_in_org.metadata_schema import check_complete
from loaders.stand_in_org.metadata_types import NAMES, OBJECT_PARTS, PART_ELEMENTS, TYPES
from loaders.stand_in_org.model import DeployMessage, DeployResult
from loaders.stand_in_org.switched_objects import present
from loaders.stand_in_org.xml_reading import local

_TRUE = (True, "true")
_STRANGE = "Not in package.xml"

# What is inside object files, in the order in which it is applied.
_PARTS: Mapping[str, Callable[[Deployment, str, ElementTree.Element], Applied]] = {
    "fields": deploy_custom_fields.apply_field,
    "businessProcesses": deploy_record_types.apply_process,
    "recordTypes": deploy_record_types.apply_record_type,
    "validationRules": deploy_others.apply_validation_rule,
    "compactLayouts": deploy_screens.apply_compact_layout,
    "webLinks": deploy_others.apply_part,
    "listViews": deploy_others.apply_part,
    "fieldSets": deploy_others.apply_part,
    "indexes": deploy_others.apply_part,
    "sharingReasons": deploy_others.apply_part,
}
_WHOLE: Mapping[str, Callable[[Deployment, Component], Applied]] = {
    "Settings": deploy_values.apply_settings,
    "GlobalValueSet": deploy_values.apply_global,
    "StandardValueSet": deploy_values.apply_standard,
    "CustomObject": deploy_objects.apply_object,
    "Layout": deploy_screens.apply_layout,
    "CustomTab": deploy_screens.apply_tab,
    "CustomApplication": deploy_screens.apply_application,
    "Role": deploy_others.apply_role,
    "PermissionSet": deploy_permissions.apply,
    "PermissionSetGroup": deploy_others.apply_group,
}


def apply(world: World, package: bytes, *, options: Mapping[str, object]) -> DeployResult:
    """Apply a package to the org inside the caller's transaction."""
    check_only = options.get("checkOnly") in _TRUE
    rollback = options.get("rollbackOnError", True) in _TRUE
    try:
        content = read(package)
    except BadPackage as problem:
        return _unreadable(problem, check_only=check_only, rollback=rollback)
    if options.get("autoUpdatePackage") in _TRUE:
        content = with_everything_named(content)
    deployment = Deployment(
        world,
        store.load_catalogue(world.connection),
        version=content.version,
        warnings_fail=world.settings.warnings_fail and options.get("ignoreWarnings") not in _TRUE,
        purge=world.settings.sandbox and options.get("purgeOnDelete") in _TRUE,
    )
    _apply(deployment, content, allow_missing=options.get("allowMissingFiles") in _TRUE)
    rules_relations.complete(world)
    catalogue = present(
        deployment.catalogue, deployed=store.settings_of(world.connection), settings=world.settings
    )
    definitions.write_definitions(world.connection, catalogue)
    status = _status(deployment.messages, rollback=rollback)
    partial = status == "SucceededPartial" and world.settings.partial_is_success
    manifest = DeployMessage("", "package.xml", f"{content.top}package.xml", success=True)
    return DeployResult(
        status=status,
        success=status == "Succeeded" or partial,
        check_only=check_only,
        rollback_on_error=rollback,
        components=(manifest, *deployment.messages),
    )


def _unreadable(problem: BadPackage, *, check_only: bool, rollback: bool) -> DeployResult:
    """Report a package that cannot be read: at its manifest, or as a whole."""
    words, file = str(problem), problem.file
    if file is None:
        return DeployResult("Failed", False, check_only, rollback, (), "INVALID_PACKAGE", words)
    manifest = DeployMessage(
        "", "package.xml", file, success=False, problem=words, problem_type="Error"
    )
    return DeployResult("Failed", False, check_only, rollback, (manifest,))


def _apply(deployment: Deployment, package: Package, *, allow_missing: bool) -> None:
    deploy_destructive.apply(deployment, package.doomed_first)
    for lost in package.unreadable:
        source = Source(lost.type, lost.full_name, lost.file_name)
        deployment.fail(source, str(lost.problem), place=lost.problem.place)
    for kind in TYPES:
        for component in package.components:
            if component.type == kind and package.names(kind, component.full_name):
                _apply_file(deployment, component)
        if kind == "CustomObject":
            _apply_parts(deployment, package)
    _strangers(deployment, package)
    if not allow_missing:
        _missing(deployment, package)
    deploy_destructive.apply(deployment, package.doomed_last)


def _apply_file(deployment: Deployment, component: Component) -> None:
    act = _WHOLE.get(component.type, deploy_others.apply_file)
    apart = frozenset(TYPES[component.type].parts)
    kind = "CustomObject" if component.type == "CustomObject" else local(component.root)

    def complete() -> Applied:
        check_complete(component.root, kind, apart=apart)
        return act(deployment, component)

    own = [part for part in component.root if local(part) not in apart]
    element = ElementTree.Element(component.root.tag)
    element.extend(own)
    deployment.report(
        Source(component.type, component.full_name, component.file_name, element), complete
    )


def _apply_parts(deployment: Deployment, package: Package) -> None:
    """Apply what is inside object files: all fields before all record types."""
    for part, act in _PARTS.items():
        for component in package.components:
            if component.type == "CustomObject":
                for element in children(component.root, part):
                    _apply_part(deployment, package, component, element, act)


def _apply_part(
    deployment: Deployment,
    package: Package,
    component: Component,
    element: ElementTree.Element,
    act: Callable[[Deployment, str, ElementTree.Element], Applied],
) -> None:
    owner, kind = component.full_name, OBJECT_PARTS[local(element)]
    name = f"{owner}.{text(element, 'fullName')}"
    source = Source(kind, name, component.file_name, element, place_of(element))

    def complete() -> Applied:
        if deployment.failed("CustomObject", owner):
            raise Problem("Parent entity failed to deploy")
        check_complete(element, kind)
        return act(deployment, owner, element)

    whole = package.names("CustomObject", owner)
    if whole or package.names(kind, name):
        deployment.report(source, complete)
    elif package.names_part_of(owner):
        deployment.fail(source, _STRANGE, place=source.place)


def _strangers(deployment: Deployment, package: Package) -> None:
    """Note the files that the manifest does not ask for."""
    for component in package.components:
        named = package.names(component.type, component.full_name)
        inside = component.type == "CustomObject" and package.names_part_of(component.full_name)
        if not (named or inside):
            source = Source(component.type, component.full_name, component.file_name)
            deployment.fail(source, _STRANGE)


def _missing(deployment: Deployment, package: Package) -> None:
    """Note what the manifest names and the zip does not hold."""
    done = {(message.component_type, message.full_name) for message in deployment.messages}
    lost = {each.full_name for each in package.unreadable if each.type == "CustomObject"}
    file = f"{package.top}package.xml"
    strange: set[str] = set()
    for kind, name in package.named:
        if kind not in NAMES and kind not in strange:
            strange.add(kind)
            deployment.fail(Source("", "package.xml", file), unknown_type(kind))
        if kind not in NAMES or name == "*" or (kind, name) in done:
            continue
        if kind in PART_ELEMENTS and name.partition(".")[0] in lost:
            continue
        deployment.fail(
            Source(kind, name, file),
            f"An object '{name}' of type {kind} was named in package.xml, but was not found in"
            " zipped directory",
        )


def _status(messages: list[DeployMessage], *, rollback: bool) -> str:
    outcomes = {message.success for message in messages}
    if False not in outcomes:
        return "Succeeded"
    return "SucceededPartial" if True in outcomes and not rollback else "Failed"
