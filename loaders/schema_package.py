"""The metadata package: every file from the manifest, zipped with the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from loaders.contract import Column, Mapping, Mart
from loaders.errors import SchemaUnbuildable
from loaders.org_connection import API_VERSION
from loaders.paths import make_private_folder, write_private
from loaders.schema_fields import ACTIVITY_OBJECTS, field_problems
from loaders.schema_objects import PROCESS_FIELDS, object_files, retired_object
from loaders.schema_permissions import PERMISSION_SET, permission_set
from loaders.schema_places import place
from loaders.schema_values import ValueSet, custom_value_sets, global_value_set
from loaders.schema_xml import Pair, render

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_FILE_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Package:
    """Files by their path in the package, package.xml first."""

    files: tuple[tuple[str, bytes], ...]

    @property
    def zipped(self) -> bytes:
        """Zip the files: no time, no compression library decides about a byte."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
            for path, file in self.files:
                entry = zipfile.ZipInfo(path, _EARLIEST)
                entry.create_system = _UNIX
                entry.external_attr = _FILE_MODE
                archive.writestr(entry, file)
        return content.getvalue()


def package_of(files: dict[str, bytes], members: dict[str, list[str]]) -> Package:
    """Put files together with the package.xml that names their components."""
    manifest = render("Package", [*_types(members), ("version", API_VERSION)])
    return Package((("package.xml", manifest), *sorted(files.items())))


def _types(members: dict[str, list[str]]) -> list[Pair]:
    return [
        ("types", [*(("members", name) for name in sorted(set(names))), ("name", kind)])
        for kind, names in sorted(members.items())
        if names
    ]


def removal_package(components: Iterable[tuple[str, str]]) -> Package:
    """Build the package that removes components: an empty manifest, and the list of what goes."""
    doomed: dict[str, list[str]] = {}
    for kind, name in components:
        doomed.setdefault(kind, []).append(name)
    listed = render("Package", [*_types(doomed), ("version", API_VERSION)])
    nothing = render("Package", [("version", API_VERSION)])
    return Package((("package.xml", nothing), ("destructiveChanges.xml", listed)))


def retired_record_types(names: Iterable[str]) -> Package:
    """Build the package that switches record types off, which no API deletes."""
    members: dict[str, list[str]] = {"RecordType": list(names)}
    by_object: dict[str, list[str]] = {}
    for name in members["RecordType"]:
        owner, _, developer_name = name.partition(".")
        by_object.setdefault(owner, []).append(developer_name)
    files = {
        f"objects/{owner}.object": retired_object(owner, developer_names)
        for owner, developer_names in by_object.items()
    }
    return package_of(files, members)


def build_settings() -> Package:
    """Build the settings that must be on before anything else can be deployed."""
    account: list[Pair] = [("enableRelateContactToMultipleAccounts", "true")]
    security: list[Pair] = [("enableAuditFieldsInactiveOwner", "true")]
    files = {
        "settings/Account.settings": render("AccountSettings", account),
        "settings/Security.settings": render("SecuritySettings", security),
    }
    return package_of(files, {"Settings": ["Account", "Security"]})


def build_package(
    mapping: Mapping,
    value_sets: dict[str, ValueSet],
    *,
    standard_value_sets: dict[str, bytes],
    with_audit: bool = True,
) -> Package:
    """
    Build the package of everything that the mapping needs in an org.

    Raises:
        SchemaUnbuildable: Salesforce would not take it; every reason is listed.

    """
    if problems := schema_problems(mapping, value_sets):
        raise SchemaUnbuildable(problems, hint="correct the YAML of these marts, then dbt build")
    granted = permission_set(mapping, with_audit=with_audit)
    files = {f"permissionsets/{PERMISSION_SET}.permissionset": granted}
    members: dict[str, list[str]] = {"PermissionSet": [PERMISSION_SET]}
    for name in custom_value_sets(mapping):
        files[f"globalValueSets/{name}.globalValueSet"] = global_value_set(value_sets[name])
        members.setdefault("GlobalValueSet", []).append(name)
    for name, content in standard_value_sets.items():
        files[f"standardValueSets/{name}.standardValueSet"] = content
        members.setdefault("StandardValueSet", []).append(name)
    for name, (content, brought) in object_files(mapping.marts, value_sets).items():
        files[f"objects/{name}.object"] = content
        for kind, names in brought.items():
            members.setdefault(kind, []).extend(names)
    return package_of(files, members)


def schema_problems(mapping: Mapping, value_sets: dict[str, ValueSet]) -> list[str]:
    """List everything in the mapping that Salesforce would not take."""
    problems = [
        f"{problem}{_line_to_fix(mart, column)}"
        for mart in mapping.marts
        for column in mart.columns
        for problem in _column_problems(mart, column, value_sets)
    ]
    for mart in mapping.marts:
        field = PROCESS_FIELDS.get(mart.sobject)
        columns = {column.name: column for column in mart.columns}
        if field and mart.record_types and not (field in columns and columns[field].picklist):
            problems.append(f"{mart.sobject}.{field}: a record type needs its picklist")
    return problems + _activity_problems(mapping)


def _column_problems(mart: Mart, column: Column, value_sets: dict[str, ValueSet]) -> list[str]:
    problems = field_problems(mart, column) if column.custom else []
    if column.picklist and column.picklist not in value_sets:
        problems.append(
            f"{mart.sobject}.{column.name}: the seed has no value set {column.picklist}"
        )
    return problems


def _line_to_fix(mart: Mart, column: Column) -> str:
    found = place(mart, column, project=Path())
    return f" ({found})" if found else ""


def _activity_problems(mapping: Mapping) -> list[str]:
    """Event and Task share their custom fields: a field on both marts must be the same."""
    seen: dict[str, tuple[object, ...]] = {}
    problems = []
    for mart in (mart for mart in mapping.marts if mart.sobject in ACTIVITY_OBJECTS):
        for column in (column for column in mart.columns if column.custom):
            shape = (column.sf_type, column.label, column.length, column.picklist, column.lookup)
            if seen.setdefault(column.name, shape) != shape:
                problems.append(f"Activity.{column.name}: sf_event and sf_task disagree about it")
    return problems


def write_package(package: Package, folder: Path, *, name: str) -> Path:
    """Write a package as a folder and as a zip beside it; give the zip."""
    for path, content in package.files:
        target = folder / name / path
        make_private_folder(target.parent)
        write_private(target, content)
    archive = folder / f"{name}.zip"
    write_private(archive, package.zipped)
    return archive
