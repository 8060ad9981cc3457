"""The metadata package: every file from the manifest, zipped with the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from loaders.contract import Mapping
from loaders.errors import SchemaUnbuildable
from loaders.org_connection import API_VERSION
from loaders.paths import make_private_folder, write_private
from loaders.schema_objects import object_files, retired_object
from loaders.schema_permissions import permission_sets
from loaders.schema_problems import schema_problems
from loaders.schema_screens import screen_files
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


def removal_package(
    components: Iterable[tuple[str, str]], *, layouts: dict[str, bytes] | None = None
) -> Package:
    """
    Build the package that removes components, once these layouts do not show them any more.

    Both in one: either all of it happens, or nothing.
    """
    doomed: dict[str, list[str]] = {}
    for kind, name in components:
        doomed.setdefault(kind, []).append(name)
    listed = render("Package", [*_types(doomed), ("version", API_VERSION)])
    files = {f"layouts/{name}.layout": content for name, content in (layouts or {}).items()}
    files["destructiveChangesPost.xml"] = listed
    return package_of(files, {"Layout": list(layouts or {})})


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


SETTINGS = (
    "AccountSettings.enableRelateContactToMultipleAccounts",
    "SecuritySettings.enableAuditFieldsInactiveOwner",
)


def build_settings(names: Iterable[str] = SETTINGS) -> Package:
    """Build the settings that must be on before anything else can be deployed."""
    files, members = {}, []
    for name in names:
        kind, _, switch = name.partition(".")
        member = kind.removesuffix("Settings")
        files[f"settings/{member}.settings"] = render(kind, [(switch, "true")])
        members.append(member)
    return package_of(files, {"Settings": members})


def build_package(
    mapping: Mapping,
    value_sets: dict[str, ValueSet],
    *,
    standard_value_sets: dict[str, bytes],
    with_audit: bool = True,
    provisions_users: bool = False,
) -> Package:
    """
    Build the package of everything that the mapping needs in an org.

    Raises:
        SchemaUnbuildable: Salesforce would not take it; every reason is listed.

    """
    if problems := schema_problems(mapping, value_sets):
        raise SchemaUnbuildable(problems, hint="correct the YAML of these marts, then dbt build")
    files, members = screen_files(mapping)
    sets = permission_sets(mapping, with_audit=with_audit, provisions_users=provisions_users)
    for name, content in sets.items():
        files[f"permissionsets/{name}.permissionset"] = content
    members["PermissionSet"] = list(sets)
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


def write_package(package: Package, folder: Path, *, name: str) -> Path:
    """Write a package as a folder and as a zip beside it; give the zip."""
    for path, content in package.files:
        target = folder / name / path
        make_private_folder(target.parent)
        write_private(target, content)
    archive = folder / f"{name}.zip"
    write_private(archive, package.zipped)
    return archive
